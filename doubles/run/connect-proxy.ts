import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** An HTTP proxy that does nothing but CONNECT (RFC 9110 §9.3.6), and knows a few hosts that no name server knows. */
export interface ConnectProxy {
  /** As `HTTPS_PROXY` takes it, with the login when it asks for one. */
  readonly url: string
  /** Every host and port that was asked for, those that were refused among them, oldest first. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

interface ConnectProxyOptions {
  /** The ports of this machine behind each `host:port`. */
  readonly hosts: Readonly<Record<string, number>>
  /** `user:password` without which it answers 407. */
  readonly login?: string
}

/** Opens one on loopback. */
export async function connectProxy({ hosts, login }: ConnectProxyOptions): Promise<ConnectProxy> {
  const asked: string[] = []
  const open = new Set<Socket>()
  const expected = login && `Basic ${Buffer.from(login).toString('base64')}`
  const server = createServer((_request, response) => void response.writeHead(405).end())
  server.on('connection', (socket) => {
    // As real proxies do: what is small must not wait for an answer that does not come.
    socket.setNoDelay(true)
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  server.on('connect', (request, socket, head) => {
    const host = request.url ?? ''
    asked.push(host)
    if (expected && request.headers['proxy-authorization'] !== expected)
      return void socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n',
      )
    const port = hosts[host]
    if (port === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    const target = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      if (head.length > 0) target.write(head)
      target.pipe(socket).pipe(target)
    })
    target.on('error', () => socket.destroy())
    target.on('close', () => socket.destroy())
    socket.on('close', () => target.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${login ? `${login}@` : ''}127.0.0.1:${port}`,
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
