import type { Log } from '../../core/log.ts'
import type { Clock } from './clock.ts'

/** One log line a minute while Discord cannot be reached, and one when it is back. */
export interface Outage {
  /** @param graceMs how long to wait before the first line: the gateway asks every bot to reconnect now and then */
  down(code: string, graceMs?: number): void
  up(): void
  /** No more lines. */
  end(): void
}

const lineEveryMs = 60_000

export function outage(log: Log, clock: Clock): Outage {
  let tries = 0
  let code = ''
  let said = false
  let cancel: (() => void) | undefined

  function say(): void {
    said = true
    log({ event: 'platform-down', platform: 'discord', code, tries })
    cancel = clock.after(lineEveryMs, say)
  }

  function end(): void {
    cancel?.()
    cancel = undefined
    tries = 0
    said = false
  }

  return {
    down(latest, graceMs = 0) {
      tries++
      code = latest
      if (cancel === undefined && graceMs > 0) cancel = clock.after(graceMs, say)
      else if (!said && graceMs === 0) {
        cancel?.()
        say()
      }
    },
    up() {
      if (said) log({ event: 'platform-up', platform: 'discord' })
      end()
    },
    end,
  }
}
