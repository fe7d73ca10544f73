import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { withinOr } from '../../core/deadline.ts'
import type { RequestInfo, WebApp } from '../api/app.ts'
import { problem } from '../api/problems.ts'
import type { Network } from './address.ts'
import { connectionCap } from './connections.ts'
import { securityHeaders } from './headers.ts'

/** How long, how large and how many; each cuts off early what an honest client never needs. */
export interface ServerLimits {
  /** For a request's headers to arrive, ms. */
  readonly headersMs: number
  /** For a whole request to arrive, ms. */
  readonly requestMs: number
  /** Between two requests of one connection, ms. */
  readonly keepAliveMs: number
  /** Without a byte either way in the middle of a request or an answer, ms. */
  readonly idleMs: number
  /** All headers of one request, bytes. */
  readonly headerBytes: number
  readonly connections: number
  /** Of one address that is not a trusted proxy. */
  readonly connectionsPerAddress: number
  /** Before a connection is closed. */
  readonly requestsPerConnection: number
}

export const serverLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 5_000,
  idleMs: 30_000,
  headerBytes: 8 * 1024,
  connections: 2_048,
  connectionsPerAddress: 256,
  requestsPerConnection: 10_000,
}

/** What somebody else serves on the same port, at exactly this path. */
export interface Mounted {
  readonly path: string
  handle(request: IncomingMessage, response: ServerResponse): void
}

export interface ServerParts {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly publicUrl: string
  readonly trustedProxies: readonly Network[]
  /** The one-time links, when they are on. */
  readonly web?: WebApp
  readonly mounted: readonly Mounted[]
  /** What must be reachable, by name; anything false makes `/readyz` answer 503. */
  readonly ready: () => Promise<Readonly<Record<string, boolean>>>
  readonly limits?: Partial<ServerLimits>
}

export interface Listening {
  readonly host: string
  readonly port: number
  /** Answers nothing new, waits for what is being answered for at most `deadlineMs`; how many were cut off. */
  stop(deadlineMs: number): Promise<number>
}

/** How long `/readyz` waits for an answer, ms. */
const readyMs = 2_000

/** Opens the one port that everything shares. Rejects when it cannot be had. */
export async function webServer(parts: ServerParts): Promise<Listening> {
  const limits = { ...serverLimits, ...parts.limits }
  const mounted = new Map(parts.mounted.map(({ path, handle }) => [path, handle]))
  const pages = getRequestListener(answerer(parts), {
    // Only a request that makes no sense ends here, such as one with an impossible Host.
    errorHandler: () => problem('malformed', parts.publicUrl, { close: true }),
  })
  let answering = 0
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      maxHeaderSize: limits.headerBytes,
      // Node would refuse it by itself, without the table's headers.
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs / 2),
    },
    (request, response) => {
      answering += 1
      response.once('close', () => {
        answering -= 1
      })
      const handle = mounted.get(pathOf(request.url))
      if (handle) handle(request, response)
      else void pages(request, response)
    },
  )
  server.maxRequestsPerSocket = limits.requestsPerConnection
  server.maxConnections = limits.connections
  server.timeout = limits.idleMs
  server.on('connection', connectionCap(limits.connectionsPerAddress, parts.trustedProxies))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refuseBroken(error.code, socket, parts.publicUrl)
  })
  // Nothing here speaks another protocol, waits for a go-ahead or tunnels.
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    response.writeHead(417, { ...securityHeaders('data', parts.publicUrl), connection: 'close' }).end()
  })
  await listen(server, parts)
  const { address, port } = server.address() as AddressInfo
  return {
    host: address,
    port,
    stop: (deadlineMs) => stop(server, deadlineMs, () => answering),
  }
}

/** Health first, in every mode; then the links. */
function answerer({ web, ready, publicUrl }: ServerParts) {
  const plain = (body: string, status: number) =>
    new Response(body, {
      status,
      headers: { ...securityHeaders('data', publicUrl), 'content-type': 'application/json' },
    })

  async function readiness(): Promise<Response> {
    const answer = ready().catch(() => ({ store: false }))
    const parts = await withinOr(answer, readyMs, { answer: false })
    return plain(JSON.stringify(parts), Object.values(parts).every(Boolean) ? 200 : 503)
  }

  return (
    request: Request,
    { incoming }: { incoming: { readonly url?: string | undefined; readonly socket: Socket } },
  ) => {
    const path = pathOf(incoming.url)
    if (path === '/healthz' || path === '/readyz') {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return problem('method-not-allowed', publicUrl, { allow: 'GET, HEAD', close: true })
      return path === '/healthz' ? plain('{"alive":true}', 200) : readiness()
    }
    const info: RequestInfo = { address: incoming.socket.remoteAddress ?? '' }
    return web?.fetch(request, info) ?? problem('not-found', publicUrl)
  }
}

function pathOf(url: string | undefined): string {
  const text = url ?? ''
  const query = text.indexOf('?')
  return query < 0 ? text : text.slice(0, query)
}

/** What Node's parser gave up on still gets an answer with the whole set of headers. */
function refuseBroken(code: string | undefined, socket: Socket, publicUrl: string): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status =
    code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  const headers = Object.entries({
    ...securityHeaders('data', publicUrl),
    connection: 'close',
    'content-length': '0',
  })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status}\r\n${lines}\r\n`, () => socket.destroy())
}

function listen(server: Server, { host, port }: ServerParts): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function stop(server: Server, deadlineMs: number, answering: () => number): Promise<number> {
  const closed = new Promise<'closed'>((resolve) => server.close(() => resolve('closed')))
  server.closeIdleConnections()
  if ((await withinOr(closed, deadlineMs, 'late')) === 'closed') return 0
  const unfinished = answering()
  server.closeAllConnections()
  return unfinished
}
