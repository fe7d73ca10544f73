/** What is under way, so that stopping can wait for it. */
export interface Flight {
  /** Counts `work`, which must not reject, until it ends. */
  track(work: Promise<unknown>): void
  /** Resolves when nothing is left, or after `deadlineMs`; how many are left. */
  landed(deadlineMs: number): Promise<number>
}

export function flight(): Flight {
  const inFlight = new Set<Promise<unknown>>()
  return {
    track(work) {
      inFlight.add(work)
      void work.finally(() => inFlight.delete(work))
    },
    async landed(deadlineMs) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const deadline = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), Math.max(0, deadlineMs))
      })
      // What is in flight may begin more, so look again until nothing is left.
      while (inFlight.size > 0) {
        if ((await Promise.race([Promise.allSettled(inFlight), deadline])) === 'late') break
      }
      clearTimeout(timer)
      return inFlight.size
    },
  }
}
