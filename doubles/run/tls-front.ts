import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'

/** A certificate for names that no name server knows, of an authority that nobody knows but who is told. */
export const certificate = {
  names: ['slack.test', 'discord.test'],
  /** Its file in PEM, as `NODE_EXTRA_CA_CERTS` takes it. */
  path: file('cert.pem'),
} as const

function file(name: string): string {
  return fileURLToPath(new URL(`../../test/fixtures/tls/${name}`, import.meta.url))
}

/** TLS in front of a port of this machine. */
export interface TlsFront {
  readonly port: number
  close(): Promise<void>
}

/** Opens it: what comes in under the certificate goes on to `behind` in clear. */
export async function tlsFront(behind: number): Promise<TlsFront> {
  const [key, cert] = [readFileSync(file('key.pem')), readFileSync(certificate.path)]
  const open = new Set<{ destroy(): void }>()
  const server = createServer({ key, cert, noDelay: true, ALPNProtocols: ['http/1.1'] }, (socket) => {
    const target = connect({ port: behind, host: '127.0.0.1', noDelay: true })
    open.add(socket)
    socket.pipe(target).pipe(socket)
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
