import { printId } from '../../core/format/id.ts'
import type { Receipt } from '../../core/store.ts'
import { maxWrongProofs, newsMs, tombstoneMs } from '../../core/store.ts'
import { code, kindCode, kindOf, stateOf } from '../codes.ts'

/** What time and most verbs ask of a row of `secret`. Times are ms since epoch. */
export interface Brief {
  readonly n: number
  readonly state: number
  readonly changed: number
  readonly expires: number
  /** `staged`: until when; `claimed`: the end of the lease; otherwise 0. */
  readonly deadline: number
  /** Where its sealed bytes are. */
  readonly place: number
  /** The claim id that has or last had the bytes. */
  readonly claim: Uint8Array | null
}

/** What a claim asks. */
export interface Claimable extends Brief {
  readonly kind: number
  readonly kid: string
  readonly kdf: Uint8Array
  readonly proof: Uint8Array
  readonly recipient: Uint8Array
  /** The claim id that was last given back, so that a resent release gets the same answer. */
  readonly released: Uint8Array | null
}

/** All of a row. */
export interface Row extends Claimable {
  readonly id: Uint8Array
  readonly created: number
  readonly due: number
  readonly done: number
  readonly releases: number
  readonly tries: number
  readonly owner: Uint8Array
  readonly receipt: Uint8Array
  readonly actor: Uint8Array | null
  /** Claim id and proof hash of every wrong try, 48 bytes each, so that a resent one counts once. */
  readonly wrong: Uint8Array | null
  /** SHA-256 over the answer to an `asked` record, so that a resent one is told from a second one. */
  readonly answer: Uint8Array | null
}

const none = new Uint8Array()

/** The row as time has left it: a deadline that passed has made it `expired` or `lost`, written or not. */
export function atTime<Part extends Brief>(row: Part, now: number): Part {
  if (row.state >= code.revealed) return row
  if (row.state === code.claimed) return row.deadline <= now ? ended(row, code.lost, row.deadline) : row
  if (row.state === code.staged && row.deadline <= now && row.deadline < row.expires)
    return ended(row, code.lost, row.deadline)
  // A release may come after the expiry, within its lease.
  return row.expires <= now ? ended(row, code.expired, Math.max(row.expires, row.changed)) : row
}

/** The row in a terminal state since `changed`, of which nobody was told. */
export function ended<Part extends Brief>(row: Part, state: number, changed: number): Part {
  return { ...row, state, changed, deadline: 0, done: 0 }
}

/** When the last trace of a row goes, as time has left it: later while somebody is to be told. */
export function traceEnds(row: Row): number {
  return row.expires + (owesNews(row) ? newsMs : tombstoneMs)
}

/** Whether somebody is still to be told of the row's state: every end of what is no link, and what an answer sealed. */
export function owesNews(row: Row): boolean {
  if (row.done === 1 || row.kind === kindCode('w1')) return false
  return row.state >= code.revealed || (row.state === code.sealed && row.answer !== null)
}

/** When `due()` must look at the row next, if nothing happens to it. */
export function nextDue(row: Row): number {
  if (row.state === code.claimed) return row.deadline
  if (row.state === code.staged) return Math.min(row.deadline, row.expires)
  return row.state < code.revealed ? row.expires : traceEnds(row)
}

/** The row without its bytes, as the port gives it. */
export function receiptOf(row: Row): Receipt {
  return {
    id: printId(row.id),
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
