import { furnish } from './cast.ts'
import { doubleClock } from './clock.ts'
import type { Channel, Dispatch, Guild, User } from './entities.ts'
import { Faults } from './faults.ts'
import type { Json } from './form.ts'
import { Gateway } from './gateway.ts'
import { handlers } from './handlers.ts'
import { forgedPress, pressOf, submissionOf } from './impersonate.ts'
import { type Interaction, type InteractionDraft, Interactions } from './interaction.ts'
import { announceChannel, join, setBot } from './membership.ts'
import { type Message, retained } from './message.ts'
import { judgeFrom } from './openapi.ts'
import { Person } from './person.ts'
import { Limits } from './rate-limit.ts'
import { Recorder } from './recorder.ts'
import { Rest } from './rest.ts'
import type { RouteName } from './routes.ts'
import type { Place } from './screen.ts'
import type { Settings } from './settings.ts'
import { type Found, Signal } from './signal.ts'
import type { Backstage } from './stage.ts'
import { Transcript } from './transcript.ts'
import { World } from './world.ts'

/** Starts a Discord of its own on a free local port. Close it when done. */
export async function discordDouble(settings: Settings = {}): Promise<DiscordDouble> {
  const double = new DiscordDouble(settings)
  await double.start()
  return double
}

/** A strict local Discord: see README.md in this folder. */
export class DiscordDouble {
  readonly world: World
  readonly interactions: Interactions
  readonly faults = new Faults()
  readonly gateway: Gateway
  readonly transcript: Transcript
  /** What the double was asked and does not know, and everything against Discord's own document. `close` insists on none. */
  readonly complaints: string[] = []
  readonly people: Record<'anna' | 'ben' | 'carla' | 'mallory' | 'nora' | 'felix', Person>
  readonly guilds: ReturnType<typeof furnish>['guilds']
  readonly channels: ReturnType<typeof furnish>['channels']
  readonly #recorder = new Recorder()
  readonly #changed = new Signal()
  readonly #rest: Rest
  readonly #stage: Backstage
  #origin: string | undefined

  constructor(settings: Settings) {
    const { clock, applicationName: name = 'Sotto', privilegedIntents = 0 } = settings
    const token = `${Buffer.from(crypto.randomUUID()).toString('base64url')}.double.${crypto.randomUUID().replaceAll('-', '')}`
    const world = new World(doubleClock(clock), { name, token, integrationTypes: [0, 1], privilegedIntents })
    this.world = world
    this.interactions = new Interactions(world)
    const information = () => this.gateway.information(this.#seenAt.replace('http', 'ws'))
    this.#rest = new Rest({
      world,
      handlers: handlers(world, this.interactions, information),
      faults: this.faults,
      recorder: this.#recorder,
      judge: judgeFrom(settings.specification),
      limits: new Limits(world.clock, settings.rateLimits ?? false),
      complain: (about) => this.complaints.push(about),
    })
    this.gateway = new Gateway(world, this.#rest.server, settings)
    this.transcript = new Transcript(world)
    world.onHistory = (entry) => this.transcript.history(entry)
    world.onModal = (what, user, modal) => this.transcript.modal(what, user, modal)
    this.#recorder.onEntry = () => this.#changed.fire()
    this.gateway.onChange = () => this.#changed.fire()
    this.#stage = {
      world,
      interactions: this.interactions,
      transcript: this.transcript,
      answered: (interaction) => this.#answered(interaction),
    }
    const { users, guilds, channels } = furnish(world)
    const person = (name: keyof DiscordDouble['people']) => [name, new Person(this.#stage, users[name])]
    const names = ['anna', 'ben', 'carla', 'mallory', 'nora', 'felix'] as const
    this.people = Object.fromEntries(names.map(person)) as DiscordDouble['people']
    this.guilds = guilds
    this.channels = channels
  }

  /** Starts to listen. */
  start(): Promise<void> {
    return this.#rest.listen()
  }

  /** From now on it is reached at another origin, as behind TLS; it listens where it did, at `port`. */
  behind(origin: string): void {
    this.#origin = origin
    this.gateway.isSecure = origin.startsWith('https:')
  }

  /** Where it listens. */
  get port(): number {
    return Number(new URL(this.#rest.origin).port)
  }

  get #seenAt(): string {
    return this.#origin ?? this.#rest.origin
  }

  /** The base of the API, for `rest.api`. */
  get url(): string {
    return `${this.#seenAt}/api`
  }

  /** The bot's token. */
  get token(): string {
    return this.world.application.token
  }

  get applicationId(): string {
    return this.world.application.id
  }

  /** The bot's account. */
  get bot(): User {
    return this.world.bot
  }

  /** Every call the bot made, oldest first. */
  get calls() {
    return this.#recorder.calls
  }

  /** Every event that the bot was sent. */
  get sent(): readonly Dispatch[] {
    return this.gateway.sent
  }

  /** The calls of one route. */
  callsTo(route: RouteName) {
    return this.#recorder.to(route)
  }

  /** Every call that has the text in it, as it is or encoded. */
  outboundWith(text: string) {
    return this.#recorder.containing(text)
  }

  /** The latest event of a type that the bot was sent. @throws when there was none */
  lastSent(type: Dispatch['t']): Dispatch {
    const sent = this.sent.findLast((one) => one.t === type)
    if (!sent) throw new Error(`no ${type} was sent`)
    return sent
  }

  /** Sends an event once more, as it was. */
  replay(sent: Dispatch): void {
    this.world.dispatch(sent)
  }

  /** Adds a person to Acme, unless another server is named. */
  addPerson(
    name: string,
    {
      guild = this.guilds.acme,
      ...traits
    }: Partial<Pick<User, 'bot' | 'locale' | 'dmsClosed' | 'installed'>> & { guild?: Guild | null } = {},
  ): Person {
    const user = this.world.addUser(name, traits)
    if (guild) join(user, guild)
    return new Person(this.#stage, user)
  }

  /** Adds a channel to a server, and tells the bot where it sees it. */
  addChannel(guild: Guild, name: string, traits: Pick<Partial<Channel>, 'only' | 'botMay'> = {}): Channel {
    const channel = this.world.addChannel(guild, name, traits)
    announceChannel(this.world, channel)
    return channel
  }

  /** Adds the bot to a server, or takes it out, and tells it. */
  setBot(guild: Guild, here: boolean): void {
    setBot(this.world, guild, here)
  }

  /** Pushes the clock ahead; what falls due happens. */
  async advance(ms: number): Promise<void> {
    this.world.clock.advance(ms)
  }

  /** A press on a button that `victim` sees, by someone else. */
  impersonatePress(
    actor: Person,
    victim: Person,
    label: string | RegExp,
    place?: Place,
  ): Promise<Interaction> {
    return this.#begin(pressOf(this.world, actor, victim, label, place))
  }

  /** A submission of the form that `victim` has open, by someone else. */
  impersonateSubmit(actor: Person, victim: Person): Promise<Interaction> {
    return this.#begin(submissionOf(this.world, actor, victim))
  }

  /** A press on a button that is not there: any custom id, on any message. */
  forgePress(actor: Person, customId: string, message: Message): Promise<Interaction> {
    return this.#begin(forgedPress(this.world, actor, customId, message))
  }

  /** Takes Discord away: nobody listens (`refuse`) or every connection is reset. The gateway dies too. */
  outage(how: 'refuse' | 'reset' = 'refuse'): Promise<void> {
    return this.#rest.outage(how)
  }

  /** Discord is back, at the same address. */
  recover(): Promise<void> {
    return this.#rest.listen()
  }

  /** Waits until the look finds something; asks again after every call and every change of a connection. */
  until<T>(look: () => T): Promise<Found<T>> {
    return this.#changed.until(look, () => `it never happened: ${look}`)
  }

  /** Waits until so many sessions are connected. */
  async connected(sessions = 1): Promise<void> {
    await this.until(() => this.gateway.sessions.length >= sessions)
  }

  /** Resolves when every interaction was answered or failed, and no call is under way. */
  async idle(): Promise<void> {
    await this.until(() => this.#rest.underWay + this.interactions.pending.size === 0)
  }

  /** Everything that server-side retention could hold of messages that more eyes than one see: every version and deletion. */
  export(): Json[] {
    return retained(this.world, ({ ephemeralFor }) => ephemeralFor === undefined)
  }

  /** The same of ephemeral messages. */
  exportEphemerals(): Json[] {
    return retained(this.world, ({ ephemeralFor }) => ephemeralFor !== undefined)
  }

  /** Stops everything. @throws when there are complaints */
  async close(): Promise<void> {
    this.world.clock.stop()
    this.gateway.stop()
    await this.#rest.close()
    if (this.complaints.length > 0)
      throw new Error(`the Discord double complains:\n${this.complaints.join('\n')}`)
  }

  async #begin(draft: InteractionDraft): Promise<Interaction> {
    const interaction = this.interactions.begin(draft)
    await this.#answered(interaction)
    return interaction
  }

  #answered(interaction: Interaction): Promise<void> {
    const done = () => interaction.response !== undefined || interaction.failed
    return interaction.changed.until(done, () => 'no answer and no three seconds').then(() => undefined)
  }
}
