import { ComponentType as Kind } from 'discord-api-types/v10'
import type { Channel, User } from './entities.ts'
import { currentVersion, type Message } from './message.ts'
import {
  messageLines,
  type Placed,
  placedIn,
  readMessage,
  readModal,
  type SeenMessage,
  type SeenModal,
} from './seen.ts'
import type { World } from './world.ts'

/** Where to look: the direct message with the bot, or one channel. */
export type Place = 'dm' | Channel

/** Something on the screen that can be used. */
export interface Found {
  readonly message: Message
  readonly placed: Placed
}

const isButton = ({ component }: Placed) => component['type'] === Kind.Button
const isField = (placed: Placed) => !isButton(placed)

/** What one person's client shows: conversations, ephemeral messages, the open form. */
export class Screen {
  readonly #world: World
  readonly #user: User

  constructor(world: World, user: User) {
    this.#world = world
    this.#user = user
  }

  /** Everything the person can see, as plain text. */
  all(): string {
    const parts: string[] = []
    for (const channel of this.#channels()) {
      const messages = this.messages(channel)
      if (messages.length === 0) continue
      parts.push(`— ${this.nameOf(channel)} —`, ...messages.flatMap((one) => messageLines(this.#world, one)))
    }
    const modal = this.modal()
    if (modal) {
      parts.push(`— form “${modal.title}” —`, modal.text)
      for (const [label, error] of Object.entries(modal.errors))
        parts.push(`! ${label ? `${label}: ` : ''}${error}`)
      parts.push(`[${modal.close}] [${modal.submit}]`)
    }
    return parts.join('\n')
  }

  /** The direct message with the bot as plain text. */
  dm(): string {
    const { dm } = this.#user
    return dm
      ? this.messages(dm)
          .flatMap((one) => messageLines(this.#world, one))
          .join('\n')
      : ''
  }

  /** The messages of a channel that this person sees, oldest first, own ephemerals included. */
  messages(channel: Channel): readonly Message[] {
    const posted = this.#world.sees(this.#user, channel) ? [...channel.messages.values()] : []
    const own = [...this.#user.ephemerals.values()].filter((one) => one.channel === channel)
    if (own.length === 0) return posted
    return [...posted, ...own].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
  }

  /** The same, read. */
  seen(channel: Channel): readonly SeenMessage[] {
    return this.messages(channel).map((message) => readMessage(this.#world, message))
  }

  /** The open form. */
  modal(): SeenModal | undefined {
    return this.#user.modal && readModal(this.#world, this.#user.modal)
  }

  /** The button with this label that can be pressed, on the newest message that has one. */
  button(label: string | RegExp, place?: Place, nth = 0): Found | undefined {
    return this.#find(label, isButton, place, nth)
  }

  /** The select with this placeholder. */
  select(label: string | RegExp, place?: Place): Found | undefined {
    return this.#find(label, isField, place, 0)
  }

  /** The labels of all buttons on the screen that can be pressed. */
  buttons(): readonly string[] {
    return this.#channels().flatMap((channel) => this.seen(channel).flatMap((message) => message.buttons))
  }

  /** How the person calls a conversation. */
  nameOf(channel: Channel): string {
    if (channel.guild) return `#${channel.name}`
    if (channel.kind === 'group') return channel.name
    return `messages with ${channel.people.find((user) => user !== this.#user)?.name ?? 'nobody'}`
  }

  #channels(): readonly Channel[] {
    const { dm, guilds, privateChannels, ephemerals } = this.#user
    const inGuilds = [...guilds].flatMap((guild) => [...guild.channels.values()])
    const elsewhere = [...ephemerals.values()].map((message) => message.channel)
    return [...new Set([...(dm ? [dm] : []), ...privateChannels, ...inGuilds, ...elsewhere])]
  }

  #find(
    label: string | RegExp,
    fits: (placed: Placed) => boolean,
    place: Place | undefined,
    nth: number,
  ): Found | undefined {
    const { dm, ephemerals } = this.#user
    const channels = place === 'dm' ? (dm ? [dm] : []) : place ? [place] : this.#channels()
    let newest: Found | undefined
    const consider = (message: Message): boolean => {
      if (newest && BigInt(message.id) < BigInt(newest.message.id)) return true
      const usable = placedIn(currentVersion(message).components).filter(
        (one) => fits(one) && one.component['disabled'] !== true,
      )
      const placed = usable.filter((one) => matches(one.label, label))[nth]
      if (placed) newest = { message, placed }
      return placed !== undefined
    }
    for (const message of ephemerals.values()) if (channels.includes(message.channel)) consider(message)
    for (const channel of channels) {
      if (!this.#world.sees(this.#user, channel)) continue
      for (const message of [...channel.messages.values()].reverse()) if (consider(message)) break
    }
    return newest
  }
}

/** Whether a label is the one that is meant: all of it, or a pattern in it. */
export function matches(label: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? label === wanted : wanted.test(label)
}
