import {
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIUser,
  ApplicationCommandType,
  InteractionContextType,
  InteractionType,
  MessageFlags,
} from 'discord.js'
import type { SecretId } from '../../core/format/id.ts'
import type { Event, FormEvent, SendEvent } from '../adapter/event.ts'
import type { Person } from '../adapter/platform.ts'
import type { OpenPress, Press } from '../adapter/press.ts'
import { parsePress } from '../adapter/press.ts'
import type { Place, Problems } from '../adapter/view.ts'
import { commandNames, optionNames } from './commands.ts'
import { parseDraft, textOf } from './draft.ts'
import { composeId } from './forms.ts'
import { ids } from './ids.ts'
import { printReply } from './reply.ts'

/** One interaction, as far as answering it needs. `token` is a capability for 15 minutes: never logged. */
export interface Interaction {
  readonly id: string
  readonly token: string
  readonly applicationId: string
  readonly by: Person
  readonly place: Place
  /** The message whose button was pressed, also when a form came in between. */
  readonly source?: Source
}

interface Source {
  readonly message: string
  /** Seen by the person who acted alone. */
  readonly isPrivate: boolean
  /** Posted through an interaction, so perhaps where the bot has no access. */
  readonly isGuest: boolean
}

/** What the person wants. `form`, `sure` and `wipe` are answered at once, without I/O. */
export type Intent =
  | { readonly kind: 'form'; readonly event: FormEvent }
  | { readonly kind: 'seal-typed'; readonly message: string }
  | { readonly kind: 'sure'; readonly press: Extract<Press, { act: 'burn' }> }
  | { readonly kind: 'wipe'; readonly id?: SecretId }
  | { readonly kind: 'answer'; readonly event: Event }
  | { readonly kind: 'reveal'; readonly press: OpenPress; readonly passphrase: string }
  | { readonly kind: 'send'; readonly event: SendEvent }
  | { readonly kind: 'problems'; readonly problems: Problems }

/** An interaction, what it asks for, and whom it names. */
export interface Parsed {
  readonly interaction: Interaction
  readonly intent: Intent
  /** The people whom the payload names beside the actor. */
  readonly people: readonly APIUser[]
}

/**
 * What an interaction means; undefined when it is none of ours to answer (a ping, an autocompletion, a bot's). User
 * ids are the same in every server, so a Discord person has no tenant.
 */
export function parse(payload: APIInteraction, isMember: (guildId: string) => boolean): Parsed | undefined {
  const user = payload.member?.user ?? payload.user
  if (!user || user.bot) return undefined
  const by: Person = { tenant: '', id: user.id }
  const { id, token, application_id: applicationId } = payload
  const base = { id, token, applicationId, by, place: placeOf(payload, isMember) }
  switch (payload.type) {
    case InteractionType.ApplicationCommand: {
      const { data } = payload
      const resolved = 'resolved' in data ? data.resolved : undefined
      const people = resolved && 'users' in resolved ? (resolved.users ?? {}) : {}
      return { interaction: base, intent: commandIntent(payload, base), people: Object.values(people) }
    }
    case InteractionType.MessageComponent: {
      const interaction = { ...base, source: sourceOf(payload.message) }
      return {
        interaction,
        intent: pressIntent(parsePress(payload.data.custom_id, ids), interaction),
        people: [],
      }
    }
    case InteractionType.ModalSubmit: {
      const { data, message } = payload
      const interaction = { ...base, ...(message && { source: sourceOf(message) }) }
      const people = Object.values(data.resolved?.users ?? {})
      return { interaction, intent: submitIntent(data, interaction), people }
    }
    default:
      return undefined
  }
}

function placeOf(payload: APIInteraction, isMember: (guildId: string) => boolean): Place {
  const { application_id, token, guild_id, context } = payload
  const channel = payload.channel?.id ?? payload.channel_id ?? ''
  return {
    channel,
    kind: kindOf(guild_id, context, isMember),
    reply: printReply({ applicationId: application_id, token }),
  }
}

function kindOf(
  guildId: string | undefined,
  context: InteractionContextType | undefined,
  isMember: (guildId: string) => boolean,
): Place['kind'] {
  if (guildId !== undefined) return isMember(guildId) ? 'channel' : 'direct'
  return context === InteractionContextType.BotDM ? 'bot' : 'direct'
}

function sourceOf(message: APIMessageComponentInteraction['message']): Source {
  return {
    message: message.id,
    isPrivate: ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0,
    isGuest: message.interaction_metadata !== undefined,
  }
}

type Command = Extract<APIInteraction, { type: InteractionType.ApplicationCommand }>

function commandIntent({ data, member, user }: Command, interaction: Interaction): Intent {
  const { by } = interaction
  switch (data.name) {
    case commandNames.secret:
      return compose(interaction, listOf(optionOf(data, optionNames.to)))
    case commandNames.send:
      return compose(interaction, data.type === ApplicationCommandType.User ? [data.target_id] : [])
    case commandNames.secrets:
      return { kind: 'answer', event: { act: 'list', by, before: '' } }
    case commandNames.link:
      return { kind: 'answer', event: { act: 'link', by } }
    case commandNames.request: {
      const named = member?.user ?? user
      const name = member?.nick ?? named?.global_name ?? named?.username ?? ''
      const to = optionOf(data, optionNames.from)
      const note = optionOf(data, optionNames.what)?.trim() ?? ''
      return { kind: 'answer', event: { act: 'ask', by, name, note, ...(to !== undefined && { to }) } }
    }
    default:
      return { kind: 'answer', event: { act: 'help', by } }
  }
}

function optionOf(data: Command['data'], name: string): string | undefined {
  if (data.type !== ApplicationCommandType.ChatInput) return undefined
  const option = data.options?.find((one) => one.name === name)
  return option && 'value' in option ? String(option.value) : undefined
}

function listOf(id: string | undefined): readonly string[] {
  return id === undefined ? [] : [id]
}

/** A card for the first person needs a place; the conversation with the bot is none. */
function compose({ by, place }: Interaction, to: readonly string[]): Intent {
  return {
    kind: 'form',
    event: { act: 'compose', by, to, ...(place.kind !== 'bot' && { place }) },
  }
}

function pressIntent(
  press: Press | undefined,
  interaction: Interaction & { readonly source: Source },
): Intent {
  const { by, place } = interaction
  switch (press?.act) {
    case 'open':
      return press.passphrase
        ? { kind: 'form', event: { act: 'open', by, press } }
        : { kind: 'reveal', press, passphrase: '' }
    case 'tell':
      return { kind: 'answer', event: { act: 'tell', by, place, press } }
    case 'burn':
      return { kind: 'sure', press }
    case 'list':
      return { kind: 'answer', event: { act: 'list', by, before: press.before } }
    case 'help':
      return { kind: 'answer', event: { act: 'help', by } }
    case 'new':
      return compose(interaction, press.to === undefined ? [] : [press.to])
    case 'seal-typed':
      return { kind: 'seal-typed', message: press.message }
    case 'wipe':
      if (interaction.source.isPrivate) return { kind: 'wipe', ...(press.id && { id: press.id }) }
  }
  return { kind: 'answer', event: { act: 'unknown-button', by } }
}

type Submitted = Extract<APIInteraction, { type: InteractionType.ModalSubmit }>['data']

function submitIntent(data: Submitted, { by, place }: Interaction): Intent {
  if (data.custom_id === composeId) {
    const draft = parseDraft(data)
    if ('problems' in draft) return { kind: 'problems', problems: draft.problems }
    return { kind: 'send', event: { act: 'send', by, draft: draft.draft, place } }
  }
  const press = parsePress(data.custom_id, ids)
  switch (press?.act) {
    case 'open':
      return { kind: 'reveal', press, passphrase: textOf(data, 'passphrase') }
    case 'burn':
      return { kind: 'answer', event: { act: 'burn', by, id: press.id } }
    default:
      return { kind: 'answer', event: { act: 'unknown-button', by } }
  }
}
