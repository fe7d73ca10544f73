import { GatewayCloseCodes as Close } from 'discord-api-types/v10'
import type { WebSocket } from 'ws'
import { afterOwnTime } from '../run/own-time.ts'
import type { Session } from './session.ts'

/** One connection: whose session it carries, and whether it keeps to the rules of conduct. */
export class Link {
  readonly socket: WebSocket
  session: Session | undefined
  readonly host: string
  readonly #heartbeatMs: number
  #forget = () => {}
  #windowStart = Date.now()
  #events = 0

  constructor(socket: WebSocket, host: string, heartbeatMs: number) {
    this.socket = socket
    this.host = host
    this.#heartbeatMs = heartbeatMs
    this.beat()
  }

  /** The bot gave a sign of life; without another one in time the connection is closed. */
  beat(): void {
    this.#forget()
    this.#forget = afterOwnTime(this.#heartbeatMs * 2, () => this.socket.close(Close.SessionTimedOut))
  }

  /** Counts one event. False: more than `limit` in this minute. */
  within(limit: number): boolean {
    const now = Date.now()
    if (now - this.#windowStart > 60_000) {
      this.#windowStart = now
      this.#events = 0
    }
    this.#events += 1
    return this.#events <= limit
  }

  /** Sends one message. */
  say(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  end(): void {
    this.#forget()
  }
}
