/** Where a double reads the time; ms since epoch. */
export interface TimeSource {
  now(): number
}

/** A clock that a test can push forward. What is due then happens at once, in order. */
export interface Clock extends TimeSource {
  advance(ms: number): void
  /** Runs `act` once `ms` have passed on this clock; the answer takes it back. */
  after(ms: number, act: () => void): () => void
  /** Forgets everything that was still to come. */
  stop(): void
}

interface Due {
  readonly at: number
  readonly act: () => void
  timer?: NodeJS.Timeout
}

/** A clock that follows `source` and the pushes given to it; never keeps the process alive. */
export function doubleClock(source: TimeSource = Date): Clock {
  const waiting = new Set<Due>()
  let pushedMs = 0
  const now = () => source.now() + pushedMs

  const arm = (due: Due) => {
    due.timer = setTimeout(() => (now() >= due.at ? fire(due) : arm(due)), Math.max(1, due.at - now()))
    due.timer.unref()
  }
  const drop = (due: Due) => {
    clearTimeout(due.timer)
    return waiting.delete(due)
  }
  const fire = (due: Due) => {
    if (drop(due)) due.act()
  }

  return {
    now,
    advance(ms) {
      pushedMs += ms
      const ready = [...waiting].filter((due) => due.at <= now()).sort((a, b) => a.at - b.at)
      for (const due of ready) fire(due)
    },
    after(ms, act) {
      const due: Due = { at: now() + ms, act }
      waiting.add(due)
      arm(due)
      return () => void drop(due)
    },
    stop() {
      for (const due of waiting) drop(due)
    },
  }
}
