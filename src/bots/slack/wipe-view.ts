import type { Api } from './api.ts'
import { wipedView } from './views.ts'

/** The secrets that stand on screens now, each to be wiped when its minute is over. */
export interface Wipes {
  /** @param at ms since epoch */
  plan(viewId: string, at: number): void
  /** The person closed the view. */
  drop(viewId: string): void
  /** Wipes one now, or every one. */
  now(viewId: string): Promise<void>
  all(): Promise<void>
}

const tries = 3
const pauseMs = 1_000

/** @param clock ms since epoch */
export function wipes(api: Api, clock: () => number): Wipes {
  const planned = new Map<string, ReturnType<typeof setTimeout>>()

  function drop(viewId: string): void {
    clearTimeout(planned.get(viewId))
    planned.delete(viewId)
  }

  async function now(viewId: string, attempt = 1): Promise<void> {
    drop(viewId)
    const wiped = await api.call('views.update', { view_id: viewId, view: wipedView }, attempt)
    if (wiped.why === 'ok' || wiped.code === 'not_found' || attempt >= tries) return
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    await now(viewId, attempt + 1)
  }

  return {
    plan(viewId, at) {
      drop(viewId)
      planned.set(
        viewId,
        setTimeout(() => void now(viewId), Math.max(0, at - clock())),
      )
    },
    drop,
    now,
    async all() {
      await Promise.all([...planned.keys()].map((viewId) => now(viewId)))
    },
  }
}
