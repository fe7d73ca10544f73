import type { SecretId } from '../../core/format/id.ts'
import type { Typed } from '../adapter/answer.ts'
import type { Person, Target } from '../adapter/platform.ts'
import type { Press } from '../adapter/press.ts'
import { parsePress } from '../adapter/press.ts'
import type { Place } from '../adapter/view.ts'
import type { Fields } from './fields.ts'
import { fields, id, list, string } from './fields.ts'
import { ids, userId } from './ids.ts'
import type { Metadata, Spot } from './metadata.ts'
import { parseMetadata } from './metadata.ts'
import type { CommandText } from './slash-command.ts'
import { parseCommandText } from './slash-command.ts'
import { composeId } from './views.ts'

/** What a person did, read from a payload whose signature holds. */
export type Intent =
  | Command
  | Pressed
  | Submitted
  | { readonly kind: 'shortcut'; readonly by: Person; readonly trigger: string }
  /** `shown`: the secret that stood there. */
  | { readonly kind: 'closed'; readonly viewId: string; readonly shown?: SecretId }
  | { readonly kind: 'home'; readonly by: Person }
  | ({ readonly kind: 'typed' } & Typed)
  /** Not for us: edits, other bots, tabs without content. */
  | { readonly kind: 'nothing' }
  /** Nothing that we know; `by` where somebody waits for an answer. */
  | { readonly kind: 'unknown'; readonly by?: Person; readonly reply?: string }

/** The slash command, with what stands after it. */
export interface Command {
  readonly kind: 'command'
  readonly by: Person
  readonly place: Place
  readonly trigger: string
  readonly text: CommandText
}

/** A button was pressed. */
export interface Pressed {
  readonly kind: 'press'
  readonly by: Person
  /** Undefined: too old, foreign or altered. */
  readonly press: Press | undefined
  readonly trigger: string
  readonly on: 'message' | 'modal' | 'home'
  /** The message can only be changed through `place.reply`. */
  readonly ephemeral: boolean
  readonly viewId?: string
  readonly place?: Spot
  /** Set when it stands in the compose form: what is filled in so far, and which state of the view that is. */
  readonly form?: { readonly view: Fields; readonly hash: string }
}

/** A form was sent off. */
export interface Submitted {
  readonly kind: 'submit'
  readonly by: Person
  readonly callbackId: string
  readonly viewId: string
  readonly hash: string
  /** Undefined: not ours. */
  readonly metadata: Metadata | undefined
  readonly view: Fields
}

/**
 * @param body as Bolt hands it over, in both modes
 * @param command the slash command that is ours
 */
export function parse(body: unknown, command: string): Intent {
  const payload = fields(body)
  if (payload['event'] !== undefined) return parseEvent(payload)
  if (payload['command'] === command) return parseCommand(payload)
  switch (payload['type']) {
    case 'block_actions':
      return parsePressed(payload)
    case 'view_submission':
      return parseSubmitted(payload)
    case 'view_closed': {
      const view = fields(payload['view'])
      const viewId = id(view['id'])
      const shown = parseMetadata(string(view['private_metadata']) ?? '')?.shown
      return viewId ? { kind: 'closed', viewId, ...(shown && { shown }) } : unknown(payload)
    }
    case 'shortcut': {
      const by = personOf(payload)
      const trigger = string(payload['trigger_id'])
      return by && trigger && payload['callback_id'] === 'send_secret'
        ? { kind: 'shortcut', by, trigger }
        : unknown(payload)
    }
    default:
      return unknown(payload)
  }
}

/** Who acted, by the payload alone. */
export function personOf(payload: Fields): Person | undefined {
  const user = fields(payload['user'])
  const team = fields(payload['team'])
  const person = userId(user['id'])
  const organisation = id(fields(payload['enterprise'])['id']) ?? id(team['enterprise_id'])
  const tenant = tenantOf(id(user['team_id']), id(team['id']), organisation)
  return person && tenant ? { tenant, id: person } : undefined
}

/**
 * The person's own workspace, so that a Slack Connect guest with the same user id is somebody else. In an Enterprise
 * Grid organisation ids are unique, and people act from any of its workspaces: there it is the organisation.
 */
function tenantOf(
  own: string | undefined,
  home: string | undefined,
  organisation: string | undefined,
): string | undefined {
  const inside = own === undefined || own === home || own === organisation
  return inside ? (organisation ?? own ?? home) : own
}

function parseCommand(payload: Fields): Intent {
  const person = userId(payload['user_id'])
  const tenant = id(payload['enterprise_id']) ?? id(payload['team_id'])
  const trigger = string(payload['trigger_id'])
  const place = placeOf(payload['channel_id'], payload['response_url'])
  if (!person || !tenant || !trigger || !place) return unknown(payload)
  const text = parseCommandText(string(payload['text']) ?? '', string(payload['user_name']) ?? '')
  return { kind: 'command', by: { tenant, id: person }, place, trigger, text }
}

function parsePressed(payload: Fields): Intent {
  const by = personOf(payload)
  const trigger = string(payload['trigger_id'])
  const [action = {}] = list(payload['actions'])
  if (!by || !trigger) return unknown(payload)
  const press = parsePress(string(action['value']) ?? '', ids)
  const container = fields(payload['container'])
  const pressed = {
    kind: 'press',
    by,
    press,
    trigger,
    ephemeral: container['is_ephemeral'] === true,
  } as const
  const view = fields(payload['view'])
  const viewId = id(view['id'])
  if (viewId) {
    const place = parseMetadata(string(view['private_metadata']) ?? '')?.place
    const hash = view['callback_id'] === composeId ? string(view['hash']) : undefined
    return {
      ...pressed,
      on: view['type'] === 'home' ? 'home' : 'modal',
      viewId,
      ...(place && { place }),
      ...(hash !== undefined && { form: { view, hash } }),
    }
  }
  const place = placeOf(fields(payload['channel'])['id'] ?? container['channel_id'], payload['response_url'])
  const message = pressed.ephemeral ? undefined : id(container['message_ts'])
  return { ...pressed, on: 'message', ...(place && { place: { ...place, ...(message && { message }) } }) }
}

function parseSubmitted(payload: Fields): Intent {
  const by = personOf(payload)
  const view = fields(payload['view'])
  const viewId = id(view['id'])
  const hash = string(view['hash'])
  if (!by || !viewId || hash === undefined) return unknown(payload)
  return {
    kind: 'submit',
    by,
    callbackId: string(view['callback_id']) ?? '',
    viewId,
    hash,
    metadata: parseMetadata(string(view['private_metadata']) ?? ''),
    view,
  }
}

function parseEvent(payload: Fields): Intent {
  const event = fields(payload['event'])
  const person = userId(event['user'])
  const organisation = id(payload['context_enterprise_id']) ?? id(payload['enterprise_id'])
  const own = id(event['user_team']) ?? id(event['team'])
  const tenant = tenantOf(own, id(payload['team_id']), organisation)
  const eventId = id(payload['event_id'])
  if (!person || !tenant || !eventId) return { kind: 'nothing' }
  const by = { tenant, id: person }
  if (event['type'] === 'app_home_opened') {
    return event['tab'] === 'home' ? { kind: 'home', by } : { kind: 'nothing' }
  }
  const channel = id(event['channel'])
  const message = id(event['ts'])
  if (event['type'] !== 'message' || !isTyped(event) || !channel || !message) return { kind: 'nothing' }
  // It is answered in its thread, if it was typed in one.
  const thread = id(event['thread_ts']) ?? message
  const target: Target =
    thread === message ? { place: { channel, kind: 'bot' } } : { under: { channel, message: thread } }
  return { kind: 'typed', by, message, mark: eventId, target }
}

/** Whether a person wrote this to the bot: text or a file, not an edit, a join, a bot's or Slackbot's message. */
function isTyped(event: Fields): boolean {
  const { subtype } = event
  return (
    event['channel_type'] === 'im' &&
    event['bot_id'] === undefined &&
    event['bot_profile'] === undefined &&
    event['hidden'] !== true &&
    event['user'] !== slackbotId &&
    (subtype === undefined || subtype === 'file_share' || subtype === 'me_message')
  )
}

/** Slackbot, whom `users.info` does not call a bot. */
export const slackbotId = 'USLACKBOT'

/** A direct conversation may turn out to be the one with the bot: that is asked only when it matters. */
function placeOf(channel: unknown, reply: unknown): Place | undefined {
  const channelId = id(channel)
  if (!channelId) return undefined
  const url = string(reply)
  return {
    channel: channelId,
    kind: channelId.startsWith('D') ? 'direct' : 'channel',
    ...(url !== undefined && { reply: url }),
  }
}

function unknown(payload: Fields): Intent {
  const by = personOf(payload)
  const reply = string(payload['response_url'])
  return { kind: 'unknown', ...(by && { by }), ...(reply !== undefined && { reply }) }
}
