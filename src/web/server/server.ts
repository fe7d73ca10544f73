import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { WebApp } from '../api/app.ts'
import { problem } from '../api/problems.ts'
import type { RequestInfo } from '../api/serve.ts'
import type { Network } from './address.ts'
import { connectionCap } from './connections.ts'
import { securityHeaders } from './headers.ts'
import { health, type Ready } from './health.ts'
import { type ServerLimits, serverLimits } from './limits.ts'
import { shutdown } from './shutdown.ts'

/** What somebody else serves on the same port, at exactly this path. */
export interface Mounted {
  readonly path: string
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** Where to listen, and what answers there. */
interface ServerParts {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly publicUrl: string
  readonly trustedProxies: readonly Network[]
  /** The one-time links, when they are on. */
  readonly web?: WebApp
  readonly mounted: readonly Mounted[]
  readonly ready: Ready
  /** What whoever watches over the process should know, one sentence each, without an id; shown by `/readyz`. */
  readonly details?: () => readonly string[]
  readonly limits?: Partial<ServerLimits>
}

/** A server whose port is open. */
export interface Listening {
  readonly host: string
  readonly port: number
  /** Answers nothing new, waits for what is being answered for at most `deadlineMs`; how many were cut off. */
  stop(deadlineMs: number): Promise<number>
}

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
    stop: (deadlineMs) => shutdown(server, deadlineMs, () => answering),
  }
}

/** Health first, in every mode; then the links. */
function answerer({ web, ready, details, publicUrl }: ServerParts) {
  const healthOf = health(ready, publicUrl, details)
  return (
    request: Request,
    { incoming }: { incoming: { readonly url?: string | undefined; readonly socket: Socket } },
  ) => {
    const info: RequestInfo = { address: incoming.socket.remoteAddress ?? '' }
    return (
      healthOf(request.method, pathOf(incoming.url)) ??
      web?.fetch(request, info) ??
      problem('not-found', publicUrl)
    )
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
