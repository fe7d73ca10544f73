import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ownPause } from '../run/own-time.ts'
import { parseArguments } from './arguments.ts'
import type { Fault, Faults } from './faults.ts'
import type { Call, Recorder } from './recorder.ts'
import { Refusal } from './refusal.ts'
import type { Fields } from './shapes.ts'
import type { SocketMode } from './socket-mode.ts'
import { callMethod, scopeOf } from './web-api.ts'
import type { Workspace } from './workspace.ts'

const statusOf: Record<string, number> = { used_url: 404, expired_url: 404, no_service: 404 }

/** The HTTP side: the Web API, the response URLs, and the upgrade to Socket Mode. */
export class SlackServer {
  readonly #slack: Workspace
  readonly #faults: Faults
  readonly #recorder: Recorder
  readonly #socketMode: SocketMode
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #resetting = false
  #port = 0

  constructor(slack: Workspace, faults: Faults, recorder: Recorder, socketMode: SocketMode) {
    this.#slack = slack
    this.#faults = faults
    this.#recorder = recorder
    this.#socketMode = socketMode
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#handle(request, response).catch((error) => {
        if (!response.headersSent) answer(response, 500, { ok: false, error: 'internal_error' })
        process.emitWarning(error)
      })
    })
    this.#server.on('connection', (socket) => {
      if (this.#resetting) return void socket.resetAndDestroy()
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('upgrade', (request, socket, head) => socketMode.upgrade(request, socket, head))
  }

  /** The origin, such as `http://127.0.0.1:40123`. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts to listen, on the same port as before when there was one. */
  async listen(): Promise<void> {
    this.#resetting = false
    if (this.#server.listening) return
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#port, '127.0.0.1', 4_096, resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts everything; new connections are refused (nobody listens) or reset as soon as they open. */
  async cut(how: 'refuse' | 'reset'): Promise<void> {
    this.#resetting = how === 'reset'
    const closed = how === 'refuse' && new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#socketMode.cut()
    await closed
  }

  /** Stops for good. */
  async close(): Promise<void> {
    await this.#socketMode.close()
    if (this.#server.listening) await this.cut('refuse')
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    try {
      for await (const part of request) parts.push(part as Buffer)
    } catch {
      return
    }
    const body = Buffer.concat(parts)
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const api = /^\/api\/([A-Za-z0-9_.]+)$/.exec(path)?.[1]
    const method = api ?? (/^\/(commands|actions)\//.test(path) ? 'response_url' : undefined)
    if (method === undefined || request.method !== 'POST')
      return answer(response, api ? 200 : 404, { ok: false, error: api ? 'invalid_post_type' : 'not_found' })
    let args: Fields
    let unreadable: Refusal | undefined
    try {
      args = await parseArguments(request.headers, body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      args = {}
      unreadable = error
    }
    const call = this.#recorder.call({
      method,
      path,
      args,
      body: body.toString(),
      headers: request.headers,
      at: this.#slack.clock.now(),
    })
    const fault = this.#faults.take(method, args)
    if (fault) call.fault = fault
    if (fault && (await this.#disturb(fault, 'before', response, call))) return
    const outcome = this.#apply(call, unreadable)
    if (fault && (await this.#disturb(fault, 'after', response, call))) return
    call.answer = outcome
    const scope = scopeOf(method)
    answer(response, outcome.status, outcome.body, {
      'x-oauth-scopes': [...this.#slack.manifest.botScopes].join(),
      ...(scope && { 'x-accepted-oauth-scopes': scope }),
    })
  }

  #apply(call: Call, unreadable: Refusal | undefined): { status: number; body: Fields } {
    const direct = call.method === 'response_url'
    try {
      if (unreadable) throw unreadable
      const fields = direct
        ? this.#slack.responseUrls.answer(call.path, call.args)
        : callMethod(this.#slack, call.method, call.headers.authorization, call.args, () =>
            this.#socketMode.openConnection(),
          )
      call.applied = true
      return { status: 200, body: { ok: true, ...fields } }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // Unconfirmed which status carries a refusal here: commands' URLs say 400, actions' URLs 200 and ok:false.
      const status = direct ? (statusOf[error.code] ?? (call.path.startsWith('/commands/') ? 400 : 200)) : 200
      return { status, body: error.toBody() }
    }
  }

  /** Plays a fault; true when the call is over. */
  async #disturb(
    fault: Fault,
    when: 'before' | 'after',
    response: ServerResponse,
    call: Call,
  ): Promise<boolean> {
    const finish = (status: number, body: Fields, headers = {}) => {
      call.answer = { status, body }
      answer(response, status, body, headers)
      return true
    }
    if (fault.kind === 'error') return finish(200, { ok: false, error: fault.error, ...fault.extra })
    if (fault.kind === 'rate-limited')
      return finish(
        429,
        { ok: false, error: 'ratelimited' },
        { 'retry-after': String(fault.retryAfterSeconds) },
      )
    if (fault.when !== when) return false
    if (fault.kind === 'slow') await ownPause(fault.milliseconds)
    if (fault.kind === 'held') await fault.until
    if (fault.kind === 'reset') (response.socket as Socket | null)?.resetAndDestroy()
    if (fault.kind === 'status') finish(fault.status, { ok: false, error: 'internal_error' })
    if (fault.kind === 'garbled') response.writeHead(200).end('<html>upstream')
    return fault.kind !== 'slow' && fault.kind !== 'held'
  }
}

function answer(response: ServerResponse, status: number, body: Fields, headers = {}): void {
  if (response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}
