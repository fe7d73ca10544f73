import { tombstoneMs } from '../../core/store.ts'
import { code } from '../codes.ts'
import type { Bytes } from './bytes.ts'
import type { ErrandRows } from './errands.ts'
import { atTime, type Brief, traceEnds } from './rows.ts'
import type { Statements } from './statements.ts'

/** What the verbs share. All of it runs inside a write transaction, and may run again after a rollback. */
export interface Ledger {
  readonly rows: Statements
  readonly bytes: Bytes
  readonly errands: ErrandRows
  /** The store's clock, ms since epoch. */
  now(): number
  /** Whether the last trace of what was found has gone, as far as a verb but `due` can tell. */
  gone(found: Brief, now: number): boolean
  /** What was found, with what time has made of it written down; undefined when no trace is left. */
  find<Part extends Brief>(found: Part | undefined, now: number): Part | undefined
  /** Writes the row's terminal state, and takes the bytes in the same step. */
  end<Part extends Brief>(row: Part, now: number): Part
  /** Takes the row and its bytes. */
  forget(row: Brief): void
}

/** `erased` is told that bytes went, so that their last copy is checkpointed away. */
export function ledger(
  rows: Statements,
  bytes: Bytes,
  errands: ErrandRows,
  now: () => number,
  erased: () => void,
): Ledger {
  function end<Part extends Brief>(row: Part, now: number): Part {
    rows.end(row.state, row.changed, now, row.n)
    bytes.drop(row.place)
    erased()
    return row
  }

  function gone(found: Brief, now: number): boolean {
    const { state, expires } = atTime(found, now)
    // Whether it owes news is asked of the few whose time has come, and of the rest not even read.
    if (state < code.revealed || expires + tombstoneMs > now) return false
    const row = rows.numbered(found.n)
    return row === undefined || traceEnds(atTime(row, now)) <= now
  }

  return {
    rows,
    bytes,
    errands,
    now,
    end,
    gone,

    find(found, now) {
      if (found === undefined) return undefined
      const current = atTime(found, now)
      if (gone(current, now)) return undefined
      return current.state === found.state ? found : end(current, now)
    },

    forget(row) {
      rows.remove(row.n)
      bytes.drop(row.place)
      erased()
    },
  }
}
