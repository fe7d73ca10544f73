import { withinOr } from '../../core/deadline.ts'
import type { InFlight } from './in-flight.ts'
import type { Outage } from './outage.ts'
import type { Wipes } from './wipes.ts'

/** Kept of the deadline for wiping what stands on screens, ms. */
const wipeMs = 2_000

interface ShutdownParts {
  /** Hears nobody new. Whoever still waits for an answer gets it before, within `deadlineMs`. */
  close(deadlineMs: number): Promise<void>
  readonly underWay: InFlight
  readonly wipes: Wipes
  readonly outage: Outage
}

/**
 * The order in which every bot stops: nobody new is heard, what is in flight ends, and then what stands on screens has
 * what is left of the time, and is wiped. Resolves after `deadlineMs` at the latest; how many were left unfinished. Does not reject.
 */
export async function shutdown(
  { close, underWay, wipes, outage }: ShutdownParts,
  deadlineMs: number,
): Promise<number> {
  const until = performance.now() + deadlineMs
  // What is in flight goes on meanwhile, and what still comes in is waited for after it.
  await withinOr(
    close(deadlineMs).catch(() => {}),
    deadlineMs,
    'late',
  )
  await underWay.drained(until - performance.now() - wipeMs)
  void underWay.run(wipes.end(until - performance.now() - wipeMs))
  const unfinished = await underWay.drained(until - performance.now())
  outage.end()
  return unfinished
}
