/** Where the double reads the time, in milliseconds since the epoch. */
export interface Clock {
  now(): number
}

/** A clock that runs by itself and can be pushed ahead, so that tests wait for nothing. */
export interface MovableClock extends Clock {
  /** Pushes the clock ahead by so many milliseconds. */
  advance(milliseconds: number): void
}

/** Wraps a clock so that it can be pushed ahead. */
export function movableClock(base: Clock = { now: () => Date.now() }): MovableClock {
  let ahead = 0
  return {
    now: () => base.now() + ahead,
    advance: (milliseconds) => {
      ahead += milliseconds
    },
  }
}
