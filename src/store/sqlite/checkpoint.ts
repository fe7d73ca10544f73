import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { jitter } from '../jitter.ts'
import { isFull } from './busy.ts'
import type { Reserve } from './reserve.ts'
import type { Standing } from './standing.ts'

/** What keeps deleted bytes from staying in the -wal. */
interface Checkpoint {
  /** Bytes were deleted: within a second their old pages leave the -wal, and the -wal is cut to nothing. */
  soon(): void
  /** The same, if anything is in the -wal: a process that was killed may have deleted it. */
  leftBehind(): void
  /** Now. `busy` while another process reads or writes, `full` when the database finds no room to grow. */
  run(): 'done' | 'busy' | 'full'
  stop(): void
}

interface CheckpointParts {
  /** One per so many ms at most. */
  readonly everyMs: number
  /** After so many that failed one after another it is said. */
  readonly patience: number
  readonly standing: Standing
  readonly reserve: Reserve
}

/** Truncating checkpoints, so that deleted bytes do not stay in the -wal. */
export function checkpoint(db: DatabaseSync, path: string, parts: CheckpointParts): Checkpoint {
  const { everyMs, patience, standing, reserve } = parts
  const text = `${path}-wal keeps the sealed bytes of secrets that are gone, because something has been reading the database for long, such as a backup: end it, and copy no live database`
  const truncate = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)')
  let timer: NodeJS.Timeout | undefined
  let failures = 0

  function run(): 'done' | 'busy' | 'full' {
    const result = tried()
    failures = result === 'busy' ? failures + 1 : 0
    if (failures === 0) standing.clear(text)
    else if (failures === patience) standing.raise(text)
    return result
  }

  function tried(): 'done' | 'busy' | 'full' {
    try {
      return truncate.get()?.['busy'] === 0 ? 'done' : 'busy'
    } catch (error) {
      // Locked or out of disk: the next one does it, and until then the secure deletes are in the -wal, synced.
      return isFull(error) ? 'full' : 'busy'
    }
  }

  function later(ms: number): void {
    timer = setTimeout(() => {
      timer = undefined
      const result = run()
      if (result === 'full') reserve.give()
      if (result !== 'done') later(everyMs / 4 + jitter(50))
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
