import { connect } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openSite, type Site } from '../../doubles/run/site.ts'

let site: Site

afterEach(() => site.close())

/** Sends `head`, and then `drop` again and again: what the server answered when it hung up, if it did before the 200th. */
function drip(head: string, drop: string): Promise<string> {
  const socket = connect(site.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(head)
  let answer = ''
  socket.on('data', (part) => {
    answer += part
  })
  return new Promise((resolve) => {
    let drops = 0
    const dripping = setInterval(() => {
      socket.write(drop)
      if (++drops === 200) end('waited for')
    }, 50)
    const end = (what: string) => {
      clearInterval(dripping)
      socket.destroy()
      resolve(what)
    }
    socket.once('close', () => end(answer))
  })
}

const never = 600_000

it('headers that trickle have their own time limit, long before that of a whole request', async () => {
  site = await openSite({ limits: { headersMs: 300, requestMs: never, idleMs: never } })
  expect(await drip('GET / HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n')).toContain(' 408 ')
})

it('a body that trickles has the time of a whole request, and no more', async () => {
  site = await openSite({ limits: { headersMs: 300, requestMs: 600, idleMs: never } })
  const ours = 'Content-Type: application/json\r\nSotto-Request: 1\r\nContent-Length: 60000\r\n'
  const head = `POST /api/v1/secrets HTTP/1.1\r\nHost: a\r\n${ours}\r\n`
  expect(await drip(head, '{')).not.toBe('waited for')
})
