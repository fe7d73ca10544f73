import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { outage } from '../../../src/bots/adapter/outage.ts'
import type { LogEvent } from '../../../src/core/log.ts'

function begin(over: Partial<Parameters<typeof outage>[0]> = {}) {
  const log: LogEvent[] = []
  // It stands still until it is pushed.
  const clock = doubleClock({ now: () => 0 })
  const note = (event: LogEvent) => void log.push(event)
  return { log, clock, out: outage({ platform: 'discord', log: note, clock, keepsTrying: true, ...over }) }
}

describe.each(['slack', 'discord'] as const)('an outage of %s', (platform) => {
  it('is one line a minute, and one when it is over', () => {
    const { log, clock, out } = begin({ platform })
    for (let time = 0; time < 10; time++) out.down('ECONNREFUSED')
    expect(log).toHaveLength(1)
    for (let minute = 0; minute < 3; minute++) clock.advance(60_000)
    expect(log).toHaveLength(4)
    expect(log.at(-1)).toEqual({ event: 'platform-down', platform, code: 'ECONNREFUSED', tries: 10 })
    out.up()
    out.up()
    clock.advance(600_000)
    expect(log.slice(4)).toEqual([{ event: 'platform-up', platform }])
  })

  it('is said once a minute, however often it is tried', () => {
    const { log, clock, out } = begin({ platform })
    for (let second = 0; second < 150; second++) {
      out.down('ECONNREFUSED')
      clock.advance(1_000)
    }
    expect(log).toHaveLength(3)
    expect(log.at(-1)).toMatchObject({ tries: 120 })
    expect(out.isUp).toBe(false)
    out.up()
    out.up()
    expect(log).toHaveLength(4)
    expect(out.isUp).toBe(true)
  })

  it('is not said of a connection that comes back at once', () => {
    const { log, clock, out } = begin({ platform })
    out.down('reconnecting', 5_000)
    clock.advance(4_000)
    out.up()
    clock.advance(60_000)
    expect(log).toEqual([])
    out.down('reconnecting', 5_000)
    clock.advance(5_000)
    expect(log).toHaveLength(1)
  })

  it('is said at once when something fails that has no grace, and not twice', () => {
    const { log, clock, out } = begin({ platform })
    out.down('reconnecting', 5_000)
    out.down('close_4004')
    out.down('reconnecting', 5_000)
    clock.advance(59_000)
    expect(log).toEqual([{ event: 'platform-down', platform, code: 'close_4004', tries: 2 }])
    clock.advance(1_000)
    expect(log).toHaveLength(2)
  })

  it('is not spoken of any more after its end', () => {
    const { log, clock, out } = begin({ platform })
    out.down('ECONNREFUSED')
    out.end()
    out.down('ECONNREFUSED')
    clock.advance(600_000)
    expect(log).toHaveLength(1)
  })

  it('needs a failure for each line where nobody tries again by himself', () => {
    const { log, clock, out } = begin({ platform, keepsTrying: false })
    out.down('TimeoutError')
    clock.advance(600_000)
    expect(log).toHaveLength(1)
    out.down('TimeoutError')
    out.down('TimeoutError')
    expect(log).toHaveLength(2)
    clock.advance(60_000)
    expect(log).toHaveLength(3)
    expect(log.at(-1)).toMatchObject({ tries: 3 })
    clock.advance(600_000)
    expect(log).toHaveLength(3)
    out.up()
    expect(log).toHaveLength(4)
  })
})
