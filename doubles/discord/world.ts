import type { APIApplicationCommand } from 'discord-api-types/v10'
import { PermissionFlagsBits as Can } from 'discord-api-types/v10'
import type { Clock } from './clock.ts'
import type { Application, Channel, Dispatch, Guild, HistoryEntry, User } from './entities.ts'
import type { OpenModal } from './interaction.ts'
import type { Message, Version } from './message.ts'
import { Signal } from './signal.ts'
import { snowflakes } from './snowflake.ts'

const botDefaults =
  Can.ViewChannel | Can.SendMessages | Can.EmbedLinks | Can.AttachFiles | Can.ReadMessageHistory

/** Who and what exists. Everything is found by id in one step. */
export class World {
  readonly clock: Clock
  readonly nextId: () => string
  readonly application: Application
  readonly bot: User
  readonly users = new Map<string, User>()
  readonly guilds = new Map<string, Guild>()
  readonly channels = new Map<string, Channel>()
  /** Every message there ever was, the deleted and the ephemeral ones too. */
  readonly messages = new Map<string, Message>()
  /** Global commands by id. */
  readonly commands = new Map<string, APIApplicationCommand>()
  /** Everything that was posted, edited and deleted, ephemerals too, in order. */
  readonly history: HistoryEntry[] = []
  /** Hears of each entry of the history. */
  onHistory: (entry: HistoryEntry) => void = () => {}
  /** Hears when somebody's form opens or closes. */
  onModal: (what: 'opened' | 'closed', user: User, modal: OpenModal) => void = () => {}
  /** Where gateway events go. */
  dispatch: (event: Dispatch) => void = () => {}

  constructor(clock: Clock, application: Omit<Application, 'id'>) {
    this.clock = clock
    this.nextId = snowflakes(clock)
    this.application = { id: this.nextId(), ...application }
    // The bot's user id is the application's id, as it has been for every application since 2016.
    this.bot = this.addUser(application.name, { id: this.application.id, bot: true })
  }

  addUser(
    name: string,
    traits: Partial<Pick<User, 'id' | 'bot' | 'locale' | 'dmsClosed' | 'installed'>> = {},
  ): User {
    const user: User = {
      id: this.nextId(),
      username: traits.bot ? name : name.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '') || 'somebody',
      name,
      bot: false,
      locale: 'en-US',
      dmsClosed: false,
      installed: false,
      guilds: new Set(),
      privateChannels: new Set(),
      ephemerals: new Map(),
      notices: [],
      changed: new Signal(),
      ...traits,
    }
    this.users.set(user.id, user)
    return user
  }

  addGuild(
    name: string,
    owner: User,
    traits: Partial<Pick<Guild, 'hasBot' | 'botMay' | 'externalApps'>> = {},
  ): Guild {
    const guild: Guild = {
      id: this.nextId(),
      name,
      owner,
      hasBot: true,
      botMay: botDefaults,
      externalApps: true,
      members: new Set(),
      channels: new Map(),
      ...traits,
    }
    this.guilds.set(guild.id, guild)
    return guild
  }

  addChannel(guild: Guild, name: string, traits: Pick<Partial<Channel>, 'only' | 'botMay'> = {}): Channel {
    const channel: Channel = {
      id: this.nextId(),
      kind: 'guild',
      name,
      guild,
      people: [],
      messages: new Map(),
      ...traits,
    }
    guild.channels.set(channel.id, channel)
    this.channels.set(channel.id, channel)
    return channel
  }

  /** A conversation between people alone; the bot is no part of it. */
  addPrivateChannel(name: string, people: readonly User[]): Channel {
    const kind = people.length > 2 ? 'group' : 'dm'
    const channel: Channel = { id: this.nextId(), kind, name, people, messages: new Map() }
    this.channels.set(channel.id, channel)
    for (const user of people) user.privateChannels.add(channel)
    return channel
  }

  /** The direct message between the bot and `user`, opened when there is none. */
  dmWith(user: User): Channel {
    if (user.dm) return user.dm
    const channel: Channel = {
      id: this.nextId(),
      kind: 'dm',
      name: this.bot.name,
      people: [user, this.bot],
      messages: new Map(),
    }
    this.channels.set(channel.id, channel)
    user.dm = channel
    return channel
  }

  /** What the bot may do in a channel; 0 where it is no member. */
  botMayIn(channel: Channel): bigint {
    if (!channel.guild) return channel.people.includes(this.bot) ? botDefaults : 0n
    return channel.guild.hasBot ? (channel.botMay ?? channel.guild.botMay) : 0n
  }

  /** Whether `user` sees what is said in `channel`. */
  sees(user: User, channel: Channel): boolean {
    if (!channel.guild) return channel.people.includes(user)
    return channel.guild.members.has(user) && (channel.only?.has(user) ?? true)
  }

  /** Opens a form on somebody's screen, or takes the open one away. */
  showModal(user: User, modal: OpenModal | undefined): void {
    const before = user.modal
    if (before) this.onModal('closed', user, before)
    delete user.modal
    if (modal) {
      user.modal = modal
      this.onModal('opened', user, modal)
    }
    user.changed.fire()
  }

  /** Notes a step in the life of a message. */
  remember(what: HistoryEntry['what'], message: Message, version: Version): void {
    const entry = { what, at: this.clock.now(), message, version }
    this.history.push(entry)
    this.onHistory(entry)
  }

  /** Wakes everyone who sees `channel`. */
  changed(channel: Channel): void {
    const people = channel.guild ? (channel.only ?? channel.guild.members) : channel.people
    for (const user of people) user.changed.fire()
  }

  /** Whether the bot and `user` may write to each other at all: a server in common, or the application installed. */
  areAcquainted(user: User): boolean {
    if (user.installed) return true
    for (const guild of user.guilds) if (guild.hasBot) return true
    return false
  }
}
