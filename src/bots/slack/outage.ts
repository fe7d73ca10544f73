import type { Log } from '../../core/log.ts'

/** One line a minute while Slack cannot be reached, and one when it is back. */
export interface Outage {
  down(code: string): void
  up(): void
  /** Whether the last try went well; true before the first. */
  readonly isUp: boolean
}

const lineEveryMs = 60_000

/** @param clock ms, only ever compared with itself */
export function outage(log: Log, clock: () => number = () => performance.now()): Outage {
  let tries = 0
  let saidAt: number | undefined
  return {
    down(code) {
      tries++
      if (saidAt !== undefined && clock() - saidAt < lineEveryMs) return
      saidAt = clock()
      log({ event: 'platform-down', platform: 'slack', code, tries })
    },
    up() {
      if (tries > 0) log({ event: 'platform-up', platform: 'slack' })
      tries = 0
      saidAt = undefined
    },
    get isUp() {
      return tries === 0
    },
  }
}
