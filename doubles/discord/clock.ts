import { ownTime } from '../run/own-time.ts'

/** Where a double reads the time; ms since epoch. */
export interface TimeSource {
  now(): number
}

/** A clock that a test can push forward. What is due then happens at once, in order. */
export interface Clock extends TimeSource {
  /** The time that the bot has had, ms: for limits of a few seconds, which a busy machine must not use up. */
  given(): number
  advance(ms: number): void
  /** Runs `act` once the bot has had `ms` more; the answer takes it back. */
  after(ms: number, act: () => void): () => void
  /** Forgets everything that was still to come. */
  stop(): void
}

interface Due {
  readonly at: number
  readonly act: () => void
  timer?: NodeJS.Timeout
}

/** A clock that follows `source`, or else the machine, and the pushes given to it; never keeps the process alive. */
export function doubleClock(source?: TimeSource): Clock {
  const waiting = new Set<Due>()
  let pushedMs = 0
  const now = () => (source ?? Date).now() + pushedMs
  const given = () => (source?.now() ?? ownTime()) + pushedMs

  const arm = (due: Due) => {
    due.timer = setTimeout(() => (given() >= due.at ? fire(due) : arm(due)), Math.max(1, due.at - given()))
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
    given,
    advance(ms) {
      pushedMs += ms
      const ready = [...waiting].filter((due) => due.at <= given()).sort((a, b) => a.at - b.at)
      for (const due of ready) fire(due)
    },
    after(ms, act) {
      const due: Due = { at: given() + ms, act }
      waiting.add(due)
      arm(due)
      return () => void drop(due)
    },
    stop() {
      for (const due of waiting) drop(due)
    },
  }
}
