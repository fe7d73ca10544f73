import {
  type APIAttachment,
  type APIEmbed,
  type APIMessage,
  type APIMessageInteractionMetadata,
  type APIMessageTopLevelComponent,
  PermissionFlagsBits as Can,
  ChannelType,
  GatewayIntentBits as Intent,
  MessageFlags,
  MessageType,
} from 'discord-api-types/v10'
import type { Channel, Dispatch, User } from './entities.ts'
import type { Json } from './form.ts'
import { noPings, type Pings } from './mentions.ts'
import { memberShape, userShape } from './shapes.ts'
import type { World } from './world.ts'

/** What a message says, in one of its versions. */
export interface MessageText {
  readonly content: string
  readonly embeds: readonly APIEmbed[]
  readonly components: readonly APIMessageTopLevelComponent[]
  readonly attachments: readonly APIAttachment[]
}

/** One version of a message, kept for ever, as server-side retention could. */
export interface Version extends MessageText {
  readonly at: number
  readonly pings: Pings
}

/** A message. `ephemeralFor` makes it one that a single person sees and no route but its token reaches. */
export interface Message {
  readonly id: string
  readonly channel: Channel
  readonly author: User
  readonly type: MessageType
  readonly at: number
  readonly versions: Version[]
  flags: number
  editedAt?: number
  deletedAt?: number
  readonly ephemeralFor?: User
  readonly metadata?: APIMessageInteractionMetadata
  readonly replyTo?: Message
  readonly nonce?: string | number
}

/** Nothing said. */
export const silence: MessageText = { content: '', embeds: [], components: [], attachments: [] }

/** What a message says now. */
export function currentVersion(message: Message): Version {
  return message.versions.at(-1) ?? { ...silence, at: message.at, pings: noPings }
}

type Draft = Pick<Message, 'channel' | 'author'> &
  Partial<Pick<Message, 'type' | 'flags' | 'ephemeralFor' | 'metadata' | 'replyTo' | 'nonce'>>

/** Puts a message where its readers are, and tells the gateway. */
export function post(world: World, draft: Draft, text: MessageText, pings: Pings = noPings): Message {
  const at = world.clock.now()
  const message: Message = {
    id: world.nextId(),
    type: MessageType.Default,
    at,
    flags: 0,
    ...draft,
    versions: [{ ...text, at, pings }],
  }
  world.messages.set(message.id, message)
  if (message.ephemeralFor) message.ephemeralFor.ephemerals.set(message.id, message)
  else {
    message.channel.messages.set(message.id, message)
    message.channel.lastMessageId = message.id
  }
  world.remember('posted', message, currentVersion(message))
  announce(world, 'MESSAGE_CREATE', message, messageShape(message))
  return message
}

/** Replaces what a message says. Filling a loading message is no edit in its readers' eyes. */
export function edit(
  world: World,
  message: Message,
  text: MessageText,
  pings: Pings,
  flags = message.flags,
): void {
  const at = world.clock.now()
  const filled = (message.flags & MessageFlags.Loading) !== 0
  message.flags = flags & ~MessageFlags.Loading
  message.versions.push({ ...text, at, pings })
  if (!filled) message.editedAt = at
  world.remember('edited', message, currentVersion(message))
  announce(world, 'MESSAGE_UPDATE', message, messageShape(message))
}

/** Takes a message away from its readers; its versions stay in the export. */
export function remove(world: World, message: Message): void {
  message.deletedAt = world.clock.now()
  message.channel.messages.delete(message.id)
  message.ephemeralFor?.ephemerals.delete(message.id)
  world.remember('deleted', message, currentVersion(message))
  announce(world, 'MESSAGE_DELETE', message, { id: message.id, channel_id: message.channel.id })
}

/** A message as REST answers and gateway events carry it. */
export function messageShape(message: Message, now: Version = currentVersion(message)): APIMessage {
  const fromInteraction = message.metadata !== undefined
  return {
    id: message.id,
    channel_id: message.channel.id,
    type: message.type,
    author: userShape(message.author),
    content: now.content,
    embeds: [...now.embeds],
    components: [...now.components],
    attachments: [...now.attachments],
    mentions: now.pings.users.map(userShape),
    mention_roles: [...now.pings.roles],
    mention_everyone: now.pings.everyone,
    timestamp: new Date(message.at).toISOString(),
    edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
    flags: message.flags,
    pinned: false,
    tts: false,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(fromInteraction && { webhook_id: message.author.id, application_id: message.author.id }),
    ...(message.metadata && { interaction_metadata: message.metadata }),
    ...(message.replyTo && {
      message_reference: { type: 0, channel_id: message.replyTo.channel.id, message_id: message.replyTo.id },
    }),
  } satisfies APIMessage
}

/** Every version and deletion of the messages that fit, as an export of all that a server keeps could have them. */
export function retained(world: World, fits: (message: Message) => boolean): Json[] {
  return world.history
    .filter(({ message }) => fits(message))
    .map(({ what, at, message, version }) => ({
      what,
      at,
      channel: message.channel.id,
      message: messageShape(message, version),
    }))
}

/**
 * The gateway hears of a message where the bot is a member. Of its own ephemeral messages it hears everywhere, in
 * plain text and without a guild, as of a direct message.
 */
function announce(world: World, t: Dispatch['t'], message: Message, shape: object): void {
  const { channel, author } = message
  if (message.ephemeralFor) {
    message.ephemeralFor.changed.fire()
    const d = { ...shape, channel_type: typeOf(channel) }
    world.dispatch({ t, d, intent: Intent.DirectMessages })
    return
  }
  world.changed(channel)
  if ((world.botMayIn(channel) & Can.ViewChannel) === 0n) return
  if (!channel.guild) {
    world.dispatch({ t, d: { ...shape, channel_type: ChannelType.DM }, intent: Intent.DirectMessages })
    return
  }
  const { user: _, ...member } = memberShape(channel.guild, author)
  world.dispatch({
    t,
    d: {
      ...shape,
      guild_id: channel.guild.id,
      channel_type: ChannelType.GuildText,
      ...('author' in shape && { member }),
    },
    guildId: channel.guild.id,
    intent: Intent.GuildMessages,
    guarded: author !== world.bot && !currentVersion(message).pings.users.includes(world.bot),
  })
}

function typeOf(channel: Channel): ChannelType {
  if (channel.guild) return ChannelType.GuildText
  return channel.kind === 'group' ? ChannelType.GroupDM : ChannelType.DM
}
