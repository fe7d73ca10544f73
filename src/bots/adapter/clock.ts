/** The time, and what happens when it has passed. */
export interface Clock {
  /** ms since epoch. */
  now(): number
  /** Runs `work` once after `ms`; the answer takes it back. */
  after(ms: number, work: () => void): () => void
}

/** The process' own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}
