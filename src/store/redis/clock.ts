import type { Connection } from './connection.ts'

/** How long a measured offset holds, ms: two clocks drift apart by far less than a millisecond in it. */
const holdsMs = 5_000

const readings = 3

/** Redis' clock without a call each time: its `TIME`, carried on by this process' monotonic clock. */
export function redisClock(connection: Connection, fixed: (() => number) | undefined): () => Promise<number> {
  let offset = 0
  let measuredAt = Number.NEGATIVE_INFINITY
  let measuring: Promise<void> | undefined

  /** The reading that came back fastest is the least wrong: the first may have waited for the connection. */
  async function measure(): Promise<void> {
    let fastest = Number.POSITIVE_INFINITY
    for (let reading = 0; reading < readings; reading++) {
      const sent = performance.now()
      const [seconds, micros] = (await connection.call('TIME')) as Buffer[]
      measuredAt = performance.now()
      const took = measuredAt - sent
      if (took < fastest) offset = Number(seconds) * 1000 + Number(micros) / 1000 - (sent + took / 2)
      fastest = Math.min(took, fastest)
    }
  }

  return async () => {
    if (fixed) return fixed()
    if (performance.now() - measuredAt > holdsMs) {
      measuring ??= measure().finally(() => {
        measuring = undefined
      })
      await measuring
    }
    return Math.floor(performance.now() + offset)
  }
}
