import { ButtonStyle } from 'discord-api-types/v10'
import { ownTime } from '../run/own-time.ts'
import type { Channel, User } from './entities.ts'
import type { InteractionDraft, OpenModal } from './interaction.ts'
import {
  type Arguments,
  commandInteraction,
  componentInteraction,
  messageMenuInteraction,
  say,
  submitInteraction,
  userMenuInteraction,
} from './interaction-drafts.ts'
import type { Message } from './message.ts'
import { clientErrors, type Entry, enter, fieldsOf, selected } from './modal-form.ts'
import { matches, type Place, Screen } from './screen.ts'
import type { SeenMessage, SeenModal } from './seen.ts'
import type { Found } from './signal.ts'
import type { Backstage, Outcome } from './stage.ts'

type Where = { readonly channel?: Channel }

/** A person with a Discord client: acts as people do, and sees what their client shows. */
export class Person {
  readonly user: User
  readonly screen: Screen
  /** Addresses opened by pressing link buttons. */
  readonly opened: string[] = []
  readonly #stage: Backstage

  constructor(stage: Backstage, user: User) {
    this.#stage = stage
    this.user = user
    this.screen = new Screen(stage.world, user)
  }

  get id(): string {
    return this.user.id
  }

  get name(): string {
    return this.user.name
  }

  /** The direct message with the bot, opened when there is none. */
  get dm(): Channel {
    return this.#stage.world.dmWith(this.user)
  }

  /** What the client said about acts that nobody answered. */
  get notices(): readonly string[] {
    return this.user.notices.map(({ text }) => text)
  }

  /**
   * Types into a conversation, by default the bot's direct message: a slash command with its arguments, or a message.
   * @throws when the client offers no such command there
   */
  types(text: string, args: Arguments = {}, { channel = this.dm }: Where = {}): Promise<Outcome> {
    if (!text.startsWith('/')) return this.#says(text, channel)
    const draft = commandInteraction(this.#stage.world, this.user, channel, text, args)
    const shown = Object.entries(args).map(([name, value]) => ` ${name}: ${this.#nameOf(value)}`)
    return this.#does(`types “${text}${shown.join('')}” in ${this.screen.nameOf(channel)}`, draft)
  }

  /** Types a message to the bot. */
  messagesBot(text: string): Promise<Outcome> {
    return this.#says(text, this.dm)
  }

  /** Uses an entry of the context menu on a person. */
  usesUserMenu(
    name: string,
    target: { readonly id: string },
    { channel = this.dm }: Where = {},
  ): Promise<Outcome> {
    const { world } = this.#stage
    const user = world.users.get(target.id)
    if (!user) throw new Error('nobody has that id')
    return this.#does(
      `uses “${name}” on ${user.name}`,
      userMenuInteraction(world, this.user, channel, name, user),
    )
  }

  /** Uses an entry of the context menu on a message. */
  usesMessageMenu(name: string, message: Message): Promise<Outcome> {
    return this.#does(
      `uses “${name}” on a message`,
      messageMenuInteraction(this.#stage.world, this.user, name, message),
    )
  }

  /**
   * Presses a button by its label; of several the one on the newest message.
   * @throws when this person sees no such button, or it is disabled
   */
  async presses(label: string | RegExp, options: { in?: Place; nth?: number } = {}): Promise<Outcome> {
    const found = this.screen.button(label, options.in, options.nth)
    if (!found) throw new Error(`${this.name} sees no button “${label}”:\n${this.sees()}`)
    const { message, placed } = found
    const what = `presses “${placed.label}”`
    if (placed.component['style'] === ButtonStyle.Link) {
      this.#stage.transcript.act(`${this.name} ${what}`)
      this.opened.push(String(placed.component['url']))
      return { ok: true, ms: 0 }
    }
    return this.#does(what, componentInteraction(this.#stage.world, this.user, message, placed.component))
  }

  /**
   * Fills in a field of the open form by its label, or chooses in a select of a message by its placeholder.
   * @throws when there is no such field, or it does not take that
   */
  async fills(label: string | RegExp, entry: Entry, options: { in?: Place } = {}): Promise<Outcome> {
    const { modal } = this.user
    const field = modal && fieldsOf(modal).find((one) => matches(one.label, label))
    if (modal && field) {
      enter(modal, field, entry)
      this.user.changed.fire()
      return { ok: true, ms: 0 }
    }
    const found = this.screen.select(label, options.in)
    if (!found) throw new Error(`${this.name} sees no field “${label}”:\n${this.sees()}`)
    const { message, placed } = found
    const values = [selected(placed.component, entry, placed.label)].flat().map(String)
    return this.#does(
      `chooses in “${placed.label}”`,
      componentInteraction(this.#stage.world, this.user, message, placed.component, values),
    )
  }

  /**
   * Submits the open form. The client checks required fields and lengths first, unless told to be `careless`.
   * @throws when no form is open
   */
  async submits({ careless = false } = {}): Promise<Outcome> {
    const modal = this.#modal()
    modal.errors.clear()
    for (const [label, error] of careless ? [] : clientErrors(modal)) modal.errors.set(label, error)
    if (modal.errors.size > 0) {
      this.user.changed.fire()
      return { ok: false, error: 'client_validation', ms: 0 }
    }
    const outcome = await this.#does(
      `submits “${modal.form.title}”`,
      submitInteraction(this.#stage.world, this.user, modal),
      modal,
    )
    if (!outcome.ok) modal.errors.set('', 'Something went wrong. Try again.')
    return outcome
  }

  /** Closes the open form; nobody is told. */
  closesModal(): void {
    this.#modal()
    this.#stage.transcript.act(`${this.name} closes the form`)
    this.#stage.world.showModal(this.user, undefined)
  }

  /** Reloads the client: ephemeral messages and the open form are gone, and nobody is told. */
  reload(): void {
    this.user.ephemerals.clear()
    this.#stage.world.showModal(this.user, undefined)
  }

  /** Everything this person can see, as plain text. */
  sees(): string {
    return [this.screen.all(), ...this.notices.map((notice) => `! ${notice}`)].join('\n')
  }

  /** The open form. */
  seesModal(): SeenModal | undefined {
    return this.screen.modal()
  }

  /** The direct message with the bot as plain text. */
  seesMessages(): string {
    return this.screen.dm()
  }

  /** The messages in a channel, by default the bot's direct message, as this person's client shows them. */
  reads(channel: Channel = this.dm): readonly SeenMessage[] {
    return this.screen.seen(channel)
  }

  /** True when a button with this label can be pressed. */
  seesButton(label: string | RegExp, place?: Place): boolean {
    return this.screen.button(label, place) !== undefined
  }

  /** Waits until the look at the screen finds something; asks again after every change this person sees. */
  until<T>(look: () => T): Promise<Found<T>> {
    return this.user.changed.until(look, () => `${this.name} never saw it:\n${this.sees()}`)
  }

  /** Waits for a form whose title or text has these words. */
  untilModal(words: string | RegExp): Promise<SeenModal> {
    return this.until(() => {
      const modal = this.seesModal()
      return modal && has(`${modal.title}\n${modal.text}`, words) ? modal : undefined
    })
  }

  /** Waits until everything on the screen has these words. */
  untilSees(words: string | RegExp): Promise<string> {
    return this.until(() => (has(this.sees(), words) ? this.sees() : undefined))
  }

  #modal(): OpenModal {
    if (!this.user.modal) throw new Error(`${this.name} has no form open:\n${this.sees()}`)
    return this.user.modal
  }

  async #does(what: string, draft: InteractionDraft, modal?: OpenModal): Promise<Outcome> {
    this.#stage.transcript.act(`${this.name} ${what}`)
    const started = ownTime()
    const sent = this.#stage.interactions.begin(draft)
    if (modal) modal.submitted = sent
    await this.#stage.answered(sent)
    const ms = ownTime() - started
    return sent.response ? { ok: true, sent, ms } : { ok: false, error: 'no_response', sent, ms }
  }

  async #says(text: string, channel: Channel): Promise<Outcome> {
    this.#stage.transcript.act(`${this.name} writes “${text}” in ${this.screen.nameOf(channel)}`)
    say(this.#stage.world, this.user, channel, text)
    return { ok: true, ms: 0 }
  }

  #nameOf(value: Arguments[string]): string {
    return typeof value === 'object'
      ? `@${this.#stage.world.users.get(value.id)?.name ?? value.id}`
      : String(value)
  }
}

function has(text: string, words: string | RegExp): boolean {
  return typeof words === 'string' ? text.includes(words) : words.test(text)
}
