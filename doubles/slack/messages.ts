import type { Clock } from './clock.ts'
import { timestamps } from './ids.ts'
import { named } from './inputs.ts'
import { Refusal } from './refusal.ts'
import { copyOf, type Fields } from './shapes.ts'
import type { Channel, World } from './world.ts'

/** A message as a client shows it. */
export interface Message {
  ts: string
  channel: Channel
  /** User id of the author. */
  user: string
  text: string
  blocks: Fields[]
  threadTs?: string
  edited?: { user: string; ts: string }
  /** Shown to this user id only, until they reload; never part of the history. */
  ephemeralTo?: string
  /** Appears to have been sent by Slack itself, such as an error after a command. */
  bySlack?: boolean
}

/** One thing that happened to a message of the history; exports and retention keep all of them. */
export interface HistoryEntry {
  what: 'posted' | 'edited' | 'deleted'
  at: number
  message: Message
  previous?: Message
}

/** What a message can say. */
export interface Content {
  text?: string
  blocks?: unknown
  threadTs?: string
}

/** The messages of the workspace: current state, ephemerals by person, and everything that ever was. */
export class Messages {
  readonly history: HistoryEntry[] = []
  readonly nextTs: () => string
  /** Called after each change to a message of the history. */
  onHistory: (entry: HistoryEntry) => void = () => {}
  /** Called after an ephemeral message has appeared or changed. */
  onEphemeral: (message: Message) => void = () => {}
  readonly #world: World
  readonly #clock: Clock
  readonly #posted = new Map<string, Map<string, Message>>()
  readonly #ephemerals = new Map<string, Message[]>()

  constructor(world: World, clock: Clock) {
    this.#world = world
    this.#clock = clock
    this.nextTs = timestamps(() => clock.now())
  }

  /** Posts to everyone in the channel. */
  post(channel: Channel, user: string, content: Content): Message {
    const message = this.#make(channel, user, content)
    this.#in(channel).set(message.ts, message)
    this.#remember({ what: 'posted', at: this.#clock.now(), message: structuredCopy(message) })
    return message
  }

  /** Shows a message to one person; silently lost when they have no client open. */
  postEphemeral(channel: Channel, user: string, to: string, content: Content, bySlack = false): Message {
    const message = { ...this.#make(channel, user, content), ephemeralTo: to, ...(bySlack && { bySlack }) }
    const reader = this.#world.users.get(to)
    if (reader?.away) return message
    const list = this.#ephemerals.get(to) ?? []
    this.#ephemerals.set(to, [...list, message])
    this.onEphemeral(message)
    reader?.changed.notify()
    return message
  }

  /**
   * Changes a message. Without `blocks` the earlier ones stay, as chat.update documents; an empty list
   * removes them.
   */
  edit(message: Message, content: Content): Message {
    const previous = structuredCopy(message)
    if (content.text !== undefined) message.text = content.text
    if (content.blocks !== undefined) message.blocks = named(content.blocks)
    if (message.ephemeralTo !== undefined) {
      this.onEphemeral(message)
      this.#world.users.get(message.ephemeralTo)?.changed.notify()
      return message
    }
    message.edited = { user: message.user, ts: this.nextTs() }
    this.#remember({ what: 'edited', at: this.#clock.now(), message: structuredCopy(message), previous })
    return message
  }

  /** Removes a message; the history keeps it. */
  remove(message: Message): void {
    if (message.ephemeralTo !== undefined) {
      const list = this.#ephemerals.get(message.ephemeralTo) ?? []
      this.#ephemerals.set(
        message.ephemeralTo,
        list.filter((one) => one !== message),
      )
      this.#world.users.get(message.ephemeralTo)?.changed.notify()
      return
    }
    this.#in(message.channel).delete(message.ts)
    this.#remember({ what: 'deleted', at: this.#clock.now(), message: structuredCopy(message) })
  }

  /**
   * The message with this timestamp; ephemerals are not found, as in Slack.
   * @throws {Refusal} `message_not_found`
   */
  find(channel: Channel, ts: string): Message {
    const message = this.#in(channel).get(ts)
    if (!message) throw new Refusal('message_not_found')
    return message
  }

  /** The messages of a channel, oldest first. */
  in(channel: Channel): Message[] {
    return [...this.#in(channel).values()]
  }

  /** The ephemeral messages a person still sees, oldest first. */
  ephemeralsOf(userId: string): Message[] {
    return this.#ephemerals.get(userId) ?? []
  }

  /** What a reload of the client does: ephemerals are gone. */
  forgetEphemerals(userId: string): void {
    this.#ephemerals.delete(userId)
    this.#world.users.get(userId)?.changed.notify()
  }

  #in(channel: Channel): Map<string, Message> {
    let messages = this.#posted.get(channel.id)
    if (!messages) {
      messages = new Map()
      this.#posted.set(channel.id, messages)
    }
    return messages
  }

  #make(channel: Channel, user: string, content: Content): Message {
    return {
      ts: this.nextTs(),
      channel,
      user,
      text: content.text ?? '',
      blocks: named(content.blocks),
      ...(content.threadTs !== undefined && { threadTs: content.threadTs }),
    }
  }

  #remember(entry: HistoryEntry): void {
    this.history.push(entry)
    this.onHistory(entry)
    for (const id of entry.message.channel.members) this.#world.users.get(id)?.changed.notify()
  }
}

const structuredCopy = (message: Message): Message => ({
  ...message,
  blocks: copyOf(message.blocks),
})

/** A message as payloads and the Web API carry it. */
export function messageOutput(message: Message, world: World, appId: string, botId: string) {
  const byApp = message.user === world.bot.id
  return {
    type: 'message' as const,
    user: message.user,
    ts: message.ts,
    ...(byApp && { bot_id: botId, app_id: appId }),
    text: message.text,
    team: world.users.get(message.user)?.teamId ?? world.home.id,
    blocks: copyOf(message.blocks),
    ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    ...(message.edited && { edited: message.edited }),
  }
}
