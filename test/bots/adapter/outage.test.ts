import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { outage } from '../../../src/bots/adapter/outage.ts'
import type { LogEvent } from '../../../src/core/log.ts'

function notebook() {
  const log: LogEvent[] = []
  return { log, note: (event: LogEvent) => void log.push(event) }
}

describe('an outage', () => {
  it('is one line a minute, and one when it is over', () => {
    const { log, note } = notebook()
    const clock = doubleClock()
    const { down, up } = outage(note, clock)
    for (let time = 0; time < 10; time++) down('ECONNREFUSED')
    expect(log).toHaveLength(1)
    for (let minute = 0; minute < 3; minute++) clock.advance(60_000)
    expect(log).toHaveLength(4)
    expect(log.at(-1)).toEqual({
      event: 'platform-down',
      platform: 'discord',
      code: 'ECONNREFUSED',
      tries: 10,
    })
    up()
    up()
    clock.advance(600_000)
    expect(log.slice(4)).toEqual([{ event: 'platform-up', platform: 'discord' }])
  })

  it('is not said of a connection that comes back at once', () => {
    const { log, note } = notebook()
    const clock = doubleClock()
    const { down, up } = outage(note, clock)
    down('reconnecting', 5_000)
    clock.advance(4_000)
    up()
    clock.advance(60_000)
    expect(log).toEqual([])
    down('reconnecting', 5_000)
    clock.advance(5_000)
    expect(log).toHaveLength(1)
  })
})
