import {
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIUser,
  ApplicationCommandType,
  InteractionContextType,
  InteractionType,
  MessageFlags,
} from 'discord.js'
import type { Event, FormEvent, SendEvent } from '../adapter/event.ts'
import type { Person } from '../adapter/platform.ts'
import type { Press } from '../adapter/press.ts'
import { parsePress } from '../adapter/press.ts'
import type { Place, Problems } from '../adapter/view.ts'
import { commandNames, optionNames } from './commands.ts'
import { parseDraft, textOf } from './draft.ts'
import { composeId } from './forms.ts'
import { ids } from './ids.ts'

/** One interaction, as far as answering it needs. `token` is a capability for 15 minutes: never logged. */
export interface Act {
  readonly id: string
  readonly token: string
  readonly applicationId: string
  readonly by: Person
  readonly place: Place
  /** The message whose button was pressed, also when a form came in between. */
  readonly source?: Source
}

export interface Source {
  readonly message: string
  /** Seen by the person who acted alone. */
  readonly isPrivate: boolean
  /** Posted through an interaction, so perhaps where the bot has no access. */
  readonly isGuest: boolean
}

/** What the person wants. `form`, `sure` and `wipe` are answered at once, without I/O. */
export type Deed =
  | { readonly deed: 'form'; readonly event: FormEvent }
  | { readonly deed: 'seal-typed'; readonly message: string }
  | { readonly deed: 'sure'; readonly press: Extract<Press, { act: 'burn' }> }
  | { readonly deed: 'wipe' }
  | { readonly deed: 'answer'; readonly event: Event }
  | { readonly deed: 'reveal'; readonly press: Extract<Press, { act: 'open' }>; readonly passphrase: string }
  | { readonly deed: 'send'; readonly event: SendEvent }
  | { readonly deed: 'problems'; readonly problems: Problems }

export interface Parsed {
  readonly act: Act
  readonly deed: Deed
  /** The people whom the payload names beside the actor. */
  readonly people: readonly APIUser[]
}

/**
 * What an interaction means; undefined when it is none of ours to answer (a ping, an autocompletion, a bot's). User
 * ids are the same in every server, so a Discord person has no tenant.
 */
export function parse(
  interaction: APIInteraction,
  isMember: (guildId: string) => boolean,
): Parsed | undefined {
  const user = interaction.member?.user ?? interaction.user
  if (!user || user.bot) return undefined
  const by: Person = { tenant: '', id: user.id }
  const { id, token, application_id: applicationId } = interaction
  const base = { id, token, applicationId, by, place: placeOf(interaction, isMember) }
  switch (interaction.type) {
    case InteractionType.ApplicationCommand: {
      const { data } = interaction
      const resolved = 'resolved' in data ? data.resolved : undefined
      const people = resolved && 'users' in resolved ? (resolved.users ?? {}) : {}
      return { act: base, deed: commandDeed(interaction, base), people: Object.values(people) }
    }
    case InteractionType.MessageComponent: {
      const act = { ...base, source: sourceOf(interaction.message) }
      return { act, deed: pressDeed(parsePress(interaction.data.custom_id, ids), act), people: [] }
    }
    case InteractionType.ModalSubmit: {
      const { data, message } = interaction
      const act = { ...base, ...(message && { source: sourceOf(message) }) }
      const people = Object.values(data.resolved?.users ?? {})
      return { act, deed: submitDeed(data, act), people }
    }
    default:
      return undefined
  }
}

function placeOf(interaction: APIInteraction, isMember: (guildId: string) => boolean): Place {
  const { application_id, token, guild_id, context } = interaction
  const channel = interaction.channel?.id ?? interaction.channel_id ?? ''
  return { channel, kind: kindOf(guild_id, context, isMember), reply: `${application_id}/${token}` }
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

function commandDeed({ data, member, user }: Command, act: Act): Deed {
  const { by } = act
  switch (data.name) {
    case commandNames.secret:
      return compose(act, listOf(optionOf(data, optionNames.to)))
    case commandNames.send:
      return compose(act, data.type === ApplicationCommandType.User ? [data.target_id] : [])
    case commandNames.secrets:
      return { deed: 'answer', event: { act: 'list', by, before: '' } }
    case commandNames.link:
      return { deed: 'answer', event: { act: 'link', by } }
    case commandNames.request: {
      const named = member?.user ?? user
      const name = member?.nick ?? named?.global_name ?? named?.username ?? ''
      const to = optionOf(data, optionNames.from)
      const note = optionOf(data, optionNames.what)?.trim() ?? ''
      return { deed: 'answer', event: { act: 'ask', by, name, note, ...(to !== undefined && { to }) } }
    }
    default:
      return { deed: 'answer', event: { act: 'help', by } }
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
function compose({ by, place }: Act, to: readonly string[]): Deed {
  return {
    deed: 'form',
    event: { act: 'compose', by, to, ...(place.kind !== 'bot' && { place }) },
  }
}

function pressDeed(press: Press | undefined, act: Act & { readonly source: Source }): Deed {
  const { by, place } = act
  switch (press?.act) {
    case 'open':
      return press.passphrase
        ? { deed: 'form', event: { act: 'open', by, press } }
        : { deed: 'reveal', press, passphrase: '' }
    case 'tell':
      return { deed: 'answer', event: { act: 'tell', by, place, press } }
    case 'burn':
      return { deed: 'sure', press }
    case 'list':
      return { deed: 'answer', event: { act: 'list', by, before: press.before } }
    case 'help':
      return { deed: 'answer', event: { act: 'help', by } }
    case 'new':
      return compose(act, press.to === undefined ? [] : [press.to])
    case 'seal-typed':
      return { deed: 'seal-typed', message: press.message }
    case 'wipe':
      if (act.source.isPrivate) return { deed: 'wipe' }
  }
  return { deed: 'answer', event: { act: 'unknown-button', by } }
}

type Submitted = Extract<APIInteraction, { type: InteractionType.ModalSubmit }>['data']

function submitDeed(data: Submitted, { by, place }: Act): Deed {
  if (data.custom_id === composeId) {
    const draft = parseDraft(data)
    if ('problems' in draft) return { deed: 'problems', problems: draft.problems }
    return { deed: 'send', event: { act: 'send', by, draft: draft.draft, place } }
  }
  const press = parsePress(data.custom_id, ids)
  switch (press?.act) {
    case 'open':
      return { deed: 'reveal', press, passphrase: textOf(data, 'passphrase') }
    case 'burn':
      return { deed: 'answer', event: { act: 'burn', by, id: press.id } }
    default:
      return { deed: 'answer', event: { act: 'unknown-button', by } }
  }
}
