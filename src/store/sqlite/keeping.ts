import { createHash } from 'node:crypto'
import type { Answer, NewRecord, State } from '../../core/store.ts'
import { code, kindCode, sameBytes, stateOf } from '../codes.ts'
import { StoreError } from '../errors.ts'
import type { Planned } from '../planned.ts'
import { nowhere } from './bytes.ts'
import type { Ledger } from './ledger.ts'

/** The verbs that bring a secret, until it is sealed. */
export function keeping(ledger: Ledger) {
  const { rows, bytes } = ledger

  return {
    put(id: Uint8Array, record: NewRecord): void {
      const now = ledger.now()
      const { sealed, stagedMs, expiresAt } = record
      const old = rows.claimable(id)
      if (old !== undefined) {
        if (ledger.gone(old, now)) ledger.forget(old)
        else if (sameBytes(old.proof, record.proofHash)) return
        else throw new StoreError('id-taken', 'another record has this id')
      }
      const state = sealed === undefined ? code.asked : stagedMs === undefined ? code.sealed : code.staged
      const deadline = state === code.staged ? now + (stagedMs ?? 0) : 0
      const due = state === code.staged ? Math.min(deadline, expiresAt) : expiresAt
      const kid = sealed === undefined ? '' : record.kid
      const { kdf, proofHash, recipient, owner, receipt } = record
      const times = [now, now, expiresAt, deadline, due]
      const place = sealed === undefined ? nowhere : bytes.keep(sealed)
      rows.insert(
        id,
        kindCode(record.kind),
        state,
        ...times,
        place,
        kid,
        kdf,
        proofHash,
        recipient,
        owner,
        receipt,
      )
    },

    confirm(id: Uint8Array, receipt: Uint8Array, owes: readonly Planned[]): State | 'unknown' {
      const now = ledger.now()
      const row = ledger.find(rows.brief(id), now)
      if (row === undefined) return 'unknown'
      ledger.errands.plan(owes)
      // `due` stays early: moving an index entry for every card costs more than one look at those that live long.
      if (row.state === code.staged) rows.confirm(code.sealed, now, 0, receipt, row.n)
      else rows.confirm(row.state, row.changed, row.deadline, receipt, row.n)
      return row.state === code.staged ? 'sealed' : stateOf(row.state)
    },

    discard(id: Uint8Array): boolean {
      const row = ledger.find(rows.brief(id), ledger.now())
      if (row === undefined) return true
      if (row.state !== code.staged && row.state !== code.asked) return false
      ledger.forget(row)
      return true
    },

    answer(id: Uint8Array, answer: Answer): 'sealed' | 'wrong-proof' | 'gone' {
      const now = ledger.now()
      const row = ledger.find(rows.row(id), now)
      if (row === undefined) return 'gone'
      const { answerHash, sealed, kid, proofHash } = answer
      const mark = createHash('sha256').update(answerHash).update(proofHash).update(sealed).digest()
      if (row.state !== code.asked) return row.answer && sameBytes(row.answer, mark) ? 'sealed' : 'gone'
      if (!sameBytes(row.proof, answerHash)) return 'wrong-proof'
      rows.answer(now, now, bytes.keep(sealed), kid, proofHash, mark, row.n)
      return 'sealed'
    },
  }
}
