import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { jsonLog } from '../../src/app/json-log.ts'
import type { Sink } from '../../src/app/log-output.ts'

const talkative = fileURLToPath(new URL('../fixtures/talkative.ts', import.meta.url))

function failing(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A place that takes so many bytes at once, or nothing for a reason. */
function place() {
  let text = ''
  const now: { atOnce: number; why?: string } = { atOnce: 1e9 }
  const sink: Sink = (bytes) => {
    if (now.why !== undefined) throw failing(now.why)
    const part = Buffer.from(bytes).subarray(0, now.atOnce)
    text += part
    return part.length
  }
  const lines = () =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { sink, now, lines }
}

describe('the log', () => {
  it('writes a line whole that is taken in parts', () => {
    const { sink, now, lines } = place()
    now.atOnce = 7
    const { log } = jsonLog('info', sink)
    log({ event: 'stopping' })
    log({ event: 'stopped', unfinished: 2 })
    expect(lines()).toMatchObject([{ msg: 'stopping' }, { msg: 'stopped', unfinished: 2 }])
  })

  it.each(['ENOSPC', 'EAGAIN', 'EPIPE', 'EIO'])(
    'survives %s, keeps what it can, counts the rest, and says so when it is well again',
    async (why) => {
      const { sink, now, lines } = place()
      const { log, written } = jsonLog('info', sink)
      now.why = why
      for (let line = 0; line < 10_000; line++) log({ event: 'listening', host: 'h', port: line })
      expect(lines()).toEqual([])
      delete now.why
      await written(10_000)
      const all = lines()
      const kept = all.slice(0, -1)
      expect(kept.map(({ port }) => port)).toEqual(kept.map((_, at) => at))
      expect(kept.length).toBeGreaterThan(1_000)
      expect(all.at(-1)).toMatchObject({ msg: 'log-dropped', lines: 10_000 - kept.length })
      log({ event: 'stopping' })
      expect(lines().slice(all.length)).toMatchObject([{ msg: 'stopping' }])
    },
  )

  it('waits for a place that takes nothing no longer than it may', async () => {
    const { sink, now } = place()
    now.why = 'EPIPE'
    const { log, written } = jsonLog('info', sink)
    log({ event: 'stopping' })
    await written(20)
  })

  it('does not wait for a reader of its pipe that has stopped reading', async () => {
    const child = fork(talkative, { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    const closed = once(child, 'close')
    const [said] = await once(child, 'message')
    expect(said).toBe('logged')
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    child.send('read')
    await closed
    const all = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const lines = all.filter(({ msg }) => msg === 'listening').length
    expect(all.find(({ msg }) => msg === 'log-dropped')).toMatchObject({ lines: 20_000 - lines })
    expect(all.at(-1)).toMatchObject({ msg: 'stopping' })
  })
})
