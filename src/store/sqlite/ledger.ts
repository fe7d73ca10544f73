import { code } from '../codes.ts'
import { StoreError } from '../errors.ts'
import type { Envelope } from './overflow.ts'
import { atTime, type Brief, traceEnds } from './rows.ts'
import type { Statements } from './statements.ts'

/** What the verbs share. All of it runs inside a write transaction, and may run again after a rollback. */
export interface Ledger {
  readonly rows: Statements
  /** The store's clock, ms since epoch. */
  now(): number
  /** What `select` found, with what time has made of it written down; undefined when no trace is left. */
  find<Part extends Brief>(found: Part | undefined, now: number): Part | undefined
  keepBytes(n: number, sealed: Uint8Array): void
  bytes(n: number): Uint8Array
  /** Writes the row's terminal state, and takes the bytes in the same step. */
  end<Part extends Brief>(row: Part, now: number): Part
  /** Takes the row and its bytes. */
  forget(n: number): void
}

/** `erased` is told that bytes went, so that their last copy is checkpointed away. */
export function ledger(rows: Statements, envelope: Envelope, now: () => number, erased: () => void): Ledger {
  function dropBytes(n: number): void {
    rows.dropBytes(n)
    erased()
  }

  function end<Part extends Brief>(row: Part, now: number): Part {
    rows.end(row.state, row.changed, now, row.n)
    dropBytes(row.n)
    return row
  }

  return {
    rows,
    now,
    end,

    find(found, now) {
      if (found === undefined) return undefined
      const current = atTime(found, now)
      if (current.state >= code.revealed && traceEnds(current) <= now) return undefined
      return current.state === found.state ? found : end(current, now)
    },

    keepBytes(n, sealed) {
      rows.keepBytes(n, envelope.wrap(sealed))
    },

    bytes(n) {
      const wrapped = rows.bytes(n)
      if (wrapped === undefined) throw new StoreError('unavailable', 'a live record has no bytes')
      return envelope.unwrap(wrapped)
    },

    forget(n) {
      rows.remove(n)
      dropBytes(n)
    },
  }
}
