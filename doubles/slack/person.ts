import { ownTime } from '../run/own-time.ts'
import type { Entry } from './form.ts'
import { enter } from './form.ts'
import type { Message } from './messages.ts'
import { act, type Backstage, type Outcome, outcomeOf, trouble } from './outcome.ts'
import {
  closedPayload,
  messageActionPayload,
  messageShortcutPayload,
  shortcutPayload,
  viewActionPayload,
} from './payloads.ts'
import { type Place, type Pressable, Screen } from './screen.ts'
import type { SeenModal } from './seen.ts'
import { type Fields, fieldsOf, textOf } from './shapes.ts'
import { submit } from './submission.ts'
import { runCommand, say } from './typing.ts'
import type { OpenView } from './views.ts'
import type { Channel, User } from './world.ts'

/** A person with a Slack client: acts as people do, and sees what their client shows. */
export class Person {
  readonly user: User
  readonly screen: Screen
  /** What Slack itself told this person, such as that a command failed. */
  readonly notices: string[] = []
  /** Addresses opened by pressing link buttons. */
  readonly opened: string[] = []
  /** Sends form values as some clients do: empty lists and untouched choices are missing. */
  sloppy = false
  readonly #stage: Backstage

  constructor(stage: Backstage, user: User) {
    this.#stage = stage
    this.user = user
    this.screen = new Screen(stage.slack, user)
  }

  get id(): string {
    return this.user.id
  }

  get teamId(): string {
    return this.user.teamId
  }

  get name(): string {
    return this.user.name
  }

  /** The direct message with the bot, opened when there is none. */
  get dm(): Channel {
    const { world } = this.#stage.slack
    return world.openIm(world.bot.id, this.id)
  }

  /**
   * Types into a conversation, by default the bot's direct message: a slash command, or a message.
   * @throws when the person is not in the channel
   */
  types(text: string, { channel = this.dm, thread = false } = {}): Promise<Outcome> {
    if (!channel.members.has(this.id)) throw new Error(`${this.name} is not in #${channel.name}`)
    if (text.startsWith('/')) return runCommand(this.#stage, this, text, channel, thread)
    return say(this.#stage, this, text, channel)
  }

  /** Types a message to the bot. */
  messagesBot(text: string): Promise<Outcome> {
    return say(this.#stage, this, text, this.dm)
  }

  /** Opens the Home tab of the app. */
  opensHome(): Promise<Outcome> {
    return this.#opens('home')
  }

  /** Opens the Messages tab of the app. */
  opensMessages(): Promise<Outcome> {
    return this.#opens('messages')
  }

  /** Uses a global shortcut by its name. */
  usesShortcut(name: string): Promise<Outcome> {
    const { slack, transcript } = this.#stage
    const shortcut = slack.manifest.shortcuts.find((one) => one.type === 'global' && one.name === name)
    if (!shortcut) throw new Error(`there is no global shortcut “${name}”`)
    transcript.act(`${this.name} uses the shortcut “${name}”`)
    return this.#interact(shortcutPayload(slack, this.user, shortcut.callbackId))
  }

  /** Uses a message shortcut by its name. */
  usesMessageShortcut(name: string, message: Message): Promise<Outcome> {
    const { slack, transcript } = this.#stage
    const shortcut = slack.manifest.shortcuts.find((one) => one.type === 'message' && one.name === name)
    if (!shortcut) throw new Error(`there is no message shortcut “${name}”`)
    transcript.act(`${this.name} uses “${name}” on a message`)
    return this.#interact(messageShortcutPayload(slack, this.user, message, shortcut.callbackId))
  }

  /**
   * Presses a button by its label. An open modal covers the rest unless `in` names a place.
   * @throws when this person does not see such a button
   */
  presses(label: string | RegExp, options: { in?: Place; nth?: number } = {}): Promise<Outcome> {
    const found = this.screen.find(label, options.in, options.nth)
    if (!found) throw new Error(`${this.name} sees no button “${label}”:\n${this.sees()}`)
    this.#stage.transcript.act(`${this.name} presses “${found.placed.label}”`)
    const url = textOf(found.placed.element['url'])
    if (url) this.opened.push(url)
    return this.#press(found)
  }

  /**
   * Fills in a field of the modal, or of App Home, by its label.
   * @throws when there is no such field, or it does not take that
   */
  async fills(label: string | RegExp, entry: Entry, options: { in?: Place } = {}): Promise<Outcome> {
    const found = this.screen.find(label, options.in, 0, (type) => type !== 'button')
    if (!found) throw new Error(`${this.name} sees no field “${label}”:\n${this.sees()}`)
    const values = found.on === 'view' ? found.view.values : found.values
    enter(found.placed, values, entry)
    this.user.changed.notify()
    const { block } = found.placed
    if (block['type'] === 'input' && block['dispatch_action'] !== true) return { ok: true, ms: 0 }
    return this.#press(found)
  }

  /**
   * Presses the submit button of the modal. Slack's client checks required fields and lengths first.
   * @throws when no modal with a submit button is open
   */
  submits(): Promise<Outcome> {
    return submit(this.#stage, this, this.sloppy)
  }

  /** Presses the close button: the view below shows again, if there is one. */
  closesModal(): Promise<Outcome> {
    const { slack } = this.#stage
    const view = slack.views.top(this.id)
    if (!view) throw new Error(`${this.name} has no window open`)
    if (view.definition['clear_on_close'] === true) return this.dismissesModal()
    this.#stage.transcript.act(`${this.name} closes the window`)
    slack.views.closeTop(this.user)
    return this.#tellClosed([view], false)
  }

  /** Closes the whole modal with all its views. */
  dismissesModal(): Promise<Outcome> {
    this.#stage.transcript.act(`${this.name} closes the window`)
    return this.#tellClosed(this.#stage.slack.views.clear(this.user), true)
  }

  /** Reloads the client: ephemeral messages and the open modal are gone, and nobody is told. */
  reload(): void {
    this.#stage.slack.messages.forgetEphemerals(this.id)
    this.#stage.slack.views.clear(this.user)
  }

  /** Everything this person can see, as plain text. */
  sees(): string {
    return [this.screen.all(), ...this.notices.map((notice) => `! ${notice}`)].join('\n')
  }

  /** The open modal. */
  seesModal(): SeenModal | undefined {
    return this.screen.modal()
  }

  /** App Home as plain text. */
  seesHome(): string {
    return this.screen.home()
  }

  /** The direct message with the bot as plain text. */
  seesMessages(): string {
    return this.screen.dm()
  }

  /** True when a button with this label can be pressed. */
  seesButton(label: string | RegExp, place?: Place): boolean {
    return this.screen.find(label, place) !== undefined
  }

  /** Waits until the look at the screen finds something; asks again after every change this person sees. */
  until<T>(look: () => T): Promise<Exclude<T, false | null | undefined | ''>> {
    return this.user.changed.until(look, () => `${this.name} never saw it:\n${this.sees()}`)
  }

  /** Waits for a modal whose title or text has these words. */
  untilModal(words: string | RegExp): Promise<SeenModal> {
    return this.until(() => {
      const modal = this.seesModal()
      const all = modal && `${modal.title}\n${modal.text}\n${Object.values(modal.errors).join('\n')}`
      return all !== undefined && has(all, words) ? modal : undefined
    })
  }

  /** Waits until everything on the screen has these words. */
  untilSees(words: string | RegExp): Promise<string> {
    return this.until(() => (has(this.sees(), words) ? this.sees() : undefined))
  }

  async #opens(tab: 'home' | 'messages'): Promise<Outcome> {
    this.#stage.transcript.act(`${this.name} opens the app's ${tab} tab`)
    const started = ownTime()
    return outcomeOf(await this.#stage.events.homeOpened(this.user, tab), started)
  }

  #press(found: Pressable): Promise<Outcome> {
    const { slack } = this.#stage
    return this.#interact(
      found.on === 'message'
        ? messageActionPayload(slack, this.user, found.message, found.placed, found.values)
        : viewActionPayload(slack, this.user, found.view, found.placed),
    )
  }

  async #interact(payload: Fields): Promise<Outcome> {
    const outcome = await act(this.#stage, 'interactive', payload)
    if (outcome.ok) return outcome
    const view = textOf(fieldsOf(payload['container'])['view_id'])
    const top = this.#stage.slack.views.top(this.id)
    if (view && top?.id === view) top.banner = trouble
    this.notices.push(`${trouble} (${outcome.error})`)
    this.user.changed.notify()
    return outcome
  }

  async #tellClosed(closed: OpenView[], isCleared: boolean): Promise<Outcome> {
    const { slack } = this.#stage
    const told = closed.filter((view) => view.definition['notify_on_close'] === true)
    const outcomes = await Promise.all(
      told.map((view) => act(this.#stage, 'interactive', closedPayload(slack, this.user, view, isCleared))),
    )
    return outcomes[0] ?? { ok: true, ms: 0 }
  }
}

const has = (text: string, words: string | RegExp): boolean =>
  typeof words === 'string' ? text.includes(words) : words.test(text)
