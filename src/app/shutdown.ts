import { within } from '../core/deadline.ts'
import { codeOf, type Log } from '../core/log.ts'

/** What has to end when Sotto stops, and in which order. */
interface Shutdown {
  /** Adds what people reach us through: it ends first, beside the others. `end` gives how much it left unfinished. */
  drains(end: (deadlineMs: number) => Promise<number>): void
  /** Adds what must outlive that: it closes afterwards, the last opened first. */
  closes(close: (deadlineMs: number) => Promise<unknown>): void
  /** Ends everything. What takes longer than `drainMs` is given up within a second; how much was left unfinished. */
  stop(drainMs: number): Promise<number>
}

/** After the drain: how long what drains has to give up, and how long everything has to be closed, ms. */
const givingUpMs = 500
const closedMs = 1_000

/** Nothing to end yet. @param clock ms, never set back */
export function shutdown(log: Log, clock: () => number = () => performance.now()): Shutdown {
  const draining: ((deadlineMs: number) => Promise<number>)[] = []
  const closing: ((deadlineMs: number) => Promise<unknown>)[] = []
  return {
    drains: (end) => void draining.push(end),
    closes: (close) => void closing.unshift(close),
    async stop(drainMs) {
      const until = clock() + drainMs
      const left = () => Math.max(0, until - clock())
      const unfinished = await Promise.all(
        // What does not even end in time has left something unfinished.
        draining.map((end) => within(end(drainMs), drainMs + givingUpMs).catch(() => 1)),
      )
      for (const close of closing) {
        await within(close(left()), until + closedMs - clock()).catch((error: unknown) =>
          log({ event: 'store-failed', call: 'close', code: codeOf(error) }),
        )
      }
      return unfinished.reduce((sum, count) => sum + count, 0)
    },
  }
}
