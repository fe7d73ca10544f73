import type { Log } from '../../core/log.ts'
import type { Clock } from './clock.ts'
import type { Platform } from './platform.ts'

/** One log line a minute while a platform cannot be reached, and one when it is back. */
export interface Outage {
  /** @param graceMs how long to wait before the first line: a connection may be asked to come back now and then */
  down(code: string, graceMs?: number): void
  up(): void
  /** Whether the last try went well; true before the first. */
  readonly isUp: boolean
  /** No more lines, whatever still fails. */
  end(): void
}

interface OutageParts {
  readonly platform: Platform['name']
  readonly log: Log
  readonly clock: Clock
  /** Somebody tries until it is back. Where nobody does, because the platform calls us, a line needs a failure. */
  readonly keepsTrying: boolean
}

const lineEveryMs = 60_000

/** The outages of one platform, from a first try that has not failed. */
export function outage({ platform, log, clock, keepsTrying }: OutageParts): Outage {
  let tries = 0
  let code = ''
  /** How many tries the last line knew of; 0 before there was one. */
  let loggedTries = 0
  let cancel: (() => void) | undefined
  let ended = false

  function write(): void {
    cancel = clock.after(lineEveryMs, again)
    loggedTries = tries
    log({ event: 'platform-down', platform, code, tries })
  }

  function again(): void {
    cancel = undefined
    if (keepsTrying || tries > loggedTries) write()
  }

  function reset(): void {
    cancel?.()
    cancel = undefined
    tries = 0
    loggedTries = 0
  }

  return {
    down(latest, graceMs = 0) {
      if (ended) return
      tries++
      code = latest
      // The first line waits for the grace, unless something that has none fails meanwhile.
      if (loggedTries === 0 && graceMs > 0) cancel ??= clock.after(graceMs, write)
      else if (loggedTries === 0 || cancel === undefined) {
        cancel?.()
        write()
      }
    },
    up() {
      if (loggedTries > 0) log({ event: 'platform-up', platform })
      reset()
    },
    get isUp() {
      return tries === 0
    },
    end() {
      ended = true
      reset()
    },
  }
}
