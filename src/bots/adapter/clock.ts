/** The time, and what happens when it has passed. */
export interface Clock {
  /** ms since epoch. */
  now(): number
  /** Runs `act` once after `ms`; the answer takes it back. */
  after(ms: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}
