import type { Clock } from './clock.ts'

/** The secrets that stand on screens now, each to be taken away when its minute is over. */
export interface Wipes {
  /**
   * Plans `wipe`, in the place of what was planned for the same surface.
   * @param surface the view or message that a secret stands on, in the platform's own words
   * @param at ms since epoch
   */
  plan(surface: string, at: number, wipe: () => Promise<void>): void
  /** Nothing stands there any more: the person closed it, or it is wiped already. */
  drop(surface: string): void
  /** Takes all of them away now, whether or not somebody still reads. */
  all(): Promise<void>
}

interface Planned {
  cancel(): void
  wipe(): Promise<void>
}

/** Plans on `clock`; nothing is planned yet, and what is ends with the process. */
export function wipes(clock: Clock): Wipes {
  const planned = new Map<string, Planned>()

  function drop(surface: string): void {
    planned.get(surface)?.cancel()
    planned.delete(surface)
  }

  return {
    plan(surface, at, wipe) {
      drop(surface)
      const cancel = clock.after(Math.max(0, at - clock.now()), () => {
        planned.delete(surface)
        void wipe()
      })
      planned.set(surface, { cancel, wipe })
    },
    drop,
    async all() {
      const due = [...planned]
      for (const [surface] of due) drop(surface)
      await Promise.all(due.map(([, { wipe }]) => wipe()))
    },
  }
}
