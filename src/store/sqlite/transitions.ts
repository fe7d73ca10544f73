import { createHash } from 'node:crypto'
import type { Answer, Claim, ClaimResult, NewRecord, NewsState, Receipt, State } from '../../core/store.ts'
import { maxReleases, maxWrongProofs } from '../../core/store.ts'
import { code, kindCode, kindOf, sameBytes, stateOf } from '../codes.ts'
import { StoreError } from '../errors.ts'
import {
  atTime,
  nextDue,
  owesNews,
  type Row,
  type Rows,
  receiptOf,
  releasedTooOften,
  traceEnds,
} from './rows.ts'

const wrongBytes = 48

/**
 * The state machine over rows. Every function runs inside a write transaction and may run again after a rollback.
 * `erased` is told that bytes went, so that their last copy is checkpointed away.
 */
export function transitions(rows: Rows, clock: () => number, erased: () => void) {
  /** The live row with this id, with what time has made of it written down; undefined when no trace is left. */
  function find(id: Uint8Array, now: number): Row | undefined {
    const row = rows.byId(id)
    if (row === undefined) return undefined
    const current = atTime(row, now)
    if (current.state >= code.revealed && traceEnds(row) <= now) return undefined
    return current.state === row.state ? row : end(current, now)
  }

  /** Writes a terminal state, and takes the bytes in the same step. */
  function end(row: Row, now: number): Row {
    rows.end(row.state, row.changed, now, row.tries, row.releases, row.released, row.n)
    rows.dropBytes(row.n)
    erased()
    return row
  }

  function forget(row: Row): void {
    rows.remove(row.n)
    rows.dropBytes(row.n)
    erased()
  }

  return {
    put(id: Uint8Array, record: NewRecord): void {
      const now = clock()
      const old = rows.byId(id)
      if (old !== undefined) {
        if (traceEnds(old) > now) {
          if (sameBytes(old.proof, record.proofHash)) return
          throw new StoreError('id-taken', 'another record has this id')
        }
        forget(old)
      }
      const { sealed, stagedMs, expiresAt } = record
      const state = sealed === undefined ? code.asked : stagedMs === undefined ? code.sealed : code.staged
      const deadline = state === code.staged ? now + (stagedMs ?? 0) : 0
      const due = state === code.staged ? Math.min(deadline, expiresAt) : expiresAt
      const { lastInsertRowid } = rows.insert(
        id,
        kindCode(record.kind),
        state,
        now,
        now,
        expiresAt,
        deadline,
        due,
        sealed === undefined ? '' : record.kid,
        record.kdf,
        record.proofHash,
        record.recipient,
        record.owner,
        record.receipt,
      )
      if (sealed !== undefined) rows.keepBytes(Number(lastInsertRowid), sealed)
    },

    confirm(id: Uint8Array, receipt: Uint8Array): State | 'unknown' {
      const now = clock()
      const row = find(id, now)
      if (row === undefined) return 'unknown'
      // `due` stays early: moving an index entry for every card costs more than one look at those that live long.
      if (row.state === code.staged) rows.confirm(code.sealed, now, 0, receipt, row.n)
      else rows.confirm(row.state, row.changed, row.deadline, receipt, row.n)
      return row.state === code.staged ? 'sealed' : stateOf(row.state)
    },

    discard(id: Uint8Array): boolean {
      const row = find(id, clock())
      if (row === undefined) return true
      if (row.state !== code.staged && row.state !== code.asked) return false
      forget(row)
      return true
    },

    answer(id: Uint8Array, answer: Answer): 'sealed' | 'wrong-proof' | 'gone' {
      const now = clock()
      const row = find(id, now)
      if (row === undefined) return 'gone'
      const { answerHash, sealed, kid, proofHash } = answer
      const mark = createHash('sha256').update(answerHash).update(proofHash).update(sealed).digest()
      if (row.state !== code.asked) return row.answer && sameBytes(row.answer, mark) ? 'sealed' : 'gone'
      if (!sameBytes(row.proof, answerHash)) return 'wrong-proof'
      rows.answer(now, now, kid, proofHash, mark, row.n)
      rows.keepBytes(row.n, sealed)
      return 'sealed'
    },

    claim(id: Uint8Array, claim: Claim): ClaimResult {
      const now = clock()
      const row = find(id, now)
      if (row === undefined) return { why: 'unknown' }
      if (!sameBytes(row.recipient, claim.recipient)) return { why: 'not-recipient' }
      if (row.state >= code.revealed) return { why: 'gone', receipt: receiptOf(row) }
      if (row.state === code.asked) return { why: 'nothing-yet' }
      const proven = sameBytes(row.proof, claim.proofHash)
      if (row.state === code.claimed) {
        if (!proven || row.claim === null || !sameBytes(row.claim, claim.claimId)) return { why: 'busy' }
        return handOver(row, row.deadline)
      }
      if (!claim.kids.includes(row.kid)) return { why: 'unknown-key', kid: row.kid }
      if (!proven) return countWrong(row, claim, now)
      const { claimId, actor } = claim
      const leaseUntil = now + claim.leaseMs
      // Claimed anew by whoever gave it back: that release is over, and a late resend of it must not pass for this one's.
      const released = row.released && sameBytes(row.released, claimId) ? null : row.released
      rows.claim(now, leaseUntil, leaseUntil, claimId, actor, released, row.n)
      return handOver(row, leaseUntil)
    },

    release(id: Uint8Array, claimId: Uint8Array): 'sealed' | 'lost' | 'not-holder' {
      const now = clock()
      const row = find(id, now)
      if (row === undefined) return 'not-holder'
      if (!holds(row, claimId)) {
        if (row.released === null || !sameBytes(row.released, claimId)) return 'not-holder'
        return releasedTooOften(row) ? 'lost' : 'sealed'
      }
      const releases = row.releases + 1
      if (releases > maxReleases) {
        end({ ...row, state: code.lost, changed: now, releases, released: claimId }, now)
        return 'lost'
      }
      const sealed = { ...row, state: code.sealed }
      rows.release(now, owesNews(sealed) ? now : nextDue(sealed), releases, claimId, row.n)
      return 'sealed'
    },

    settle(id: Uint8Array, claimId: Uint8Array, state: 'revealed' | 'unconfirmed'): 'settled' | 'not-holder' {
      const now = clock()
      const row = find(id, now)
      if (row === undefined) return 'not-holder'
      if (holds(row, claimId)) {
        rows.endQuick(code[state], now, now, row.n)
        rows.dropBytes(row.n)
        erased()
        return 'settled'
      }
      const again = row.state === code[state] && row.claim !== null && sameBytes(row.claim, claimId)
      return again ? 'settled' : 'not-holder'
    },

    burn(id: Uint8Array, owners: readonly Uint8Array[]): 'burned' | 'busy' | 'gone' | 'unknown' {
      const now = clock()
      const row = find(id, now)
      if (row === undefined || !owners.some((owner) => sameBytes(owner, row.owner))) return 'unknown'
      if (row.state === code.burned) return 'burned'
      if (row.state >= code.revealed) return 'gone'
      if (row.state === code.claimed) return 'busy'
      end({ ...row, state: code.burned, changed: now }, now)
      return 'burned'
    },

    due(limit: number, holdMs: number): Receipt[] {
      const now = clock()
      const receipts: Receipt[] = []
      for (const row of rows.due(now, limit + 256)) {
        if (receipts.length === limit) break
        const receipt = dueOf(row, now, holdMs)
        if (receipt) receipts.push(receipt)
      }
      return receipts
    },

    dueIds(limit: number, holdMs: number, ids: readonly Uint8Array[]): Receipt[] {
      const now = clock()
      const receipts: Receipt[] = []
      for (const id of ids) {
        const row = receipts.length < limit ? rows.byId(id) : undefined
        const receipt = row && dueOf(row, now, holdMs)
        if (receipt) receipts.push(receipt)
      }
      return receipts
    },

    done(id: Uint8Array, state: NewsState): void {
      const row = find(id, clock())
      if (row && stateOf(row.state) === state && owesNews(row))
        rows.done(row.state >= code.revealed ? traceEnds(row) : nextDue(row), row.n)
    },
  }

  function holds(row: Row, claimId: Uint8Array): boolean {
    return row.state === code.claimed && row.claim !== null && sameBytes(row.claim, claimId)
  }

  function handOver(row: Row, leaseUntil: number): ClaimResult {
    const sealed = rows.bytesOf(row.n)
    if (sealed === undefined) throw new StoreError('unavailable', 'a live record has no bytes')
    const { kdf, recipient, expires } = row
    return { why: 'claimed', sealed, kind: kindOf(row.kind), kdf, recipient, expiresAt: expires, leaseUntil }
  }

  function countWrong(row: Row, { claimId, proofHash }: Claim, now: number): ClaimResult {
    const mark = Buffer.concat([claimId, proofHash])
    const marks = Buffer.from(row.wrong ?? [])
    for (let at = 0; at < marks.length; at += wrongBytes) {
      if (sameBytes(marks.subarray(at, at + wrongBytes), mark))
        return { why: 'wrong-proof', triesLeft: maxWrongProofs - at / wrongBytes - 1 }
    }
    const tries = row.tries + 1
    if (tries >= maxWrongProofs)
      return {
        why: 'gone',
        receipt: receiptOf(end({ ...row, state: code.locked, changed: now, tries }, now)),
      }
    rows.wrong(tries, Buffer.concat([marks, mark]), row.n)
    return { why: 'wrong-proof', triesLeft: maxWrongProofs - tries }
  }

  function dueOf(row: Row, now: number, holdMs: number): Receipt | undefined {
    const current = atTime(row, now)
    if (current.state >= code.revealed && traceEnds(row) <= now) {
      forget(row)
      return undefined
    }
    if (current.state !== row.state) end(current, now)
    if (!owesNews(current)) {
      if (row.due <= now) rows.remind(nextDue(row), row.n)
      return undefined
    }
    rows.remind(now + holdMs, row.n)
    return receiptOf(current)
  }
}
