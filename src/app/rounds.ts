import { withinOr } from '../core/deadline.ts'

/** How often due work is looked for, ms. */
const roundMs = 500

/** How long stopping waits for the round under way at most, ms. */
const lastRoundMs = 5_000

/**
 * Runs rounds one after another, never two at once. The returned function ends them. It waits for the one under way,
 * but for at most `deadlineMs` and not for a platform that does not answer: its news is due again elsewhere.
 */
export function everyRound(round: () => Promise<unknown>): (deadlineMs: number) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout>
  let over = false
  const next = () => {
    last = round()
    void last.then(() => {
      if (!over) timer = setTimeout(next, roundMs)
    })
  }
  timer = setTimeout(next, roundMs)
  return async (deadlineMs) => {
    over = true
    clearTimeout(timer)
    await withinOr(last, Math.min(lastRoundMs, deadlineMs), 'late')
  }
}
