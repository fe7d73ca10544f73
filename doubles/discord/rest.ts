import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type APIAttachment, RESTJSONErrorCodes as Code } from 'discord-api-types/v10'
import { ownPause } from '../run/own-time.ts'
import { notFound, Refusal } from './errors.ts'
import type { Fault, Faults } from './faults.ts'
import { isObject, type Json } from './form.ts'
import type { Handler, Reply } from './handlers.ts'
import type { Judge } from './openapi.ts'
import type { Limits } from './rate-limit.ts'
import type { Call, Recorder } from './recorder.ts'
import { type Matched, matchRoute, type RouteName } from './routes.ts'
import { readBody } from './upload.ts'
import type { World } from './world.ts'

interface Options {
  readonly world: World
  readonly handlers: Record<RouteName, Handler>
  readonly faults: Faults
  readonly recorder: Recorder
  readonly judge: Judge
  readonly limits: Limits
  /** Gets what the double itself did wrong, or was asked and does not know. */
  readonly complain: (about: string) => void
}

/** Discord's REST API v10 over HTTP: routing, authentication, limits, scripted faults, and the record of every call. */
export class Rest {
  readonly server: Server
  /** Requests that have arrived and were not answered yet. */
  underWay = 0
  /** While true, every new connection is reset. */
  #resets = false
  #port = 0
  readonly #sockets = new Set<Socket>()
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    this.server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.underWay += 1
      this.#serve(request, response)
        .catch((error: unknown) => {
          // A bot that gave up in the middle of its own request is no fault of the double.
          if (!request.complete) return
          options.complain(`the double failed at ${request.method} ${request.url}: ${String(error)}`)
          response.destroy()
        })
        .finally(() => {
          this.underWay -= 1
          options.recorder.onEntry()
        })
    })
    this.server.on('connection', (socket) => {
      if (this.#resets) {
        socket.resetAndDestroy()
        return
      }
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** Where it listens: scheme, host and port. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens: on a free port the first time, on the same one after an outage. */
  async listen(): Promise<void> {
    this.#resets = false
    if (this.server.listening) return
    await new Promise<void>((resolve) => this.server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.server.address() as AddressInfo).port
  }

  /** Cuts every connection, WebSockets too, and refuses or resets new ones until `listen`. */
  async outage(how: 'refuse' | 'reset'): Promise<void> {
    this.#resets = how === 'reset'
    if (how === 'refuse') this.server.close()
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { world, faults, recorder } = this.#options
    const { method = 'GET', url = '/' } = request
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const parsed = new URL(url, 'http://double')
    const matched = route(method, parsed.pathname)
    const call = recorder.note({
      route: matched?.route.name ?? 'unknown',
      method,
      path: url,
      args: {},
      body: raw.toString('latin1'),
      headers: request.headers,
      at: world.clock.now(),
    })
    const read = await readBody(request.headers['content-type'], raw, () => this.#attachmentMaker())
    call.args = isObject(read.json) ? read.json : { list: read.json }
    const fault = matched && faults.take(matched.route.name, call.args)
    if (fault) call.fault = fault
    const reply = await this.#underFault(fault, response, () =>
      this.#answer(request, matched, parsed, read, call),
    )
    if (reply) this.#send(response, reply, call, matched)
  }

  #attachmentMaker() {
    const { world } = this.#options
    return (filename: string, size: number, type: string): APIAttachment => {
      const id = world.nextId()
      const url = `${this.origin}/attachments/${id}/${encodeURIComponent(filename)}`
      return { id, filename, size, url, proxy_url: url, content_type: type || 'application/octet-stream' }
    }
  }

  /** Lets a fault have its way. Undefined: no answer is to be sent. */
  async #underFault(
    fault: Fault | undefined,
    response: ServerResponse,
    act: () => Reply,
  ): Promise<Reply | undefined> {
    if (!fault) return act()
    if (fault.kind === 'error') return refusal(new Refusal(fault.code, [], fault.status))
    if (fault.kind === 'rate-limited') return limited(fault.retryAfterSeconds, fault.global)
    if (fault.kind === 'slow' && fault.when === 'before') {
      await ownPause(fault.ms)
      return act()
    }
    const reply = fault.when === 'after' ? act() : undefined
    if (fault.kind === 'slow') {
      await ownPause(fault.ms)
      return reply
    }
    if (fault.kind === 'status')
      return { status: fault.status, body: { message: `${fault.status}: Server Error`, code: 0 } }
    if (fault.kind === 'garbled') return { status: 200, body: '<html>not what you asked for' }
    if (fault.kind === 'reset') response.socket?.resetAndDestroy()
    return undefined
  }

  #answer(
    request: IncomingMessage,
    matched: Matched | undefined,
    url: URL,
    read: Awaited<ReturnType<typeof readBody>>,
    call: Call,
  ): Reply {
    const { world, handlers, judge, limits, complain } = this.#options
    try {
      if (!/^DiscordBot \(\S+, \S+\)/.test(request.headers['user-agent'] ?? ''))
        throw new Refusal(Code.CloudflareIsBlockingYourRequest)
      if (!url.pathname.startsWith('/api/v10/')) throw new Refusal(Code.InvalidAPIVersion)
      if (!matched) {
        complain(`a route that this double does not know: ${request.method} ${url.pathname}`)
        return notFound()
      }
      const { route: found, params } = matched
      const byToken = found.name === 'callback' || found.path.startsWith('/webhooks/')
      const authorised = request.headers.authorization === `Bot ${world.application.token}`
      if (!byToken && !authorised) throw new Refusal(Code.GeneralError)
      const wait = byToken ? undefined : limits.take(found.name, params)
      if (wait) return limited(wait.seconds, wait.global)
      if (read.refused) throw new Refusal(Code.InvalidFormBodyOrContentType, [read.refused])
      const body = isObject(read.json) ? read.json : {}
      const list = Array.isArray(read.json) ? read.json : []
      const reply = handlers[found.name]({ params, query: url.searchParams, body, list, files: read.files })
      call.applied = true
      if (reply.wrote?.ephemeralFor) call.privateTo = reply.wrote.ephemeralFor.id
      const asked = judge.request(found, read.json)
      if (asked) complain(`the bot's request is against Discord's document: ${asked}`)
      const answered = judge.answer(found, reply.status, reply.body)
      if (answered) complain(`the double's own answer is against Discord's document: ${answered}`)
      return reply
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const answered = matched && judge.answer(matched.route, error.status, error.body)
      if (answered) complain(`the double's own refusal is against Discord's document: ${answered}`)
      return refusal(error)
    }
  }

  #send(response: ServerResponse, reply: Reply, call: Call, matched: Matched | undefined): void {
    if (response.destroyed) return
    const headers: Record<string, string> = matched
      ? this.#options.limits.headers(matched.route.name, matched.params)
      : {}
    const body = reply.body
    if (reply.status === 429 && isObject(body)) {
      headers['Retry-After'] = String(body['retry_after'])
      headers['X-RateLimit-Scope'] = body['global'] === true ? 'global' : 'user'
      if (body['global'] === true) headers['X-RateLimit-Global'] = 'true'
      headers['X-RateLimit-Remaining'] = '0'
      headers['X-RateLimit-Reset-After'] = String(body['retry_after'])
    }
    call.answer = { status: reply.status, body }
    if (body === undefined) response.writeHead(reply.status, headers).end()
    else if (typeof body === 'string')
      response.writeHead(reply.status, { ...headers, 'Content-Type': 'application/json' }).end(body)
    else {
      const json = JSON.stringify(body)
      response
        .writeHead(reply.status, {
          ...headers,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(json),
        })
        .end(json)
    }
  }
}

function route(method: string, pathname: string): Matched | undefined {
  try {
    return matchRoute(method, pathname.replace(/^\/api\/v\d+/, ''))
  } catch {
    return undefined
  }
}

function refusal(error: Refusal): Reply {
  return { status: error.status, body: error.body }
}

function limited(seconds: number, global: boolean): Reply {
  return {
    status: 429,
    body: { message: 'You are being rate limited.', code: 0, retry_after: seconds, global } satisfies Json,
  }
}
