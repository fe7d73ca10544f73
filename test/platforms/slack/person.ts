import { checkView } from './block-kit.ts'
import type { Delivery, Sent } from './delivery.ts'
import type { Events } from './events.ts'
import { clientErrors, type Entry, enter, inputBlockIds } from './form.ts'
import type { Kind } from './http-events.ts'
import { sloppyValues } from './inputs.ts'
import type { Message } from './messages.ts'
import {
  closedPayload,
  commandPayload,
  messageActionPayload,
  messageShortcutPayload,
  shortcutPayload,
  submissionPayload,
  viewActionPayload,
} from './payloads.ts'
import { Refusal } from './refusal.ts'
import { type Place, type Pressable, Screen } from './screen.ts'
import type { SeenModal } from './seen.ts'
import { type Fields, fieldsOf, textOf, wordsOf } from './shapes.ts'
import type { Ack } from './socket-mode.ts'
import type { Transcript } from './transcript.ts'
import type { OpenView } from './views.ts'
import type { Workspace } from './workspace.ts'
import type { Channel, User } from './world.ts'

/** What became of an act: what was sent to the app and how it acknowledged. */
export interface Outcome {
  /** The app acknowledged in time and Slack could use what it said. */
  ok: boolean
  /** `operation_timeout`, `dispatch_failed`, or what Slack found wrong with the acknowledgement. */
  error?: string
  /** What was sent; nothing when the client itself refused the act. */
  sent?: Sent
  /** From the act to the acknowledgement, in milliseconds. */
  ms: number
}

/** The parts of the double a person works through. */
export interface Backstage {
  slack: Workspace
  delivery: Delivery
  events: Events
  transcript: Transcript
}

const trouble = 'We had some trouble connecting. Try again?'

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
    if (text.startsWith('/')) return this.#command(text, channel, thread)
    return this.#say(text, channel)
  }

  /** Types a message to the bot. */
  messagesBot(text: string): Promise<Outcome> {
    return this.#say(text, this.dm)
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
  async submits(): Promise<Outcome> {
    const { slack, transcript } = this.#stage
    const view = slack.views.top(this.id)
    if (!view?.definition['submit']) throw new Error(`${this.name} has no form to submit:\n${this.sees()}`)
    transcript.act(`${this.name} presses “${wordsOf(view.definition['submit'])}”`)
    view.errors = clientErrors(view.blocks, view.values)
    view.banner = ''
    if (view.errors.size > 0) {
      this.user.changed.notify()
      return { ok: false, error: 'client_validation', ms: 0 }
    }
    const values = this.sloppy ? sloppyValues(view.values, view.blocks) : view.values
    const outcome = await this.#send('interactive', submissionPayload(slack, this.user, view, values))
    return this.#afterSubmit(view, outcome)
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
  until<T>(look: () => T, withinMs = 5_000): Promise<Exclude<T, false | null | undefined | ''>> {
    return this.user.changed.until(look, () => `${this.name} never saw it:\n${this.sees()}`, withinMs)
  }

  /** Waits for a modal whose title or text has these words. */
  untilModal(words: string | RegExp, withinMs = 5_000): Promise<SeenModal> {
    return this.until(() => {
      const modal = this.seesModal()
      const all = modal && `${modal.title}\n${modal.text}\n${Object.values(modal.errors).join('\n')}`
      return all !== undefined && has(all, words) ? modal : undefined
    }, withinMs)
  }

  /** Waits until everything on the screen has these words. */
  untilSees(words: string | RegExp, withinMs = 5_000): Promise<string> {
    return this.until(() => (has(this.sees(), words) ? this.sees() : undefined), withinMs)
  }

  async #command(text: string, channel: Channel, thread: boolean): Promise<Outcome> {
    const { slack, transcript } = this.#stage
    transcript.act(`${this.name} types “${text}” in ${this.screen.nameOf(channel)}`)
    const [, command = '', rest = ''] = /^(\/\S+)\s*(.*)$/s.exec(text) ?? []
    const rule = slack.manifest.commands.get(command)
    const installed = slack.manifest.botScopes.has('commands') && this.teamId === slack.world.home.id
    if (!rule || !installed) return this.#slackSays(channel, `${command} is not a valid command.`)
    if (thread) return this.#slackSays(channel, `${command} is not supported in threads. Sorry!`)
    const words = rule.shouldEscape ? this.#escaped(rest.trim()) : rest.trim()
    const outcome = await this.#send(
      'slash_commands',
      commandPayload(slack, this.user, channel, command, words),
    )
    const failed = (error: string) =>
      this.#slackSays(channel, `${command} failed with the error "${error}"`, { ...outcome, error })
    if (!outcome.ok) return failed(outcome.error ?? 'dispatch_failed')
    const body = bodyOf(outcome.sent?.ack)
    if (Object.keys(body).length === 0 || body['text'] === '') return outcome
    try {
      if (body['response_type'] === 'in_channel') slack.messages.post(channel, this.id, { text })
      slack.responseUrls.apply({ userId: this.id, channel }, { response_type: 'ephemeral', ...body })
      return outcome
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return failed(error.code)
    }
  }

  async #say(text: string, channel: Channel): Promise<Outcome> {
    const { slack, events, transcript } = this.#stage
    const toBot = slack.world.partnerOfBot(channel) !== undefined
    if (toBot && (!slack.manifest.messagesTab || slack.manifest.messagesTabReadOnly))
      throw new Error('Sending messages to this app has been turned off.')
    transcript.act(`${this.name} writes “${text}” in ${this.screen.nameOf(channel)}`)
    const started = performance.now()
    const message = slack.messages.post(channel, this.id, {
      text: this.#escaped(text),
      blocks: [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
        },
      ],
    })
    const announced = await events.announced(message.ts)
    return this.#outcome(announced, started)
  }

  async #opens(tab: 'home' | 'messages'): Promise<Outcome> {
    this.#stage.transcript.act(`${this.name} opens the app's ${tab} tab`)
    const started = performance.now()
    return this.#outcome(await this.#stage.events.homeOpened(this.user, tab), started)
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
    const outcome = await this.#send('interactive', payload)
    if (outcome.ok) return outcome
    const view = textOf(fieldsOf(payload['container'])['view_id'])
    const top = this.#stage.slack.views.top(this.id)
    if (view && top?.id === view) top.banner = trouble
    this.notices.push(`${trouble} (${outcome.error})`)
    this.user.changed.notify()
    return outcome
  }

  #afterSubmit(view: OpenView, outcome: Outcome): Outcome {
    const { views, manifest } = this.#stage.slack
    const fail = (error: string): Outcome => {
      view.banner = trouble
      this.notices.push(`${trouble} (${error})`)
      this.user.changed.notify()
      return { ...outcome, ok: false, error }
    }
    if (!outcome.ok) return fail(outcome.error ?? 'dispatch_failed')
    const body = bodyOf(outcome.sent?.ack)
    if (Object.keys(body).length === 0) {
      if (views.top(this.id) === view) views.closeTop(this.user)
      return outcome
    }
    try {
      const action = body['response_action']
      if (action === 'clear') views.clear(this.user)
      else if (action === 'update')
        views.update(view.id, checkView(body['view'], ['modal'], manifest.botScopes))
      else if (action === 'push')
        views.push(this.user, checkView(body['view'], ['modal'], manifest.botScopes))
      else if (action === 'errors') {
        const errors = Object.entries(fieldsOf(body['errors']))
        const known = inputBlockIds(view.blocks)
        if (errors.length === 0 || errors.some(([id, text]) => !known.includes(id) || !textOf(text)))
          return fail('invalid_errors')
        view.errors = new Map(errors.map(([id, text]) => [id, textOf(text)]))
        this.#stage.transcript.act(`${this.name} is told: ${[...view.errors.values()].join(' ')}`)
        this.user.changed.notify()
      } else return fail('invalid_response_action')
      return outcome
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return fail(error.message)
    }
  }

  async #tellClosed(closed: OpenView[], isCleared: boolean): Promise<Outcome> {
    const { slack } = this.#stage
    const told = closed.filter((view) => view.definition['notify_on_close'] === true)
    const outcomes = await Promise.all(
      told.map((view) => this.#send('interactive', closedPayload(slack, this.user, view, isCleared))),
    )
    return outcomes[0] ?? { ok: true, ms: 0 }
  }

  #slackSays(channel: Channel, text: string, outcome?: Outcome): Outcome {
    const { messages, world } = this.#stage.slack
    this.notices.push(text)
    messages.postEphemeral(channel, world.bot.id, this.id, { text }, true)
    return { ms: 0, error: 'unknown_command', ...outcome, ok: false }
  }

  /** What Slack does to typed text: entities, and mentions by id when they name someone. */
  #escaped(text: string): string {
    const { world } = this.#stage.slack
    return text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/@([\w-]+)/g, (whole, name) => {
        const user = world.userByName(name)
        return user ? `<@${user.id}|${user.name}>` : whole
      })
      .replace(/#([\w-]+)/g, (whole, name) => {
        for (const channel of world.channelsOf(this.id))
          if (channel.name === name) return `<#${channel.id}|${name}>`
        return whole
      })
  }

  async #send(kind: Kind, payload: Fields): Promise<Outcome> {
    const started = performance.now()
    return this.#outcome(await this.#stage.delivery.send(kind, payload), started)
  }

  #outcome(delivered: { sent: Sent; ack: Ack } | undefined, started: number): Outcome {
    const ms = performance.now() - started
    if (!delivered) return { ok: false, error: 'not_subscribed', ms }
    const { sent, ack } = delivered
    return { ok: ack.ok, sent, ms, ...(!ack.ok && { error: ack.error }) }
  }
}

const bodyOf = (ack: Ack | undefined): Fields => (ack?.ok ? fieldsOf(ack.body) : {})

const has = (text: string, words: string | RegExp): boolean =>
  typeof words === 'string' ? text.includes(words) : words.test(text)
