/** Thrown by `within`; the work that was waited for goes on. */
export class DeadlineError extends Error {
  readonly code = 'deadline'
  override readonly name = 'DeadlineError'

  constructor() {
    super('no answer in time')
  }
}

/** Calls `then` once, after `ms`; the answer takes that back. */
export type After = (ms: number, then: () => void) => () => void

const passed = Symbol('the time is over')

/** `work`, waited for at most `ms`; it goes on by itself. @throws DeadlineError when it takes longer, and what `work` throws */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const result = await withinOr(work, ms, passed)
  if (result === passed) throw new DeadlineError()
  return result
}

/** By the machine's own timers, which keep the process alive. */
function byTimer(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

/**
 * `work`, or `late` when it takes longer than `ms`; it goes on by itself.
 * @param after by the machine's own timers unless set
 * @throws what `work` throws in time
 */
export async function withinOr<T, const L>(
  work: Promise<T>,
  ms: number,
  late: L,
  after: After = byTimer,
): Promise<T | L> {
  let cancel: (() => void) | undefined
  const deadline = new Promise<L>((resolve) => {
    cancel = after(Math.max(0, ms), () => resolve(late))
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    cancel?.()
  }
}
