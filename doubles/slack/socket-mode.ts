import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { afterOwnTime } from '../run/own-time.ts'
import { hex } from './ids.ts'
import { type Fields, fieldsOf, textOf } from './shapes.ts'
import type { Workspace } from './workspace.ts'

/** What the app answered to a payload: a body (often empty), or why there was none. */
export type Ack =
  | { ok: true; body: unknown; raw: string }
  | { ok: false; error: 'operation_timeout' | 'dispatch_failed'; status?: number }

/** The WebSocket side: up to ten connections, and each payload goes to any one of them. */
export class SocketMode {
  /** How often the double pings, in milliseconds; Slack's clients give up after 30 s without one. */
  readonly #pingEvery = 5_000
  readonly #slack: Workspace
  readonly #server = new WebSocketServer({ noServer: true })
  readonly #tickets = new Map<string, number>()
  readonly #waiting = new Map<string, ((ack: Ack) => void)[]>()
  readonly #ready: WebSocket[] = []
  readonly #all = new Set<WebSocket>()
  #turn = 0
  /** Called when a connection opens or closes. */
  onChange: () => void = () => {}
  base = ''

  constructor(slack: Workspace) {
    this.#slack = slack
  }

  /** How many connections take payloads now. */
  get connections(): number {
    return this.#ready.length
  }

  /** A one-time address to connect to; good for 30 s. */
  openConnection(): string {
    const ticket = hex(16)
    this.#tickets.set(ticket, this.#slack.clock.now())
    return `${this.base}/link/?ticket=${ticket}&app_id=${this.#slack.app.id}`
  }

  /** Takes over a connection that asks for an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
    const madeAt = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    if (madeAt === undefined || this.#slack.clock.now() - madeAt > 30_000) {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket))
  }

  /**
   * Sends an envelope to one connection, and resolves with the acknowledgement.
   * @param envelopeId may repeat: Slack delivers an unacknowledged envelope again
   */
  send(envelopeId: string, envelope: Fields, timeoutMs: number): Promise<Ack> {
    const connection = this.#ready[this.#turn++ % Math.max(1, this.#ready.length)]
    if (!connection) return Promise.resolve({ ok: false, error: 'dispatch_failed' })
    return new Promise((resolve) => {
      const settle = (ack: Ack) => {
        cancel()
        resolve(ack)
      }
      const cancel = afterOwnTime(timeoutMs, () => {
        const rest = (this.#waiting.get(envelopeId) ?? []).filter((one) => one !== settle)
        if (rest.length > 0) this.#waiting.set(envelopeId, rest)
        else this.#waiting.delete(envelopeId)
        resolve({ ok: false, error: 'operation_timeout' })
      })
      this.#waiting.set(envelopeId, [...(this.#waiting.get(envelopeId) ?? []), settle])
      connection.send(JSON.stringify({ envelope_id: envelopeId, ...envelope }))
    })
  }

  /** Asks one connection to come back on a new one, as Slack does every few hours. */
  refresh(reason: 'refresh_requested' | 'warning' | 'link_disabled' = 'refresh_requested'): void {
    const connection = reason === 'warning' ? this.#ready[0] : this.#ready.shift()
    connection?.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } }))
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const connection of this.#all) connection.terminate()
  }

  /**
   * Closes the connections properly, and takes no more. Cut off in the middle of a closing handshake,
   * Slack's own client keeps its process alive for 30 s.
   */
  async close(): Promise<void> {
    this.#server.close()
    const closed = [...this.#all].map(
      (connection) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 500)
          connection.once('close', () => {
            clearTimeout(timer)
            resolve()
          })
          connection.close(1000)
        }),
    )
    await Promise.all(closed)
    this.cut()
  }

  #accept(webSocket: WebSocket): void {
    if (this.#all.size >= 10) {
      webSocket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }))
      webSocket.close()
      return
    }
    this.#all.add(webSocket)
    this.#ready.push(webSocket)
    const pings = setInterval(() => webSocket.ping(), this.#pingEvery)
    webSocket.on('message', (data) => this.#receive(String(data)))
    webSocket.on('error', () => webSocket.terminate())
    webSocket.on('close', () => {
      clearInterval(pings)
      this.#all.delete(webSocket)
      const index = this.#ready.indexOf(webSocket)
      if (index >= 0) this.#ready.splice(index, 1)
      this.onChange()
    })
    webSocket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#all.size,
        debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.#slack.app.id },
      }),
    )
    webSocket.ping()
    this.onChange()
  }

  #receive(text: string): void {
    const message = fieldsOf(safelyParsed(text))
    const envelopeId = textOf(message['envelope_id'])
    const [settle, ...rest] = this.#waiting.get(envelopeId) ?? []
    if (!settle) return
    if (rest.length > 0) this.#waiting.set(envelopeId, rest)
    else this.#waiting.delete(envelopeId)
    settle({ ok: true, body: message['payload'], raw: text })
  }
}

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
