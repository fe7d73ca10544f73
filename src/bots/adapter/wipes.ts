import { withinOr } from '../../core/deadline.ts'
import type { SecretId } from '../../core/format/id.ts'
import type { Clock } from './clock.ts'
import type { Conversation } from './event.ts'
import type { Platform } from './platform.ts'
import { retry } from './retry.ts'

/** A secret on a screen. */
export interface Standing {
  readonly id: SecretId
  /** When its minute is over, ms since epoch. */
  readonly at: number
  /** `Wiping.note` of its surface. */
  readonly note: string
}

/** The secrets that this process has put on screens: it takes them away in time. What it cannot do is an errand for others. */
export interface Wipes {
  /**
   * Something stands there, in the place of what was noted for the same surface.
   * @param surface the view or message, in the platform's own words
   */
  plan(surface: string, standing: Standing): void
  /** Nothing stands there any more: the person closed it, or it is wiped already. */
  drop(surface: string): void
  /**
   * Waits until all are taken away, for at most `deadlineMs`. The rest stays for another process that lives; where none
   * is known to, it is taken away early, which it says.
   */
  end(deadlineMs: number): Promise<void>
}

interface WipesParts {
  readonly clock: Clock
  readonly platform: Pick<Platform, 'wipe'>
  /** Undefined before the start, when nothing stands anywhere. */
  conversation(): Pick<Conversation, 'wipe' | 'wiped' | 'callOthers' | 'othersAnswered'> | undefined
}

interface Planned extends Standing {
  cancel(): void
}

/** Between the tries of what the store does not keep for others, ms. */
const pauseMs = 1_000

/** Nothing stands on any screen yet. */
export function wipes({ clock, platform, conversation }: WipesParts): Wipes {
  const planned = new Map<string, Planned>()
  const underWay = new Set<Promise<unknown>>()
  let onIdle = () => {}

  function drop(surface: string): void {
    planned.get(surface)?.cancel()
    planned.delete(surface)
    look()
  }

  function look(): void {
    if (planned.size === 0 && underWay.size === 0) onIdle()
  }

  function run(work: Promise<unknown> | undefined): void {
    if (work === undefined) return
    underWay.add(work)
    void work.finally(() => {
      underWay.delete(work)
      look()
    })
  }

  const once = (note: string, isEarly: boolean) =>
    retry(() => platform.wipe(note, isEarly), { pauseMs, again: ({ why }) => why !== 'ok' })

  async function early({ id, note }: Standing): Promise<void> {
    const { why } = await once(note, true)
    // What could not be taken away stays an errand, for whoever starts next.
    if (why === 'ok') await conversation()?.wiped(id)
  }

  return {
    plan(surface, standing) {
      drop(surface)
      const { id, at, note } = standing
      const cancel = clock.after(Math.max(0, at - clock.now()), () => {
        planned.delete(surface)
        run(conversation()?.wipe(id, () => once(note, false)))
      })
      planned.set(surface, { ...standing, cancel })
    },
    drop,
    async end(deadlineMs) {
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve
      })
      look()
      const [asked] = planned.values()
      const isCalled = asked !== undefined && (await conversation()?.callOthers(asked.id))
      await withinOr(idle, deadlineMs, undefined)
      const hasOthers = isCalled && (await conversation()?.othersAnswered(asked.id))
      const left = [...planned]
      for (const [surface] of left) drop(surface)
      if (!hasOthers) await Promise.all(left.map(([, standing]) => early(standing)))
      await Promise.all(underWay)
    },
  }
}
