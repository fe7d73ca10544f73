import type { DatabaseSync } from 'node:sqlite'
import type { Receipt } from '../../core/store.ts'
import { maxReleases, maxWrongProofs, tombstoneMs } from '../../core/store.ts'
import { code, kindOf, stateOf } from '../codes.ts'

/** One row of `secret`. Times are ms since epoch. */
export interface Row {
  readonly n: number
  readonly id: Uint8Array
  readonly kind: number
  readonly state: number
  readonly created: number
  readonly changed: number
  readonly expires: number
  /** `staged`: until when; `claimed`: the end of the lease; otherwise 0. */
  readonly deadline: number
  readonly due: number
  readonly done: number
  readonly releases: number
  readonly tries: number
  readonly kid: string
  readonly kdf: Uint8Array
  readonly proof: Uint8Array
  readonly recipient: Uint8Array
  readonly owner: Uint8Array
  readonly receipt: Uint8Array
  /** The claim id that has or last had the bytes. */
  readonly claim: Uint8Array | null
  readonly actor: Uint8Array | null
  /** The claim id that was last given back, so that a resent release gets the same answer. */
  readonly released: Uint8Array | null
  /** Claim id and proof hash of every wrong try, 48 bytes each, so that a resent one counts once. */
  readonly wrong: Uint8Array | null
  /** SHA-256 over the answer to an `asked` record, so that a resent one is told from a second one. */
  readonly answer: Uint8Array | null
}

const none = new Uint8Array()

/** The row as time has left it: a deadline that passed has made it `expired` or `lost`, written or not. */
export function atTime(row: Row, now: number): Row {
  if (row.state >= code.revealed) return row
  if (row.state === code.claimed) return row.deadline <= now ? ended(row, code.lost, row.deadline) : row
  if (row.state === code.staged && row.deadline <= now && row.deadline < row.expires)
    return ended(row, code.lost, row.deadline)
  // A release may come after the expiry, within its lease.
  return row.expires <= now ? ended(row, code.expired, Math.max(row.expires, row.changed)) : row
}

function ended(row: Row, state: number, at: number): Row {
  return { ...row, state, changed: at, deadline: 0, done: 0 }
}

/** When the last trace of a row goes. */
export function traceEnds(row: Row): number {
  return row.expires + tombstoneMs
}

/** Whether somebody is still to be told of the row's state: every end, and what an answer sealed. */
export function owesNews(row: Row): boolean {
  return row.done === 0 && (row.state >= code.revealed || (row.state === code.sealed && row.answer !== null))
}

/** When `due()` must look at the row next, if nothing happens to it. */
export function nextDue(row: Row): number {
  if (row.state === code.claimed) return row.deadline
  if (row.state === code.staged) return Math.min(row.deadline, row.expires)
  return row.state < code.revealed ? row.expires : traceEnds(row)
}

export function receiptOf(row: Row): Receipt {
  return {
    id: Buffer.from(row.id).toString('base64url'),
    kind: kindOf(row.kind),
    state: stateOf(row.state),
    createdAt: row.created,
    changedAt: row.changed,
    expiresAt: row.expires,
    kdf: row.kdf,
    recipient: row.recipient,
    owner: row.owner,
    triesLeft: Math.max(0, maxWrongProofs - row.tries),
    receipt: row.receipt,
    actor: row.actor ?? none,
  }
}

/** Whether the claim that was given back has used up its releases. */
export function releasedTooOften(row: Row): boolean {
  return row.releases > maxReleases
}

/** The statements that read and change rows, prepared once for the life of a database handle. */
export function rowStatements(db: DatabaseSync) {
  const all = (sql: string) => {
    const statement = db.prepare(sql)
    return (...values: (number | string | Uint8Array)[]) => statement.all(...values) as unknown as Row[]
  }
  const run = (sql: string) => {
    const statement = db.prepare(sql)
    return (...values: (number | string | Uint8Array | null)[]) => statement.run(...values)
  }
  const byId = db.prepare('SELECT * FROM secret WHERE id = ?')
  const bytesOf = db.prepare('SELECT bytes FROM sealed WHERE n = ?')
  return {
    byId: (id: Uint8Array) => byId.get(id) as unknown as Row | undefined,
    bytesOf: (n: number) => bytesOf.get(n)?.['bytes'] as Uint8Array | undefined,
    ofOwner: all('SELECT * FROM secret WHERE owner = ? AND n < ? ORDER BY n DESC LIMIT ?'),
    due: all('SELECT * FROM secret WHERE due <= ? ORDER BY due LIMIT ?'),
    insert: run(
      `INSERT INTO secret (id, kind, state, created, changed, expires, deadline, due, done, releases, tries,
        kid, kdf, proof, recipient, owner, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?)`,
    ),
    remove: run('DELETE FROM secret WHERE n = ?'),
    keepBytes: run('INSERT INTO sealed (n, bytes) VALUES (?, ?)'),
    dropBytes: run('DELETE FROM sealed WHERE n = ?'),
    confirm: run('UPDATE secret SET state = ?, changed = ?, deadline = ?, receipt = ? WHERE n = ?'),
    claim: run(
      'UPDATE secret SET state = 3, changed = ?, deadline = ?, due = ?, claim = ?, actor = ?, released = ? WHERE n = ?',
    ),
    release: run(
      'UPDATE secret SET state = 2, changed = ?, deadline = 0, due = ?, releases = ?, claim = NULL, released = ? WHERE n = ?',
    ),
    wrong: run('UPDATE secret SET tries = ?, wrong = ? WHERE n = ?'),
    answer: run(
      'UPDATE secret SET state = 2, changed = ?, due = ?, kid = ?, proof = ?, answer = ? WHERE n = ?',
    ),
    end: run(
      `UPDATE secret SET state = ?, changed = ?, deadline = 0, due = ?, done = 0, tries = ?, releases = ?, released = ?, wrong = NULL
        WHERE n = ?`,
    ),
    endQuick: run(
      'UPDATE secret SET state = ?, changed = ?, deadline = 0, due = ?, done = 0, wrong = NULL WHERE n = ?',
    ),
    remind: run('UPDATE secret SET due = ? WHERE n = ?'),
    done: run('UPDATE secret SET done = 1, due = ? WHERE n = ?'),
  }
}

export type Rows = ReturnType<typeof rowStatements>
