import { type Placed, placedIn, startingValues, type Values } from './inputs.ts'
import type { Message } from './messages.ts'
import { findPlaced } from './payloads.ts'
import { readBlocks, readMessage, readModal, readMrkdwn, type SeenModal } from './seen.ts'
import type { OpenView } from './views.ts'
import type { Workspace } from './workspace.ts'
import type { Channel, User } from './world.ts'

/** Where to look for a button: the bot's direct message, the modal, App Home or one channel. */
export type Place = 'dm' | 'modal' | 'home' | Channel

/** Something on the screen that can be pressed. */
export type Pressable =
  | { on: 'message'; message: Message; placed: Placed; values: Values }
  | { on: 'view'; view: OpenView; placed: Placed }

const pressable = (type: string): boolean => type === 'button'

/** What one person's client shows: their conversations, ephemeral messages, the open modal and App Home. */
export class Screen {
  readonly #slack: Workspace
  readonly #user: User

  constructor(slack: Workspace, user: User) {
    this.#slack = slack
    this.#user = user
  }

  /** Everything the person can see, as plain text. */
  all(): string {
    const { world } = this.#slack
    const parts: string[] = []
    for (const channel of world.channelsOf(this.#user.id)) {
      const messages = this.messages(channel)
      if (messages.length === 0) continue
      parts.push(`— ${this.nameOf(channel)} —`, ...messages.flatMap((one) => readMessage(world, one)))
    }
    const home = this.#slack.views.home(this.#user.id)
    if (home) parts.push('— App Home —', ...readBlocks(world, home.blocks, home.values))
    const modal = this.modal()
    if (modal) {
      parts.push(`— window “${modal.title}” —`, ...(modal.errors[''] ? [modal.errors['']] : []), modal.text)
      for (const [label, error] of Object.entries(modal.errors)) if (label) parts.push(`! ${label}: ${error}`)
      parts.push(`[${modal.close}]${modal.submit ? ` [${modal.submit}]` : ''}`)
    }
    return parts.join('\n')
  }

  /** The direct message with the bot as plain text. */
  dm(): string {
    const channel = this.#slack.world.findIm(this.#slack.world.bot.id, this.#user.id)
    if (!channel) return ''
    return this.messages(channel)
      .flatMap((one) => readMessage(this.#slack.world, one))
      .join('\n')
  }

  /** The messages of a channel that this person sees, oldest first, ephemerals included. */
  messages(channel: Channel): Message[] {
    if (!channel.members.has(this.#user.id)) return []
    const own = this.#slack.messages.ephemeralsOf(this.#user.id).filter((one) => one.channel === channel)
    const posted = this.#slack.messages.in(channel)
    if (own.length === 0) return posted
    return [...posted, ...own].sort((a, b) => Number(a.ts) - Number(b.ts))
  }

  /** The open modal. */
  modal(): SeenModal | undefined {
    const view = this.#slack.views.top(this.#user.id)
    return view && readModal(this.#slack.world, view)
  }

  /** App Home as plain text; empty before the app has published it. */
  home(): string {
    const view = this.#slack.views.home(this.#user.id)
    return view ? readBlocks(this.#slack.world, view.blocks, view.values).join('\n') : ''
  }

  /** The texts of the push notifications for direct messages so far: the `text` beside the blocks. */
  notifications(): string[] {
    const channel = this.#slack.world.findIm(this.#slack.world.bot.id, this.#user.id)
    return this.#slack.messages.history
      .filter(({ what, message }) => what === 'posted' && message.channel === channel)
      .filter(({ message }) => message.user !== this.#user.id)
      .map(({ message }) => readMrkdwn(this.#slack.world, message.text))
  }

  /**
   * The button with this label. An open modal covers everything else unless a place is named; among
   * messages the newest wins.
   */
  find(label: string | RegExp, place?: Place, nth = 0, types = pressable): Pressable | undefined {
    const modal = this.#slack.views.top(this.#user.id)
    if (place === 'modal' || (place === undefined && modal)) return inView(modal, label, nth, types)
    if (place === 'home') return inView(this.#slack.views.home(this.#user.id), label, nth, types)
    const dm = this.#slack.world.findIm(this.#slack.world.bot.id, this.#user.id)
    const channels =
      place === 'dm' ? (dm ? [dm] : []) : place ? [place] : this.#slack.world.channelsOf(this.#user.id)
    let newest: Pressable | undefined
    for (const channel of channels) {
      const messages = this.messages(channel)
      for (let index = messages.length - 1; index >= 0; index -= 1) {
        const message = messages[index] as Message
        if (newest?.on === 'message' && Number(newest.message.ts) > Number(message.ts)) break
        if (message.blocks.length === 0) continue
        const placed = findPlaced(message.blocks, label, types, nth)
        if (!placed) continue
        newest = { on: 'message', message, placed, values: startingValues(message.blocks) }
        break
      }
    }
    return (
      newest ??
      (place === undefined ? inView(this.#slack.views.home(this.#user.id), label, nth, types) : undefined)
    )
  }

  /** The labels of all buttons on the screen. */
  buttons(): string[] {
    const { views, world } = this.#slack
    const modal = views.top(this.#user.id)
    const home = views.home(this.#user.id)
    const blocks = [
      ...[...world.channelsOf(this.#user.id)].flatMap((channel) =>
        this.messages(channel).flatMap((message) => message.blocks),
      ),
      ...(home?.blocks ?? []),
      ...(modal?.blocks ?? []),
    ]
    return placedIn(blocks)
      .filter(({ element }) => element['type'] === 'button')
      .map(({ label }) => label)
  }

  /** How the person calls a conversation. */
  nameOf(channel: Channel): string {
    if (channel.kind !== 'im') return `#${channel.name}`
    for (const id of channel.members)
      if (id !== this.#user.id) return `messages with ${this.#slack.world.users.get(id)?.realName}`
    return 'messages'
  }
}

function inView(
  view: OpenView | undefined,
  label: string | RegExp,
  nth: number,
  types: (type: string) => boolean,
): Pressable | undefined {
  const placed = view && findPlaced(view.blocks, label, types, nth)
  return view && placed && { on: 'view', view, placed }
}
