import type { GatewayDispatchEvents, Locale } from 'discord-api-types/v10'
import type { OpenModal } from './interaction.ts'
import type { Message, Version } from './message.ts'
import type { Signal } from './signal.ts'

/** An account: a person's or a bot's. */
export interface User {
  readonly id: string
  readonly username: string
  /** The name that others read. */
  readonly name: string
  readonly bot: boolean
  locale: `${Locale}`
  /** Takes no direct messages from people and bots met on servers: 50007. */
  dmsClosed: boolean
  /** Has added the application to the own account. */
  installed: boolean
  readonly guilds: Set<Guild>
  /** The direct message with the bot, once somebody opened it. */
  dm?: Channel
  /** Private conversations with other people. */
  readonly privateChannels: Set<Channel>
  /** Ephemeral messages that only this person sees, by id. */
  readonly ephemerals: Map<string, Message>
  /** The form that this person's client has open. */
  modal?: OpenModal
  /** What the client said about interactions that nobody answered. */
  readonly notices: { readonly channel: Channel; readonly text: string; readonly at: number }[]
  readonly changed: Signal
}

/** A server. */
export interface Guild {
  readonly id: string
  readonly name: string
  readonly owner: User
  /** Whether the application's bot is a member. Without it, the application works there for those who installed it. */
  hasBot: boolean
  /** What the bot may do here, as a member. */
  botMay: bigint
  /** Whether members may use applications of their own in public; otherwise the answers are forced to be ephemeral. */
  externalApps: boolean
  readonly members: Set<User>
  readonly channels: Map<string, Channel>
}

/** A conversation: in a server, a direct message, or a group of people. */
export interface Channel {
  readonly id: string
  readonly kind: 'guild' | 'dm' | 'group'
  readonly name: string
  readonly guild?: Guild
  /** Those in a direct message or group; absent in a server, where `only` narrows. */
  readonly people: readonly User[]
  /** When present, only these members of the server see the channel. */
  only?: Set<User>
  /** What the bot may do here; absent: what it may in the server. */
  botMay?: bigint
  /** Messages that everybody here sees, oldest first. */
  readonly messages: Map<string, Message>
  lastMessageId?: string
}

/** One event for the gateway. */
export interface Dispatch {
  readonly t: `${GatewayDispatchEvents}`
  readonly d: object
  /** Goes to this guild's shard; without it to shard 0. */
  readonly guildId?: string
  /** The intent bit without which a session does not hear of it. */
  readonly intent?: number
  /** The text of somebody else's message in a server: blanked without the MessageContent intent. */
  readonly guarded?: boolean
}

/** One step in the life of a message. */
export interface HistoryEntry {
  readonly what: 'posted' | 'edited' | 'deleted'
  readonly at: number
  readonly message: Message
  /** What it said from then on; for a deletion, what it said last. */
  readonly version: Version
}

/** What the application was given in the developer portal. */
export interface Application {
  readonly id: string
  readonly name: string
  readonly token: string
  /** 0: into servers. 1: to accounts. */
  readonly integrationTypes: readonly (0 | 1)[]
  /** Privileged intents that were granted, as bits. */
  readonly privilegedIntents: number
}
