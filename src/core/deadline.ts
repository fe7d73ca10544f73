/** Thrown by `within`; the work that was waited for goes on. */
export class DeadlineError extends Error {
  readonly code = 'deadline'
  override readonly name = 'DeadlineError'

  constructor() {
    super('no answer in time')
  }
}

const passed = Symbol('the time is over')

/** `work`, waited for at most `ms`; it goes on by itself. @throws DeadlineError when it takes longer, and what `work` throws */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const result = await withinOr(work, ms, passed)
  if (result === passed) throw new DeadlineError()
  return result
}

/** `work`, or `late` when it takes longer than `ms`; it goes on by itself. @throws what `work` throws in time */
export async function withinOr<T, const L>(work: Promise<T>, ms: number, late: L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), Math.max(0, ms))
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
