import { ownTime } from '../run/own-time.ts'

/** Where the double reads the time, in milliseconds since the epoch. */
export interface Clock {
  now(): number
}

/** A clock that runs by itself and can be pushed ahead, so that tests wait for nothing. */
export interface MovableClock extends Clock {
  /** The time that the app has had, in milliseconds: for limits of a few seconds, which a busy machine must not use up. */
  given(): number
  /** Pushes the clock ahead by so many milliseconds. */
  advance(milliseconds: number): void
}

/** Wraps a clock, or else the machine's, so that it can be pushed ahead. */
export function movableClock(base?: Clock): MovableClock {
  let ahead = 0
  return {
    now: () => (base ?? Date).now() + ahead,
    given: () => (base?.now() ?? ownTime()) + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds
    },
  }
}
