import type { NewsState, Receipt } from '../../core/store.ts'
import { code, stateOf } from '../codes.ts'
import type { Planned } from '../planned.ts'
import type { Ledger } from './ledger.ts'
import { atTime, nextDue, owesNews, type Row, receiptOf, traceEnds } from './rows.ts'

/** Rows looked at beyond the limit, because many that are due have no news. */
const alsoLookedAt = 256

/** Due work: what time ends, and what somebody is to be told of. */
export function news(ledger: Ledger) {
  const { rows } = ledger

  function dueOf(row: Row, now: number, holdMs: number): Receipt | undefined {
    const current = atTime(row, now)
    const entered = current.state !== row.state
    const owes = owesNews(current)
    // Whoever owes news is due at once: later than now means that somebody has it.
    if (owes && !entered && row.due > now) return undefined
    if (current.state >= code.revealed && traceEnds(current) <= now) {
      ledger.forget(row)
      return owes ? { ...receiptOf(current), givenUp: true } : undefined
    }
    if (entered) ledger.end(current, now)
    if (!owes) {
      if (row.due <= now) rows.remind(nextDue(current), row.n)
      return undefined
    }
    rows.remind(now + holdMs, row.n)
    return receiptOf(current)
  }

  return {
    due(limit: number, holdMs: number): Receipt[] {
      const now = ledger.now()
      const receipts: Receipt[] = []
      for (const row of rows.due(now, limit + alsoLookedAt)) {
        if (receipts.length === limit) break
        const receipt = dueOf(row, now, holdMs)
        if (receipt) receipts.push(receipt)
      }
      return receipts
    },

    dueIds(limit: number, holdMs: number, ids: readonly Uint8Array[]): Receipt[] {
      const now = ledger.now()
      const receipts: Receipt[] = []
      for (const id of ids) {
        const row = receipts.length < limit ? rows.row(id) : undefined
        const receipt = row && dueOf(row, now, holdMs)
        if (receipt) receipts.push(receipt)
      }
      return receipts
    },

    done(id: Uint8Array, state: NewsState, owes: readonly Planned[]): void {
      const row = ledger.find(rows.row(id), ledger.now())
      if (row === undefined || stateOf(row.state) !== state || !owesNews(row)) return
      rows.done(nextDue({ ...row, done: 1 }), row.n)
      ledger.errands.owe(owes)
    },
  }
}
