import type { Claim, ClaimResult } from '../../core/store.ts'
import { maxReleases, maxWrongProofs } from '../../core/store.ts'
import { code, kindOf, sameBytes } from '../codes.ts'
import type { Planned } from '../planned.ts'
import type { Ledger } from './ledger.ts'
import { type Brief, type Claimable, ended, nextDue, owesNews, type Row, receiptOf } from './rows.ts'

const wrongBytes = 48

/** The verbs of the one reveal, and of the burn that races it. */
export function opening(ledger: Ledger) {
  const { rows, bytes } = ledger

  function handOver({ place, kind, kdf, recipient, expires }: Claimable, leaseUntil: number): ClaimResult {
    const sealed = bytes.read(place)
    return { why: 'claimed', sealed, kind: kindOf(kind), kdf, recipient, expiresAt: expires, leaseUntil }
  }

  function gone(id: Uint8Array): ClaimResult {
    const row = rows.row(id)
    return row === undefined ? { why: 'unknown' } : { why: 'gone', receipt: receiptOf(row) }
  }

  function countWrong(
    id: Uint8Array,
    row: Claimable,
    { claimId, proofHash }: Claim,
    now: number,
  ): ClaimResult {
    const mark = Buffer.concat([claimId, proofHash])
    const marks = Buffer.from(rows.row(id)?.wrong ?? [])
    for (let at = 0; at < marks.length; at += wrongBytes) {
      if (sameBytes(marks.subarray(at, at + wrongBytes), mark))
        return { why: 'wrong-proof', triesLeft: maxWrongProofs - at / wrongBytes - 1 }
    }
    const tries = marks.length / wrongBytes + 1
    rows.wrong(tries, Buffer.concat([marks, mark]), row.n)
    if (tries < maxWrongProofs) return { why: 'wrong-proof', triesLeft: maxWrongProofs - tries }
    ledger.end(ended(row, code.locked, now), now)
    return gone(id)
  }

  return {
    claim(id: Uint8Array, claim: Claim, owes: readonly Planned[]): ClaimResult {
      const now = ledger.now()
      const row = ledger.find(rows.claimable(id), now)
      if (row === undefined) return { why: 'unknown' }
      if (!sameBytes(row.recipient, claim.recipient)) return { why: 'not-recipient' }
      if (row.state >= code.revealed) return gone(id)
      if (row.state === code.asked) return { why: 'nothing-yet' }
      const proven = sameBytes(row.proof, claim.proofHash)
      if (row.state === code.claimed)
        return proven && holds(row, claim.claimId) ? handOver(row, row.deadline) : { why: 'busy' }
      if (!claim.kids.includes(row.kid)) return { why: 'unknown-key', kid: row.kid }
      if (!proven) return countWrong(id, row, claim, now)
      const { claimId, actor } = claim
      const leaseUntil = now + claim.leaseMs
      // Claimed anew by whoever gave it back: that release is over, and a late resend of it must not pass for this one's.
      const released = row.released && sameBytes(row.released, claimId) ? null : row.released
      rows.claim(now, leaseUntil, leaseUntil, claimId, actor, released, row.n)
      ledger.errands.owe(owes)
      return handOver(row, leaseUntil)
    },

    release(
      id: Uint8Array,
      claimId: Uint8Array,
      cancels: readonly string[] = [],
    ): 'sealed' | 'lost' | 'not-holder' {
      const now = ledger.now()
      const row = ledger.find(rows.row(id), now)
      if (row === undefined) return 'not-holder'
      const held = holds(row, claimId)
      if (!held && (row.released === null || !sameBytes(row.released, claimId))) return 'not-holder'
      const releases = row.releases + (held ? 1 : 0)
      const lost = releases > maxReleases
      if (held) giveBack(row, claimId, releases, lost, now)
      if (held) ledger.errands.cancel(id, cancels)
      return lost ? 'lost' : 'sealed'
    },

    settle(
      id: Uint8Array,
      claimId: Uint8Array,
      state: 'revealed' | 'unconfirmed',
      owes: readonly Planned[],
    ): 'settled' | 'not-holder' {
      const now = ledger.now()
      const row = ledger.find(rows.brief(id), now)
      if (row === undefined || row.claim === null || !sameBytes(row.claim, claimId)) return 'not-holder'
      if (row.state !== code.claimed) return row.state === code[state] ? 'settled' : 'not-holder'
      ledger.end(ended(row, code[state], now), now)
      ledger.errands.owe(owes)
      return 'settled'
    },

    burn(id: Uint8Array, owners: readonly Uint8Array[]): 'burned' | 'busy' | 'gone' | 'unknown' {
      const now = ledger.now()
      const row = ledger.find(rows.row(id), now)
      if (row === undefined || !owners.some((owner) => sameBytes(owner, row.owner))) return 'unknown'
      if (row.state === code.burned) return 'burned'
      if (row.state >= code.revealed) return 'gone'
      if (row.state === code.claimed) return 'busy'
      ledger.end(ended(row, code.burned, now), now)
      return 'burned'
    },
  }

  function giveBack(row: Row, claimId: Uint8Array, releases: number, lost: boolean, now: number): void {
    rows.release(releases, claimId, row.n)
    const sealed = { ...row, state: code.sealed }
    if (lost) ledger.end(ended(row, code.lost, now), now)
    else rows.reseal(now, owesNews(sealed) ? now : nextDue(sealed), row.n)
  }
}

function holds(row: Brief, claimId: Uint8Array): boolean {
  return row.state === code.claimed && row.claim !== null && sameBytes(row.claim, claimId)
}
