import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { inFlight } from '../../../src/bots/adapter/in-flight.ts'
import { outage } from '../../../src/bots/adapter/outage.ts'
import type { Delivery } from '../../../src/bots/adapter/platform.ts'
import { shutdown } from '../../../src/bots/adapter/shutdown.ts'
import { wipes } from '../../../src/bots/adapter/wipes.ts'
import { printId } from '../../../src/core/format/id.ts'
import type { LogEvent } from '../../../src/core/log.ts'

const never = new Promise<never>(() => {})

function begin() {
  const clock = doubleClock({ now: () => 0 })
  const log: LogEvent[] = []
  const note = (event: LogEvent) => void log.push(event)
  const underWay = inFlight()
  const wiped: string[] = []
  let wipe = async (note: string): Promise<Delivery> => {
    wiped.push(note)
    return { why: 'ok' }
  }
  const stood = wipes({
    clock,
    platform: { wipe: (note) => wipe(note) },
    conversation: () => undefined,
  })
  const stands = (by = wipe) => {
    wipe = by
    stood.plan('V1', { id: printId(new Uint8Array(16)), at: 60_000, note: 'V1' })
  }
  const parts = {
    underWay,
    wipes: stood,
    outage: outage({ platform: 'slack', log: note, clock, keepsTrying: true }),
  }
  return { ...parts, stands, wiped, clock, log, parts }
}

describe('stopping a bot', () => {
  it('hears nobody new, then finishes what came in, then wipes what that showed', async () => {
    const { underWay, stands, parts } = begin()
    const steps: string[] = []
    const step = (name: string) =>
      new Promise<void>((resolve) => setImmediate(resolve)).then(() => void steps.push(name))
    const close = async () => {
      await step('closed')
      // Came in last, while the connection was closing.
      const wipe = () => step('wiped').then(() => ({ why: 'ok' }) as const)
      void underWay.run(step('shown').then(() => stands(wipe)))
    }
    expect(await shutdown({ ...parts, close }, 2_500)).toBe(0)
    expect(steps).toEqual(['closed', 'shown', 'wiped'])
  })

  it('takes no longer than it may, and counts what is left, a wipe too', async () => {
    const { underWay, stands, parts } = begin()
    void underWay.run(never)
    stands(() => never)
    expect(await shutdown({ ...parts, close: () => never }, 5)).toBe(2)
  })

  it('wipes also when closing fails, and is silent about what cannot be reached from then on', async () => {
    const { stands, wiped, outage, clock, log, parts } = begin()
    stands()
    outage.down('ECONNREFUSED')
    expect(await shutdown({ ...parts, close: () => Promise.reject(new Error('no')) }, 2_500)).toBe(0)
    expect(wiped).toEqual(['V1'])
    outage.down('ECONNREFUSED')
    clock.advance(600_000)
    expect(log).toHaveLength(1)
  })
})
