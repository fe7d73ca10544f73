import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { inFlight } from '../../../src/bots/adapter/in-flight.ts'
import { outage } from '../../../src/bots/adapter/outage.ts'
import { shutdown } from '../../../src/bots/adapter/shutdown.ts'
import { wipes } from '../../../src/bots/adapter/wipes.ts'
import type { LogEvent } from '../../../src/core/log.ts'

const never = new Promise<never>(() => {})

function begin() {
  const clock = doubleClock({ now: () => 0 })
  const log: LogEvent[] = []
  const note = (event: LogEvent) => void log.push(event)
  const underWay = inFlight()
  const parts = {
    underWay,
    wipes: wipes(clock),
    outage: outage({ platform: 'slack', log: note, clock, keepsTrying: true }),
  }
  return { ...parts, clock, log, parts }
}

describe('stopping a bot', () => {
  it('hears nobody new, then finishes what came in, then wipes what that showed', async () => {
    const { underWay, wipes, parts } = begin()
    const steps: string[] = []
    const step = (name: string) =>
      new Promise<void>((resolve) => setImmediate(resolve)).then(() => void steps.push(name))
    const close = async () => {
      await step('closed')
      // Came in last, while the connection was closing.
      void underWay.run(step('shown').then(() => wipes.plan('V1', 60_000, () => step('wiped'))))
    }
    expect(await shutdown({ ...parts, close }, 10_000)).toBe(0)
    expect(steps).toEqual(['closed', 'shown', 'wiped'])
  })

  it('takes no longer than it may, and counts what is left, a wipe too', async () => {
    const { underWay, wipes, parts } = begin()
    void underWay.run(never)
    wipes.plan('V1', 60_000, () => never)
    expect(await shutdown({ ...parts, close: () => never }, 5)).toBe(2)
  })

  it('wipes also when closing fails, and is silent about what cannot be reached from then on', async () => {
    const { wipes, outage, clock, log, parts } = begin()
    const wiped: string[] = []
    wipes.plan('V1', 60_000, async () => void wiped.push('V1'))
    outage.down('ECONNREFUSED')
    expect(await shutdown({ ...parts, close: () => Promise.reject(new Error('no')) }, 10_000)).toBe(0)
    expect(wiped).toEqual(['V1'])
    outage.down('ECONNREFUSED')
    clock.advance(600_000)
    expect(log).toHaveLength(1)
  })
})
