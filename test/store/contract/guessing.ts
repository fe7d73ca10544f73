import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { NewRecord } from '../../../src/core/store.ts'
import { newClaim, newRecord } from '../../fixtures/records.ts'
import type { Subject } from '../contract.ts'

export function guessing(subject: Subject): void {
  async function kept(): Promise<NewRecord> {
    const record = newRecord({ expiresAt: subject.now() + 3_600_000 })
    await subject.store.put(record)
    return record
  }
  const wrong = (record: NewRecord) => newClaim(record, { proofHash: randomBytes(32) })

  it('counts wrong proofs down to the tenth, which locks', async () => {
    const record = await kept()
    for (let left = 9; left >= 1; left--) {
      expect(await subject.store.claim(record.id, wrong(record))).toEqual({
        why: 'wrong-proof',
        triesLeft: left,
      })
      expect((await subject.other.look(record.id))?.triesLeft).toBe(left)
    }
    subject.pass(4)
    const last = wrong(record)
    const locked = await subject.store.claim(record.id, last)
    expect(locked).toMatchObject({
      why: 'gone',
      receipt: { state: 'locked', triesLeft: 0, changedAt: subject.now() },
    })
    expect(await subject.store.claim(record.id, last)).toEqual(locked)
    expect(await subject.store.claim(record.id, newClaim(record))).toEqual(locked)
  })

  it('still opens for the right proof when one try is left', async () => {
    const record = await kept()
    for (let n = 0; n < 9; n++) await subject.store.claim(record.id, wrong(record))
    expect(await subject.store.claim(record.id, newClaim(record))).toMatchObject({
      why: 'claimed',
      sealed: new Uint8Array(record.sealed!),
    })
  })

  it('counts a resent wrong try once, also after others', async () => {
    const record = await kept()
    const first = wrong(record)
    const second = wrong(record)
    const sameIdOtherProof = { ...first, proofHash: randomBytes(32) }
    expect(await subject.store.claim(record.id, first)).toEqual({ why: 'wrong-proof', triesLeft: 9 })
    expect(await subject.store.claim(record.id, second)).toEqual({ why: 'wrong-proof', triesLeft: 8 })
    for (let n = 0; n < 12; n++) {
      expect(await subject.other.claim(record.id, first)).toEqual({ why: 'wrong-proof', triesLeft: 9 })
      expect(await subject.other.claim(record.id, second)).toEqual({ why: 'wrong-proof', triesLeft: 8 })
    }
    expect(await subject.store.claim(record.id, sameIdOtherProof)).toEqual({
      why: 'wrong-proof',
      triesLeft: 7,
    })
    expect((await subject.store.look(record.id))?.triesLeft).toBe(7)
  })

  it('keeps the count over a claim and its release', async () => {
    const record = await kept()
    const guess = wrong(record)
    await subject.store.claim(record.id, guess)
    const claim = newClaim(record)
    await subject.store.claim(record.id, claim)
    await subject.store.release(record.id, claim.claimId)
    expect(await subject.store.claim(record.id, guess)).toEqual({ why: 'wrong-proof', triesLeft: 9 })
    expect(await subject.store.claim(record.id, wrong(record))).toEqual({ why: 'wrong-proof', triesLeft: 8 })
  })

  it('evaluates ten of 1,000 parallel wrong proofs, and locks once', async () => {
    const record = await kept()
    const results = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        (n % 2 ? subject.store : subject.other).claim(record.id, wrong(record)),
      ),
    )
    const tries = results.flatMap((result) => (result.why === 'wrong-proof' ? [result.triesLeft] : []))
    expect(tries.sort((one, other) => other - one)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(results.filter(({ why }) => why === 'gone')).toHaveLength(991)
    expect(results.some((result) => 'sealed' in result)).toBe(false)
    expect((await subject.store.due(5, 1_000, [record.id])).map(({ state }) => state)).toEqual(['locked'])
  })
}
