import { type Cast, castOf, channelsOf, type Places } from './cast.ts'
import { type Clock, movableClock } from './clock.ts'
import { Delivery, type Sent } from './delivery.ts'
import { Events } from './events.ts'
import { Faults } from './faults.ts'
import { type Forgery, forge } from './forge.ts'
import { type HttpAnswer, HttpEvents, type Kind } from './http-events.ts'
import { impersonatePress, impersonateSubmit } from './impersonate.ts'
import { readManifest } from './manifest.ts'
import type { Backstage } from './outcome.ts'
import { Person } from './person.ts'
import { Recorder } from './recorder.ts'
import type { Place } from './screen.ts'
import { SlackServer } from './server.ts'
import type { Fields } from './shapes.ts'
import { Signal } from './signal.ts'
import { type Ack, SocketMode } from './socket-mode.ts'
import { Transcript } from './transcript.ts'
import { Workspace } from './workspace.ts'
import type { User } from './world.ts'

/** How a double is set up. */
export interface Settings {
  /** Path of manifest.yml, or a manifest as an object for a variant. */
  manifest: string | Fields
  clock?: Clock
  /** How long an acknowledgement may take in milliseconds; Slack's 3000 unless a test is in a hurry. */
  ackWithinMs?: number
  /** Puts the home workspace into an Enterprise Grid organisation. */
  enterprise?: { id: string; name: string }
}

/** Starts a Slack of its own on a free local port. Close it when done. */
export async function slackDouble(settings: Settings): Promise<SlackDouble> {
  const double = new SlackDouble(settings)
  await double.start()
  return double
}

/** A strict local Slack: see README.md in this folder. */
export class SlackDouble {
  readonly workspace: Workspace
  readonly faults = new Faults()
  readonly transcript: Transcript
  readonly people: Cast
  readonly channels: Places
  readonly socketMode: SocketMode
  readonly #recorder = new Recorder()
  readonly #changed = new Signal()
  readonly #server: SlackServer
  readonly #delivery: Delivery
  readonly #stage: Backstage
  #origin = ''

  constructor({ manifest, clock, ackWithinMs = 3_000, enterprise }: Settings) {
    const slack = new Workspace(readManifest(manifest), movableClock(clock), enterprise)
    this.workspace = slack
    this.socketMode = new SocketMode(slack)
    this.#delivery = new Delivery(slack, this.#recorder, this.socketMode, ackWithinMs)
    this.#server = new SlackServer(slack, this.faults, this.#recorder, this.socketMode)
    const events = new Events(slack, this.#delivery)
    this.transcript = new Transcript(slack)
    this.#stage = { slack, delivery: this.#delivery, events, transcript: this.transcript }
    slack.messages.onHistory = (entry) => {
      if (entry.message.user === slack.world.bot.id) this.transcript.history(entry)
      events.message(entry)
      this.#changed.notify()
    }
    slack.messages.onEphemeral = (message) => this.transcript.ephemeral(message)
    slack.views.onChange = (what, view) => this.transcript.view(what, view)
    this.#recorder.onEntry = () => this.#changed.notify()
    this.socketMode.onChange = () => this.#changed.notify()
    const { world } = slack
    this.people = castOf(world, (user) => this.#person(user))
    this.channels = channelsOf(world, this.people)
  }

  /** Starts to listen. */
  async start(): Promise<void> {
    await this.#server.listen()
    this.behind(this.#server.origin)
  }

  /** From now on it is reached at another origin, as behind TLS; it listens where it did, at `port`. */
  behind(origin: string): void {
    this.workspace.responseUrls.base = origin
    this.socketMode.base = origin.replace('http', 'ws')
    this.#origin = origin
  }

  /** Where it listens. */
  get port(): number {
    return Number(new URL(this.#server.origin).port)
  }

  /** The base of the Web API, for `clientOptions.slackApiUrl`. */
  get url(): string {
    return `${this.#origin}/api/`
  }

  get botToken(): string {
    return this.workspace.app.botToken
  }

  get appToken(): string {
    return this.workspace.app.appToken
  }

  get signingSecret(): string {
    return this.workspace.app.signingSecret
  }

  /** The home workspace. */
  get team() {
    return this.workspace.world.home
  }

  /** The bot's account. */
  get bot(): User {
    return this.workspace.world.bot
  }

  /** Every call the app made, oldest first. */
  get calls() {
    return this.#recorder.calls
  }

  /** Everything the app sent out: calls and acknowledgements. */
  get outbound() {
    return this.#recorder.outbound
  }

  /** Everything sent to the app. */
  get sent(): Sent[] {
    return this.#delivery.sent
  }

  /** The calls of one method; `response_url` for posts to response URLs. */
  callsTo(method: string) {
    return this.#recorder.to(method)
  }

  /** Everything the app sent that has the text in it, as it is or encoded. */
  outboundWith(text: string) {
    return this.#recorder.containing(text)
  }

  /** The latest thing sent to the app with this name, such as `block_actions` or `/secret`. */
  lastSent(name: string): Sent {
    const sent = this.sent.findLast((one) => one.name === name)
    if (!sent) throw new Error(`nothing named ${name} was sent`)
    return sent
  }

  /** Adds a person to the home workspace and to #general. */
  addPerson(name: string, traits: Partial<Omit<User, 'id' | 'name' | 'changed'>> = {}): Person {
    const { world } = this.workspace
    const user = world.addUser(name, traits)
    if (user.teamId === world.home.id && !user.deactivated) world.join(this.channels.general, user)
    return this.#person(user)
  }

  /** HTTP mode: payloads go to this request URL, such as `http://127.0.0.1:3000/slack/events`. */
  eventsTo(url: string): void {
    this.#delivery.http?.close()
    this.#delivery.http = new HttpEvents(url, this.signingSecret)
  }

  /** Pushes the clock ahead, and sends the event retries that fall due. */
  async advance(milliseconds: number): Promise<void> {
    this.workspace.clock.advance(milliseconds)
    await this.#delivery.sendDueRetries()
  }

  /** Sends something once more, as it was. */
  replay(sent: Sent): Promise<Ack> {
    return this.#delivery.again(sent)
  }

  /** Sends an event again as Slack's nth retry. */
  retry(sent: Sent, number = 1, reason = 'http_timeout'): Promise<Ack> {
    return this.#delivery.again(sent, { number, reason })
  }

  /** Sends any payload, correctly signed: what only Slack, or a thief of the signing secret, can do. */
  send(kind: Kind, payload: Fields): Promise<{ sent: Sent; ack: Ack }> {
    return this.#delivery.send(kind, payload)
  }

  /** A press on a button that `victim` sees, by someone else, in a correctly signed payload. */
  impersonatePress(
    actor: Person | { id: string; teamId: string },
    victim: Person,
    label: string | RegExp,
    place?: Place,
  ): Promise<{ sent: Sent; ack: Ack }> {
    return impersonatePress(this.#stage, actor, victim, label, place)
  }

  /** A submission of the modal that `victim` has open, by someone else, in a correctly signed payload. */
  impersonateSubmit(
    actor: Person | { id: string; teamId: string },
    victim: Person,
  ): Promise<{ sent: Sent; ack: Ack }> {
    return impersonateSubmit(this.#stage, actor, victim)
  }

  /** Sends a request that is not Slack's to the request URL of HTTP mode. */
  forge(forgery: Forgery): Promise<HttpAnswer> {
    const { http } = this.#delivery
    if (!http) throw new Error('forge needs HTTP mode: call eventsTo first')
    return forge(http, this.signingSecret, forgery, this.workspace.clock.now())
  }

  /** Takes Slack away: nobody listens (`refuse`) or every connection is reset. WebSockets die too. */
  outage(how: 'refuse' | 'reset' = 'refuse'): Promise<void> {
    return this.#server.cut(how)
  }

  /** Slack is back, at the same address. */
  recover(): Promise<void> {
    return this.#server.listen()
  }

  /** Waits until the look finds something; asks again after every call, message and connection. */
  until<T>(look: () => T): Promise<Exclude<T, false | null | undefined | ''>> {
    return this.#changed.until(look, () => `it never happened: ${look}`)
  }

  /** Waits until an app has connected by Socket Mode. */
  async connected(connections = 1): Promise<void> {
    await this.until(() => this.socketMode.connections >= connections)
  }

  /** Resolves when everything sent to the app has been acknowledged or given up. */
  idle(): Promise<void> {
    return this.#delivery.idle()
  }

  /**
   * Everything an export of the workspace could contain: all non-ephemeral messages with every edit and
   * deletion, earlier versions included.
   */
  export(): Fields[] {
    return this.workspace.exported()
  }

  /** Stops everything. */
  async close(): Promise<void> {
    await this.#server.close()
    this.#delivery.http?.close()
  }

  #person(user: User): Person {
    return new Person(this.#stage, user)
  }
}
