import { slackId } from './ids.ts'
import { Signal } from './signal.ts'

/** A workspace. */
export interface Team {
  id: string
  domain: string
  name: string
  /** The Enterprise Grid organisation, when the workspace belongs to one. */
  enterprise?: { id: string; name: string }
}

/** An account: a person's or a bot's. */
export interface User {
  id: string
  teamId: string
  /** The handle, without the at sign. */
  name: string
  realName: string
  isBot: boolean
  deactivated: boolean
  /** Direct messages of apps do not reach this person. */
  refusesDms: boolean
  /** Has no client open: ephemeral messages are accepted by Slack and never shown. */
  away: boolean
  /** Fires when something this person can see changes. */
  changed: Signal
}

/** A conversation. Members are user ids. */
export interface Channel {
  id: string
  name: string
  kind: 'public' | 'private' | 'im'
  members: Set<string>
  archived: boolean
  /** Reaches another workspace through Slack Connect. */
  shared: boolean
}

type Traits<T> = Partial<Omit<T, 'id' | 'changed' | 'members'>>

/** Who and what exists: two workspaces, their accounts, the conversations and who is in them. */
export class World {
  readonly home: Team
  readonly foreign: Team = { id: slackId('T'), domain: 'partner', name: 'Partner' }
  readonly users = new Map<string, User>()
  readonly channels = new Map<string, Channel>()
  readonly bot: User
  readonly #byName = new Map<string, User>()
  readonly #ims = new Map<string, Channel>()
  readonly #memberships = new Map<string, Set<Channel>>()

  constructor(botName: string, enterprise?: { id: string; name: string }) {
    this.home = { id: slackId('T'), domain: 'acme', name: 'Acme', ...(enterprise && { enterprise }) }
    this.bot = this.addUser(botName.toLowerCase(), { isBot: true, realName: botName })
  }

  /** Adds an account to the home workspace, or to another through `teamId`. */
  addUser(name: string, traits: Traits<User> = {}): User {
    const user: User = {
      id: slackId('U'),
      teamId: this.home.id,
      name,
      realName: name.charAt(0).toUpperCase() + name.slice(1),
      isBot: false,
      deactivated: false,
      refusesDms: false,
      away: false,
      changed: new Signal(),
      ...traits,
    }
    this.users.set(user.id, user)
    this.#byName.set(name, user)
    return user
  }

  /** Adds a channel; ids start with C as they do for private channels too since 2021. */
  addChannel(name: string, members: { id: string }[], traits: Traits<Channel> = {}): Channel {
    const channel: Channel = {
      id: slackId('C'),
      name,
      kind: 'public',
      members: new Set(),
      archived: false,
      shared: false,
      ...traits,
    }
    this.channels.set(channel.id, channel)
    for (const member of members) this.join(channel, member)
    return channel
  }

  /** Puts someone into a channel. */
  join(channel: Channel, user: { id: string }): void {
    channel.members.add(user.id)
    this.channelsOf(user.id).add(channel)
  }

  /** Takes someone out of a channel. */
  leave(channel: Channel, user: { id: string }): void {
    channel.members.delete(user.id)
    this.channelsOf(user.id).delete(channel)
  }

  /** The conversations someone is in, oldest first. */
  channelsOf(userId: string): Set<Channel> {
    let channels = this.#memberships.get(userId)
    if (!channels) {
      channels = new Set()
      this.#memberships.set(userId, channels)
    }
    return channels
  }

  /** The direct message between two accounts, if they have one. */
  findIm(a: string, b: string): Channel | undefined {
    return this.#ims.get([a, b].sort().join())
  }

  /** The direct message between two accounts, opened when they have none. */
  openIm(a: string, b: string): Channel {
    const existing = this.findIm(a, b)
    if (existing) return existing
    const channel: Channel = {
      id: slackId('D'),
      name: 'directmessage',
      kind: 'im',
      members: new Set(),
      archived: false,
      shared: false,
    }
    this.channels.set(channel.id, channel)
    this.join(channel, { id: a })
    this.join(channel, { id: b })
    this.#ims.set([a, b].sort().join(), channel)
    return channel
  }

  /** The person on the other side of a direct message with the bot; nothing for any other channel. */
  partnerOfBot(channel: Channel): User | undefined {
    if (channel.kind !== 'im' || !channel.members.has(this.bot.id)) return undefined
    for (const id of channel.members) if (id !== this.bot.id) return this.users.get(id)
    return undefined
  }

  /** True when the bot may know of the person: same workspace, or a channel in common. */
  botKnows(user: User): boolean {
    if (user.teamId === this.home.id) return true
    for (const channel of this.channelsOf(user.id)) if (channel.members.has(this.bot.id)) return true
    return false
  }

  /** An account by its handle. */
  userByName(name: string): User | undefined {
    return this.#byName.get(name)
  }

  /** The workspace an account belongs to. */
  teamOf(user: User): Team {
    return user.teamId === this.home.id ? this.home : this.foreign
  }
}
