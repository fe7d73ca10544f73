import type { IncomingMessage, Server } from 'node:http'
import {
  APIVersion,
  GatewayCloseCodes as Close,
  type GatewayHelloData,
  type GatewayReadyDispatchData,
  GatewayIntentBits as Intent,
  GatewayOpcodes as Op,
} from 'discord-api-types/v10'
import { type WebSocket, WebSocketServer } from 'ws'
import { ownTime } from '../run/own-time.ts'
import type { Dispatch, Guild } from './entities.ts'
import { isObject, type Json } from './form.ts'
import { identifyObjection } from './identify.ts'
import { Link } from './link.ts'
import { Session } from './session.ts'
import type { Settings } from './settings.ts'
import { guildShape, userShape } from './shapes.ts'
import { shardOf } from './snowflake.ts'
import type { World } from './world.ts'

const defaultHeartbeatMs = 41_250
const eventsPerMinute = 120
const resumableMs = 120_000
type NoFlags = GatewayReadyDispatchData['application']['flags']
const maxPayloadBytes = 4096
const guildsPerShard = 2_500
const others: readonly unknown[] = [Op.PresenceUpdate, Op.RequestGuildMembers, Op.VoiceStateUpdate]

/** Discord's gateway v10 in JSON without compression: sessions, heartbeats, resuming, intents and shards. */
export class Gateway {
  /** Every event that was sent to at least one session, in order. */
  readonly sent: Dispatch[] = []
  /** Runs when a session begins, is resumed, or loses its connection. */
  onChange: () => void = () => {}
  /** Whether bots reach it through TLS. */
  isSecure = false
  /** Whether heartbeats are answered. */
  acknowledges = true
  /** Identifies and resumes that were accepted. */
  identified = 0
  resumed = 0
  readonly #sessions = new Map<string, Session>()
  readonly #identifies = new Map<number, number>()
  readonly #world: World
  readonly #settings: Settings
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  #remaining = 1_000

  constructor(world: World, server: Server, settings: Settings) {
    this.#world = world
    this.#settings = settings
    world.dispatch = (event) => this.dispatch(event)
    server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (connection) => this.#greet(connection, request))
    })
  }

  /** The sessions that have a connection. */
  get sessions(): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => session.socket)
  }

  /** The body of `/gateway/bot`. */
  information(url: string): Json {
    const { shards = 1, maxConcurrency = 16 } = this.#settings
    const limit = {
      total: 1_000,
      remaining: this.#remaining,
      reset_after: 14_400_000,
      max_concurrency: maxConcurrency,
    }
    return { url, shards, session_start_limit: limit }
  }

  /** Sends an event to every session that hears of it: each connection on a shard gets everything. */
  dispatch(event: Dispatch): void {
    let taken = false
    for (const session of this.#sessions.values()) {
      if (session.lostAt !== undefined && Date.now() - session.lostAt > resumableMs)
        this.#sessions.delete(session.id)
      else if (!session.takes(event)) continue
      session.send(event)
      taken = true
    }
    if (taken) this.sent.push(event)
  }

  /** Closes every connection with this code; sessions can be resumed unless the code says otherwise. */
  close(code: number): void {
    for (const { socket } of this.sessions) socket?.close(code)
  }

  /** Cuts every connection without a word. */
  drop(): void {
    for (const client of this.#sockets.clients) client.terminate()
  }

  /** Tells every bot to reconnect (op 7). */
  reconnect(): void {
    this.#tell({ op: Op.Reconnect, d: null })
  }

  /** Declares every session invalid (op 9): to be resumed, or lost. */
  invalidate(resumable: boolean): void {
    const told = this.sessions.map(({ socket }) => socket)
    if (!resumable) this.#sessions.clear()
    for (const socket of told) socket?.send(JSON.stringify({ op: Op.InvalidSession, d: resumable }))
  }

  /** Forgets the sessions that have no connection, so that none of them can be resumed. */
  forget(): void {
    for (const [id, { socket }] of this.#sessions) if (!socket) this.#sessions.delete(id)
  }

  stop(): void {
    this.drop()
    this.#sockets.close()
  }

  #tell(message: object): void {
    for (const { socket } of this.sessions) socket?.send(JSON.stringify(message))
  }

  #greet(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'http://double').searchParams
    const spoken = query.get('encoding') === 'json' && !query.has('compress')
    if (query.get('v') !== APIVersion || !spoken) {
      socket.close(spoken ? Close.InvalidAPIVersion : Close.DecodeError)
      return
    }
    const hello = {
      heartbeat_interval: this.#settings.heartbeatMs ?? defaultHeartbeatMs,
    } satisfies Partial<GatewayHelloData>
    socket.send(JSON.stringify({ op: Op.Hello, t: null, s: null, d: hello }))
    const link = new Link(
      socket,
      request.headers.host ?? '',
      this.#settings.heartbeatMs ?? defaultHeartbeatMs,
    )
    socket.on('message', (data) => this.#receive(link, data.toString()))
    socket.on('error', () => socket.terminate())
    socket.on('close', (code) => {
      link.end()
      const { session } = link
      if (!session || session.socket !== socket) return
      session.socket = undefined
      session.lostAt = Date.now()
      // A bot that closes with 1000 or 1001 gives its session up.
      if (code === 1000 || code === 1001) this.#sessions.delete(session.id)
      this.onChange()
    })
  }

  #receive(link: Link, text: string): void {
    const message = Buffer.byteLength(text) <= maxPayloadBytes ? parse(text) : undefined
    const op = message?.['op']
    const d = message && isObject(message['d']) ? message['d'] : {}
    if (!link.within(eventsPerMinute)) link.socket.close(Close.RateLimited)
    else if (!message) link.socket.close(Close.DecodeError)
    else if (op === Op.Heartbeat) {
      link.beat()
      if (typeof message['d'] === 'number') link.session?.confirm(message['d'])
      if (this.acknowledges) link.say({ op: Op.HeartbeatAck })
    } else if (op === Op.Identify || op === Op.Resume) {
      if (link.session) link.socket.close(Close.AlreadyAuthenticated)
      else if (op === Op.Identify) this.#identify(link, d)
      else this.#resume(link, d)
    } else if (!others.includes(op)) link.socket.close(Close.UnknownOpcode)
    else if (!link.session) link.socket.close(Close.NotAuthenticated)
  }

  #identify(link: Link, d: Json): void {
    const { guilds } = this.#world
    const [id, count] = (Array.isArray(d['shard']) ? d['shard'] : [0, 1]) as [number, number]
    const objection = identifyObjection(this.#world, d, id, count)
    const mine = objection
      ? []
      : [...guilds.values()].filter((guild) => guild.hasBot && shardOf(guild.id, count) === id)
    if (objection || mine.length > guildsPerShard) link.socket.close(objection ?? Close.ShardingRequired)
    else if (this.#tooSoon(id)) link.say({ op: Op.InvalidSession, d: false })
    else this.#begin(link, Number(d['intents']), [id, count], mine)
  }

  #begin(link: Link, intents: number, shard: [number, number], guilds: readonly Guild[]): void {
    const world = this.#world
    this.#remaining -= 1
    this.identified += 1
    const session = new Session(crypto.randomUUID().replaceAll('-', ''), shard, intents, link.socket)
    this.#sessions.set(session.id, session)
    link.session = session
    const ready = {
      v: 10,
      user: { ...userShape(world.bot), mfa_enabled: false, verified: true, email: null },
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: `${this.isSecure ? 'wss' : 'ws'}://${link.host}/resume`,
      shard,
      application: { id: world.application.id, flags: 0 as NoFlags, flags_new: '0' },
    } satisfies GatewayReadyDispatchData
    session.send({ t: 'READY', d: ready })
    if ((intents & Intent.Guilds) !== 0)
      for (const guild of guilds) session.send({ t: 'GUILD_CREATE', d: guildShape(world, guild) })
    this.onChange()
  }

  #resume(link: Link, d: Json): void {
    const session = this.#sessions.get(String(d['session_id']))
    const seq = d['seq']
    if (d['token'] !== this.#world.application.token) link.socket.close(Close.AuthenticationFailed)
    else if (!session) link.say({ op: Op.InvalidSession, d: false })
    else if (typeof seq !== 'number' || seq > session.seq) link.socket.close(Close.InvalidSeq)
    else {
      session.socket?.close(Close.SessionTimedOut)
      session.socket = link.socket
      session.lostAt = undefined
      link.session = session
      this.resumed += 1
      session.replay(seq)
      session.send({ t: 'RESUMED', d: {} })
      this.onChange()
    }
  }

  #tooSoon(shardId: number): boolean {
    const { maxConcurrency } = this.#settings
    if (maxConcurrency === undefined) return false
    const key = shardId % maxConcurrency
    const now = ownTime()
    const last = this.#identifies.get(key) ?? 0
    if (now - last < 5_000) return true
    this.#identifies.set(key, now)
    return false
  }
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
