import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly body: string
}

/** One connection that asks and waits in turn, with as little of a client as HTTP allows: the server is what is measured. */
export interface RawConnection {
  get(path: string): Promise<RawAnswer>
  post(path: string, body: string): Promise<RawAnswer>
  close(): void
}

/** Opens one to this port of the loopback. */
export async function rawConnection(port: number): Promise<RawConnection> {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  let buffered = ''
  let answered: (answer: RawAnswer) => void = () => undefined
  socket.setEncoding('latin1').on('data', (part: string) => {
    buffered += part
    const headEnd = buffered.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(buffered)?.[1] ?? 0)
    if (buffered.length < headEnd + 4 + length) return
    const answer = { status: Number(buffered.slice(9, 12)), body: buffered.slice(headEnd + 4) }
    buffered = ''
    answered(answer)
  })

  function ask(text: string): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      answered = resolve
      socket.once('error', reject)
      socket.write(text, () => socket.off('error', reject))
    })
  }

  return {
    get: (path) => ask(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`),
    post: (path, body) =>
      ask(
        `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nSotto-Request: 1\r\n` +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      ),
    close: () => socket.destroy(),
  }
}
