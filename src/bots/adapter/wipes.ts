import type { Clock } from './clock.ts'

/** The secrets that stand on screens now, each to be taken away when its minute is over. */
export interface Wipes {
  /** @param at ms since epoch */
  plan(at: number, wipe: () => Promise<void>): void
  /** Takes all of them away now, whether or not somebody still reads. */
  all(): Promise<void>
}

export function wipes(clock: Clock): Wipes {
  const planned = new Map<() => Promise<void>, () => void>()
  return {
    plan(at, wipe) {
      const cancel = clock.after(Math.max(0, at - clock.now()), () => {
        planned.delete(wipe)
        void wipe()
      })
      planned.set(wipe, cancel)
    },
    async all() {
      const due = [...planned]
      planned.clear()
      await Promise.all(
        due.map(([wipe, cancel]) => {
          cancel()
          return wipe()
        }),
      )
    },
  }
}
