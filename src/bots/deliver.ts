import { withinOr } from '../core/deadline.ts'
import type { Delivery, Surface } from './adapter/platform.ts'
import type { RevealView } from './adapter/view.ts'

/** Attempts to show one secret, all on the same surface. */
const maxAttempts = 3

/** Time in hand that settling needs before the lease ends, ms. */
const settleMs = 2_000

/** Between the attempts, longer each time: most of what resets a connection is over in a moment. ms */
const pauseMs = 250

const tooLate: Delivery = { why: 'ambiguous', code: 'lease_over' }

interface Outcome {
  /** `hidden`: proven that nobody saw it. */
  readonly why: 'shown' | 'hidden' | 'doubtful'
  readonly code: string
}

/**
 * Shows `view` on one surface within the `leftMs` of the lease that are left. An ambiguous attempt is repeated there and nowhere else; once one was
 * ambiguous, no later refusal can prove any more that nothing was shown.
 */
export async function deliver(
  surface: Surface,
  view: RevealView,
  leftMs: number,
  clock: () => number = () => performance.now(),
): Promise<Outcome> {
  const deadline = clock() + leftMs - settleMs
  // The claim took so long that what is shown now could not be settled any more.
  if (clock() >= deadline) return { why: 'hidden', code: 'lease_over' }
  let doubt: string | undefined
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const delivery = await withinOr(surface.show(view, attempt), deadline - clock(), tooLate)
    if (delivery.why === 'ok') return { why: 'shown', code: 'ok' }
    if (delivery.why === 'definitive' && doubt === undefined) return { why: 'hidden', code: delivery.code }
    if (delivery.why === 'ambiguous') doubt = delivery.code
    if (clock() >= deadline || attempt === maxAttempts) break
    await pause(Math.min(attempt * pauseMs, deadline - clock()))
  }
  return { why: 'doubtful', code: doubt ?? 'deadline' }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
