import type { AddressInfo } from 'node:net'
import { PermissionFlagsBits as Can, GatewayIntentBits as Intent } from 'discord-api-types/v10'
import { doubleClock, type TimeSource } from './clock.ts'
import { componentDeed } from './deeds.ts'
import { Faults } from './faults.ts'
import type { Json } from './form.ts'
import { Gateway } from './gateway.ts'
import { handlers } from './handlers.ts'
import { type Interaction, Interactions } from './interaction.ts'
import { type Message, messageShape } from './message.ts'
import { judgeFrom } from './openapi.ts'
import { type Backstage, Person, submitDeed } from './person.ts'
import { Limits } from './rate-limit.ts'
import { Recorder } from './recorder.ts'
import { Rest } from './rest.ts'
import type { RouteName } from './routes.ts'
import type { Place } from './screen.ts'
import { channelShape, guildShape } from './shapes.ts'
import { Signal } from './signal.ts'
import { Transcript } from './transcript.ts'
import { type Channel, type Dispatch, type Guild, type User, World } from './world.ts'

/** How a double is set up. Everything has a default. */
export interface Settings {
  readonly clock?: TimeSource
  readonly applicationName?: string
  /** Privileged intents that the application was granted, as bits; none. */
  readonly privilegedIntents?: number
  /** How often a bot must send a heartbeat, in ms of real time; Discord's 41,250. */
  readonly heartbeatMs?: number
  /** The number of shards that Discord recommends; 1. */
  readonly shards?: number
  /** Identifies per rate-limit key and 5 s of real time; undefined: not limited, so that a test can restart a bot at once. */
  readonly maxConcurrency?: number
  /** Whether limits like Discord's hold without a script: 50 requests/s, 5 messages in 5 s per channel. Otherwise on demand. */
  readonly rateLimits?: boolean
  /** Discord's OpenAPI document; the one in `../shared/specs` unless given, and no objections where it is missing. */
  readonly specification?: URL
}

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
  readonly guilds: Record<'acme' | 'elsewhere', Guild>
  readonly channels
  readonly #recorder = new Recorder()
  readonly #changed = new Signal()
  readonly #rest: Rest
  readonly #stage: Backstage
  #port = 0

  constructor(settings: Settings) {
    const {
      clock,
      applicationName: name = 'Sotto',
      privilegedIntents = 0,
      heartbeatMs = 41_250,
      shards = 1,
    } = settings
    const token = `${Buffer.from(crypto.randomUUID()).toString('base64url')}.double.${crypto.randomUUID().replaceAll('-', '')}`
    const world = new World(doubleClock(clock), { name, token, integrationTypes: [0, 1], privilegedIntents })
    this.world = world
    this.interactions = new Interactions(world)
    const information = () => this.gateway.information(this.#origin.replace('http', 'ws'))
    this.#rest = new Rest({
      world,
      handlers: handlers(world, this.interactions, information),
      faults: this.faults,
      recorder: this.#recorder,
      judge: judgeFrom(settings.specification),
      limits: new Limits(world.clock, settings.rateLimits ?? false),
      complain: (about) => this.complaints.push(about),
      origin: () => this.#origin,
    })
    const { maxConcurrency } = settings
    this.gateway = new Gateway(world, this.#rest.server, {
      heartbeatMs,
      shards,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
    })
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
    const add = (who: string, traits = {}) => this.#person(world.addUser(who, traits))
    this.people = {
      anna: add('anna', { installed: true }),
      ben: add('ben'),
      carla: add('carla'),
      mallory: add('mallory'),
      nora: add('nora', { dmsClosed: true }),
      felix: add('felix'),
    }
    const { anna, ben, carla, mallory, nora, felix } = this.people
    this.guilds = {
      acme: world.addGuild('Acme', anna.user),
      elsewhere: world.addGuild('Elsewhere', felix.user, { hasBot: false }),
    }
    for (const person of [anna, ben, carla, mallory, nora]) this.joins(person, this.guilds.acme)
    for (const person of [anna, ben, felix]) this.joins(person, this.guilds.elsewhere)
    const few = () => new Set([anna.user, ben.user])
    this.channels = {
      /** In Acme; the bot sees it and writes there. */
      general: world.addChannel(this.guilds.acme, 'general'),
      /** In Acme; the bot does not see it (50001), but its commands work. */
      random: world.addChannel(this.guilds.acme, 'random', { botMay: 0n }),
      /** In Acme; the bot sees it and may not write (50013). */
      news: world.addChannel(this.guilds.acme, 'news', { botMay: Can.ViewChannel }),
      /** In Acme, for anna and ben; the bot sees it. */
      leads: world.addChannel(this.guilds.acme, 'leads', { only: few() }),
      /** In a server where the bot is not: works for anna, who installed the application. */
      lobby: world.addChannel(this.guilds.elsewhere, 'lobby'),
      /** The direct message of anna and ben. */
      annaAndBen: world.addPrivateChannel('anna and ben', [anna.user, ben.user]),
      /** A group of anna, ben and carla. */
      group: world.addPrivateChannel('the three', [anna.user, ben.user, carla.user]),
    }
    /** Another application's bot. */
    this.joins(world.addUser('deploybot', { bot: true }), this.guilds.acme)
  }

  /** Starts to listen. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#rest.server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#rest.server.address() as AddressInfo).port
  }

  get #origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The base of the API, for `rest.api`. */
  get url(): string {
    return `${this.#origin}/api`
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
    const person = this.#person(this.world.addUser(name, traits))
    if (guild) this.joins(person, guild)
    return person
  }

  /** Adds a channel to a server, and tells the bot where it sees it. */
  addChannel(guild: Guild, name: string, traits: Pick<Partial<Channel>, 'only' | 'botMay'> = {}): Channel {
    const channel = this.world.addChannel(guild, name, traits)
    if ((this.world.botMayIn(channel) & Can.ViewChannel) !== 0n)
      this.world.dispatch({
        t: 'CHANNEL_CREATE',
        d: channelShape(channel),
        guildId: guild.id,
        intent: Intent.Guilds,
      })
    return channel
  }

  /** Puts someone into a server. */
  joins({ id }: { readonly id: string }, guild: Guild): void {
    const user = this.#user(id)
    guild.members.add(user)
    user.guilds.add(guild)
  }

  /** Takes someone out of a server. */
  leaves({ id }: { readonly id: string }, guild: Guild): void {
    const user = this.#user(id)
    guild.members.delete(user)
    user.guilds.delete(guild)
  }

  /** Adds the bot to a server, or takes it out, and tells it. */
  botIn(guild: Guild, here: boolean): void {
    guild.hasBot = here
    const to = { guildId: guild.id, intent: Intent.Guilds }
    if (here) this.world.dispatch({ t: 'GUILD_CREATE', d: guildShape(this.world, guild), ...to })
    else this.world.dispatch({ t: 'GUILD_DELETE', d: { id: guild.id }, ...to })
  }

  /** Pushes the clock ahead; what falls due happens. */
  async advance(ms: number): Promise<void> {
    this.world.clock.advance(ms)
  }

  /** A press on a button that `victim` sees, by someone else. */
  async impersonatePress(
    actor: Person,
    victim: Person,
    label: string | RegExp,
    place?: Place,
  ): Promise<Interaction> {
    const found = victim.screen.button(label, place)
    if (!found) throw new Error(`${victim.name} sees no button “${label}”:\n${victim.sees()}`)
    return this.#begun(
      this.interactions.begin(componentDeed(this.world, actor.user, found.message, found.placed.component)),
    )
  }

  /** A submission of the form that `victim` has open, by someone else. */
  async impersonateSubmit(actor: Person, victim: Person): Promise<Interaction> {
    if (!victim.user.modal) throw new Error(`${victim.name} has no form open`)
    return this.#begun(this.interactions.begin(submitDeed(this.world, actor.user, victim.user.modal)))
  }

  /** A press on a button that is not there: any custom id, on any message. */
  async forgePress(actor: Person, customId: string, message: Message): Promise<Interaction> {
    return this.#begun(
      this.interactions.begin(
        componentDeed(this.world, actor.user, message, { type: 2, custom_id: customId }),
      ),
    )
  }

  /** Takes Discord away: nobody listens (`refuse`) or every connection is reset. The gateway dies too. */
  async outage(how: 'refuse' | 'reset' = 'refuse'): Promise<void> {
    this.#rest.resets = how === 'reset'
    if (how === 'refuse') this.#rest.server.close()
    this.#rest.cut()
  }

  /** Discord is back, at the same address. */
  async recover(): Promise<void> {
    this.#rest.resets = false
    if (!this.#rest.server.listening) await this.start()
  }

  /** Waits until the look finds something; asks again after every call and every change of a connection. */
  until<T>(look: () => T, withinMs = 5_000): Promise<Exclude<T, false | null | undefined | ''>> {
    type Seen = Exclude<T, false | null | undefined | ''>
    return this.#changed.until<Seen>(
      () => (look() || undefined) as Seen | undefined,
      () => `it never happened: ${look}`,
      withinMs,
    )
  }

  /** Waits until so many sessions are connected. */
  async connected(sessions = 1, withinMs = 10_000): Promise<void> {
    await this.until(() => this.gateway.sessions.length >= sessions, withinMs)
  }

  /** Resolves when every interaction was answered or failed, and no call is under way. */
  async idle(): Promise<void> {
    await this.until(() => this.#rest.underWay === 0 && this.interactions.pending.size === 0)
  }

  /** Everything that server-side retention could hold of messages that more eyes than one see: every version and deletion. */
  export(): Json[] {
    return this.#history(({ ephemeralFor }) => ephemeralFor === undefined)
  }

  /** The same of ephemeral messages. */
  exportEphemerals(): Json[] {
    return this.#history(({ ephemeralFor }) => ephemeralFor !== undefined)
  }

  /** Stops everything. @throws when there are complaints */
  async close(): Promise<void> {
    this.world.clock.stop()
    this.gateway.stop()
    const closed = new Promise((resolve) => this.#rest.server.close(resolve))
    this.#rest.cut()
    await closed
    if (this.complaints.length > 0)
      throw new Error(`the Discord double complains:\n${this.complaints.join('\n')}`)
  }

  #history(fits: (message: Message) => boolean): Json[] {
    return this.world.history
      .filter(({ message }) => fits(message))
      .map(({ what, at, message, version }) => ({
        what,
        at,
        channel: message.channel.id,
        message: messageShape(message, version),
      }))
  }

  async #begun(interaction: Interaction): Promise<Interaction> {
    await this.#answered(interaction)
    return interaction
  }

  #answered(interaction: Interaction): Promise<void> {
    const done = () => (interaction.response || interaction.failed ? true : undefined)
    return interaction.changed
      .until(done, () => 'no answer and no three seconds', 60_000)
      .then(() => undefined)
  }

  #user(id: string): User {
    const user = this.world.users.get(id)
    if (!user) throw new Error(`nobody has the id ${id}`)
    return user
  }

  #person(user: User): Person {
    return new Person(this.#stage, user)
  }
}
