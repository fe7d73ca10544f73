import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { jitter } from '../jitter.ts'

/** What keeps deleted bytes from staying in the -wal. */
interface Checkpoint {
  /** Bytes were deleted: within a second their old pages leave the -wal, and the -wal is cut to nothing. */
  soon(): void
  /** The same, if anything is in the -wal: a process that was killed may have deleted it. */
  leftBehind(): void
  /** Now. False while another process reads or writes. */
  run(): boolean
  stop(): void
}

/** Truncating checkpoints, so that deleted bytes do not stay in the -wal: one per `everyMs` at most. */
export function checkpoint(db: DatabaseSync, path: string, everyMs: number): Checkpoint {
  const truncate = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)')
  let timer: NodeJS.Timeout | undefined

  function run(): boolean {
    try {
      return truncate.get()?.['busy'] === 0
    } catch {
      // Locked or out of disk: the next one does it, and until then the secure deletes are in the -wal, synced.
      return false
    }
  }

  function later(ms: number): void {
    timer = setTimeout(() => {
      timer = undefined
      if (!run()) later(everyMs / 4 + jitter(50))
    }, ms)
    timer.unref()
  }

  function soon(): void {
    if (timer === undefined) later(everyMs)
  }

  return {
    soon,
    leftBehind() {
      const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })
      if (wal !== undefined && wal.size > 0) soon()
    },
    run,
    stop() {
      clearTimeout(timer)
    },
  }
}
