import type { DatabaseSync } from 'node:sqlite'
import { printId } from '../../core/format/id.ts'
import type { DueErrand } from '../../core/store.ts'
import { finishedMs, overMs } from '../../core/store.ts'
import { sameBytes } from '../codes.ts'
import type { Planned } from '../planned.ts'
import { type Bytes, nowhere } from './bytes.ts'

/** A row of `errand`. Times are ms since epoch. */
interface Row {
  readonly n: number
  readonly id: Uint8Array
  readonly name: string
  /** When `errands()` must look next: due, the end of a hold, or of a finished one's last trace. */
  readonly due: number
  readonly until: number
  readonly held: number
  readonly tries: number
  /** Where its note is; `nowhere`: it is finished. */
  readonly place: number
  readonly mark: Uint8Array
}

/** Which errand, by the bytes of its id. */
interface Which {
  readonly id: Uint8Array
  readonly name: string
}

/** Rows looked at beyond the limit, because some have nothing left but their trace. */
const alsoLookedAt = 64

/** The errands of a file. All but `idle` runs inside a write transaction. `erased` is told that a note went. */
export function errandRows(db: DatabaseSync, bytes: Bytes, now: () => number, erased: () => void) {
  const findRow = db.prepare('SELECT * FROM errand WHERE id = ? AND name = ?')
  const dueRows = db.prepare('SELECT * FROM errand WHERE due <= ? ORDER BY due LIMIT ?')
  const insert = db.prepare(
    'INSERT INTO errand (id, name, due, until, held, tries, place, mark) VALUES (?, ?, ?, ?, 0, 0, ?, ?)',
  )
  const remove = db.prepare('DELETE FROM errand WHERE n = ?')
  const hold = db.prepare('UPDATE errand SET due = ?, held = ?, tries = ? WHERE n = ?')
  const end = db.prepare('UPDATE errand SET due = ?, place = 0 WHERE n = ?')

  /** The row, unless only a trace is left of which the time is over. */
  function find({ id, name }: Which): Row | undefined {
    const row = findRow.get(id, name) as unknown as Row | undefined
    return row && traceEnds(row) > now() ? row : undefined
  }

  /** The errand if it is still owed, and still the one that is meant. */
  function owed(which: Which, mark: Uint8Array | undefined): Row | undefined {
    const row = find(which)
    const replaced = mark !== undefined && row !== undefined && !sameBytes(row.mark, mark)
    return row === undefined || row.place === nowhere || replaced ? undefined : row
  }

  function forget({ n, place }: Pick<Row, 'n' | 'place'>): void {
    remove.run(n)
    bytes.drop(place)
    if (place !== nowhere) erased()
  }

  function owe(errands: readonly Planned[]): void {
    for (const { id, name, dueAt, until, note, mark } of errands) {
      const old = findRow.get(id, name) as unknown as Row | undefined
      if (old) forget(old)
      insert.run(id, name, dueAt, until, bytes.keep(note), mark)
    }
  }

  function finish(which: Which, mark?: Uint8Array): void {
    const row = owed(which, mark)
    if (row === undefined) return
    end.run(now() + finishedMs, row.n)
    bytes.drop(row.place)
    erased()
  }

  function handOut(row: Row, holdMs: number): DueErrand {
    const heldUntil = now() + holdMs
    hold.run(heldUntil, heldUntil, row.tries + 1, row.n)
    const { id, name, due, until, tries, place } = row
    const note = new Uint8Array(bytes.read(place))
    return { id: printId(id), name, dueAt: due, until, tries, note, over: until <= now() }
  }

  return {
    /** Plans them, whatever there was. */
    owe,

    /** Plans those of them that are no resend. */
    plan(errands: readonly Planned[]): void {
      for (const errand of errands) {
        const old = find(errand)
        if (old === undefined || !sameBytes(old.mark, errand.mark)) owe([errand])
      }
    },

    finish,

    cancel(id: Uint8Array, names: readonly string[]): void {
      for (const name of names) finish({ id, name })
    },

    postpone(which: Which, dueAt: number, of?: { readonly mark: Uint8Array; readonly tries: number }): void {
      const row = owed(which, of?.mark)
      if (row) hold.run(Math.min(dueAt, row.until), 0, of?.tries ?? row.tries, row.n)
    },

    /** Whether nothing is due. */
    idle: () => dueRows.get(now(), 1) === undefined,

    due(limit: number, holdMs: number): DueErrand[] {
      const found: DueErrand[] = []
      for (const row of dueRows.all(now(), limit + alsoLookedAt) as unknown as Row[]) {
        if (found.length === limit) break
        if (traceEnds(row) <= now()) forget(row)
        else found.push(handOut(row, holdMs))
      }
      return found
    },

    only(limit: number, holdMs: number, which: readonly Which[]): DueErrand[] {
      return which
        .flatMap((each) => owed(each, undefined) ?? [])
        .filter(({ held }) => held <= now())
        .slice(0, limit)
        .map((row) => handOut(row, holdMs))
    },
  }
}

/** The errands of one handle. */
export type ErrandRows = ReturnType<typeof errandRows>

/** When the last trace of a row goes; a finished one is due then. */
function traceEnds({ due, until, place }: Row): number {
  return place === nowhere ? due : until + overMs
}
