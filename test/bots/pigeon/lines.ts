import type { Socket } from 'node:net'

/** Hands on each whole line that arrives, without its end. */
export function eachLine(socket: Socket, hear: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) hear(line)
  })
}

/** Sends one line. */
export function sendLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`)
}
