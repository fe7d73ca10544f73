import { GatewayIntentBits as Intent, GatewayOpcodes as Op } from 'discord-api-types/v10'
import type { WebSocket } from 'ws'
import type { Dispatch } from './entities.ts'
import { shardOf } from './snowflake.ts'

/** One identified session of a bot. It outlives its connection, so that it can be resumed. */
export class Session {
  readonly id: string
  readonly shard: readonly [id: number, count: number]
  readonly intents: number
  /** The connection it speaks through; none while it waits to be resumed. */
  socket: WebSocket | undefined
  /** When the connection was lost, on the wall clock. */
  lostAt: number | undefined
  #seq = 0
  /** What was sent and not yet confirmed by a heartbeat, as text without its sequence number. */
  readonly #unconfirmed = new Map<number, string>()

  constructor(id: string, shard: readonly [number, number], intents: number, socket: WebSocket) {
    this.id = id
    this.shard = shard
    this.intents = intents
    this.socket = socket
  }

  get seq(): number {
    return this.#seq
  }

  /** Whether this session is told of `event`. */
  takes({ guildId, intent }: Dispatch): boolean {
    if (intent !== undefined && (this.intents & intent) === 0) return false
    const [id, count] = this.shard
    return id === (guildId === undefined ? 0 : shardOf(guildId, count))
  }

  /** Sends an event, or keeps it until the session is resumed. */
  send({ t, d, guarded }: Pick<Dispatch, 't' | 'd' | 'guarded'>): void {
    const blank = guarded === true && (this.intents & Intent.MessageContent) === 0
    const data = blank ? { ...d, content: '', embeds: [], components: [], attachments: [] } : d
    this.#seq += 1
    const text = JSON.stringify({ op: Op.Dispatch, t, s: this.#seq, d: data })
    this.#unconfirmed.set(this.#seq, text)
    this.socket?.send(text)
  }

  /** The bot has everything up to here. */
  confirm(seq: number): void {
    for (const old of this.#unconfirmed.keys()) {
      if (old > seq) return
      this.#unconfirmed.delete(old)
    }
  }

  /** Sends again what came after `seq`. */
  replay(seq: number): void {
    for (const [number, text] of this.#unconfirmed) if (number > seq) this.socket?.send(text)
  }
}
