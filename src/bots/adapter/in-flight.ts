/** What is under way: counted, so that stopping can wait for it. */
export interface Flight {
  /** Counts `work` until it ends; hands its result on. */
  run<T>(work: Promise<T>): Promise<T>
  readonly count: number
  /** Resolves when nothing is left or after `deadlineMs`; how many are left. */
  landed(deadlineMs: number): Promise<number>
}

export function flight(): Flight {
  let count = 0
  const waiting = new Set<() => void>()
  return {
    async run(work) {
      count++
      try {
        return await work
      } finally {
        count--
        if (count === 0) for (const wake of waiting) wake()
      }
    },
    get count() {
      return count
    },
    async landed(deadlineMs) {
      if (count === 0) return 0
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          waiting.delete(done)
          resolve()
        }
        const timer = setTimeout(done, Math.max(0, deadlineMs))
        waiting.add(done)
      })
      return count
    },
  }
}
