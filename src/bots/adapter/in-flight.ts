import { withinOr } from '../../core/deadline.ts'

/** What is under way, so that stopping can wait for it. */
export interface InFlight {
  /** Counts `work` until it ends; hands its result on. */
  run<T>(work: Promise<T>): Promise<T>
  /** Resolves when nothing is left, or after `deadlineMs`; how many are left. */
  drained(deadlineMs: number): Promise<number>
}

/** Nothing is under way yet. */
export function inFlight(): InFlight {
  const works = new Set<Promise<unknown>>()
  return {
    async run(work) {
      works.add(work)
      try {
        return await work
      } finally {
        works.delete(work)
      }
    },
    async drained(deadlineMs) {
      const until = performance.now() + deadlineMs
      // What is in flight may begin more, so look again until nothing is left.
      while (works.size > 0) {
        const ended = await withinOr(Promise.allSettled(works), until - performance.now(), 'late')
        if (ended === 'late') break
      }
      return works.size
    },
  }
}
