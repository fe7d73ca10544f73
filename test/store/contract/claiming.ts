import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { SecretId } from '../../../src/core/format/id.ts'
import type { Claim, ClaimResult, NewRecord } from '../../../src/core/store.ts'
import { newClaim, newRecord, newRequest } from '../../fixtures/records.ts'
import type { Subject } from '../contract.ts'

export function claiming(subject: Subject): void {
  const soon = () => subject.now() + 3_600_000

  async function kept(over: Partial<NewRecord> = {}): Promise<NewRecord> {
    const record = newRecord({ expiresAt: soon(), ...over })
    await subject.store.put(record)
    return record
  }

  it('hands the bytes over with all that opening them needs', async () => {
    const record = await kept({ kind: 'w1', kdf: randomBytes(9) })
    const claim = newClaim(record)
    expect(await subject.store.claim(record.id, claim)).toEqual({
      why: 'claimed',
      sealed: new Uint8Array(record.sealed!),
      kind: 'w1',
      kdf: new Uint8Array(record.kdf),
      recipient: new Uint8Array(record.recipient),
      expiresAt: record.expiresAt,
      leaseUntil: subject.now() + 15_000,
    })
    expect(await subject.other.look(record.id)).toMatchObject({
      state: 'claimed',
      changedAt: subject.now(),
      actor: new Uint8Array(claim.actor),
    })
  })

  it('gives the same bytes to the same claim again, and busy to every other', async () => {
    const record = await kept()
    const claim = newClaim(record)
    const first = await subject.store.claim(record.id, claim)
    subject.pass(14_999)
    expect(await subject.other.claim(record.id, claim)).toEqual(first)
    expect(await subject.other.claim(record.id, newClaim(record))).toEqual({ why: 'busy' })
    expect(await subject.store.claim(record.id, { ...claim, proofHash: randomBytes(32) })).toEqual({
      why: 'busy',
    })
  })

  it('counts a claim whose lease is over as lost, for its holder too', async () => {
    const record = await kept()
    const claim = newClaim(record)
    await subject.store.claim(record.id, claim)
    subject.pass(15_000)
    expect(await subject.store.look(record.id)).toMatchObject({ state: 'lost', changedAt: subject.now() })
    subject.pass(1)
    expect(await subject.store.claim(record.id, claim)).toMatchObject({
      why: 'gone',
      receipt: { state: 'lost', changedAt: subject.now() - 1, actor: new Uint8Array(claim.actor) },
    })
    expect(await subject.store.claim(record.id, newClaim(record))).toMatchObject({ why: 'gone' })
  })

  it('leaves a claim its lease when the secret expires meanwhile', async () => {
    const record = await kept({ expiresAt: subject.now() + 10 })
    const claim = newClaim(record)
    const first = await subject.store.claim(record.id, claim)
    subject.pass(20)
    expect(await subject.store.claim(record.id, claim)).toEqual(first)
    expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('busy')
    expect(await subject.store.release(record.id, claim.claimId)).toBe('sealed')
    expect(await subject.store.look(record.id)).toMatchObject({ state: 'expired', changedAt: subject.now() })
  })

  // Each row fails all checks after its own as well, and is told only the first.
  const everythingElseWrong = (record: NewRecord): Claim =>
    newClaim(record, { recipient: randomBytes(16), proofHash: randomBytes(32), kids: ['other'] })
  const rows: [string, (record: NewRecord) => Promise<Claim>, ClaimResult['why']][] = [
    ['somebody else', async (record) => everythingElseWrong(record), 'not-recipient'],
    [
      'somebody else after the end',
      async (record) => {
        await subject.store.burn(record.id, [record.owner])
        return everythingElseWrong(record)
      },
      'not-recipient',
    ],
    [
      'the recipient after the end',
      async (record) => {
        await subject.store.burn(record.id, [record.owner])
        return { ...everythingElseWrong(record), recipient: record.recipient }
      },
      'gone',
    ],
    [
      'the recipient while it is claimed',
      async (record) => {
        await subject.store.claim(record.id, newClaim(record))
        return { ...everythingElseWrong(record), recipient: record.recipient }
      },
      'busy',
    ],
    [
      'the recipient without the key',
      async (record) => ({ ...everythingElseWrong(record), recipient: record.recipient }),
      'unknown-key',
    ],
    [
      'the recipient with a wrong proof',
      async (record) => newClaim(record, { proofHash: randomBytes(32) }),
      'wrong-proof',
    ],
  ]
  it.each(rows)('answers %s by the first check that fails', async (_, prepare, why) => {
    const record = await kept()
    const claim = await prepare(record)
    const before = await subject.store.look(record.id)
    const result = await subject.store.claim(record.id, claim)
    expect(result.why).toBe(why)
    expect(result).not.toHaveProperty('sealed')
    if (why === 'unknown-key') expect(result).toEqual({ why, kid: 'k1' })
    if (why !== 'wrong-proof') expect(await subject.store.look(record.id)).toEqual(before)
  })

  it('knows nothing under ids that were never there, or that are none', async () => {
    const none = ['', 'x', `${'A'.repeat(21)}B`, 'due', '{}'.repeat(11)] as SecretId[]
    for (const id of [newRecord().id, ...none]) {
      expect(await subject.store.claim(id, newClaim(newRecord()))).toEqual({ why: 'unknown' })
      expect(await subject.store.look(id)).toBeUndefined()
      expect(await subject.store.settle(id, randomBytes(16), 'revealed')).toBe('not-holder')
      expect(await subject.store.release(id, randomBytes(16))).toBe('not-holder')
      expect(await subject.store.confirm(id, randomBytes(4))).toBe('unknown')
      expect(await subject.store.burn(id, [randomBytes(16)])).toBe('unknown')
      expect(await subject.store.discard(id)).toBe(true)
      expect(await subject.store.due(5, 1_000, [id])).toEqual([])
      await subject.store.done(id, 'expired')
    }
  })

  it('consumes nothing by any refusal', async () => {
    const record = await kept()
    await subject.store.claim(record.id, newClaim(record, { recipient: randomBytes(16) }))
    await subject.store.claim(record.id, newClaim(record, { kids: [] }))
    await subject.store.claim(record.id, newClaim(record, { kids: ['k', 'k11', '1'] }))
    for (let n = 0; n < 9; n++)
      await subject.store.claim(record.id, newClaim(record, { proofHash: randomBytes(32) }))
    expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('claimed')
  })

  it('has nothing yet while it is asked', async () => {
    const asked = newRequest({ expiresAt: soon() })
    await subject.store.put(asked)
    const wrong = newClaim(asked, { proofHash: randomBytes(32), kids: [] })
    for (let n = 0; n < 12; n++)
      expect(await subject.store.claim(asked.id, wrong)).toEqual({ why: 'nothing-yet' })
    expect((await subject.store.look(asked.id))?.triesLeft).toBe(10)
  })

  it('gives a secret to exactly one of 200 concurrent claimants', async () => {
    const record = await kept()
    const claims = Array.from({ length: 200 }, () => newClaim(record))
    const results = await Promise.all(
      claims.map((claim, n) => (n % 2 ? subject.store : subject.other).claim(record.id, claim)),
    )
    expect(results.filter(({ why }) => why === 'claimed')).toHaveLength(1)
    expect(results.filter(({ why }) => why === 'busy')).toHaveLength(199)
  })

  it('takes a claim back from its live holder only, five times, and is lost the sixth', async () => {
    const record = await kept()
    for (let n = 1; n <= 5; n++) {
      const claim = newClaim(record)
      expect((await subject.store.claim(record.id, claim)).why).toBe('claimed')
      expect(await subject.store.release(record.id, randomBytes(16))).toBe('not-holder')
      subject.pass(2)
      expect(await subject.store.release(record.id, claim.claimId)).toBe('sealed')
      expect(await subject.other.release(record.id, claim.claimId)).toBe('sealed')
      expect(await subject.store.look(record.id)).toMatchObject({ state: 'sealed', changedAt: subject.now() })
    }
    const last = newClaim(record)
    expect(await subject.store.claim(record.id, last)).toMatchObject({
      sealed: new Uint8Array(record.sealed!),
    })
    expect(await subject.store.release(record.id, last.claimId)).toBe('lost')
    expect(await subject.store.release(record.id, last.claimId)).toBe('lost')
    expect(await subject.store.look(record.id)).toMatchObject({ state: 'lost', changedAt: subject.now() })
    expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('gone')
  })

  it('answers a resent release the same, whatever came between, but not for a new claim of that id', async () => {
    const record = await kept()
    const claim = newClaim(record)
    await subject.store.claim(record.id, claim)
    await subject.store.release(record.id, claim.claimId)
    const other = newClaim(record)
    await subject.store.claim(record.id, other)
    expect(await subject.store.release(record.id, claim.claimId)).toBe('sealed')
    expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('busy')
    await subject.store.release(record.id, other.claimId)
    await subject.store.claim(record.id, other)
    subject.pass(15_000)
    expect(await subject.store.release(record.id, other.claimId)).toBe('not-holder')
  })

  it('lets a holder that slept past its lease neither release nor settle, and nobody else win', async () => {
    for (const act of ['release', 'settle'] as const) {
      const record = await kept()
      const claim = newClaim(record)
      await subject.store.claim(record.id, claim)
      subject.pass(15_000)
      const answer =
        act === 'release'
          ? await subject.store.release(record.id, claim.claimId)
          : await subject.store.settle(record.id, claim.claimId, 'revealed')
      expect(answer).toBe('not-holder')
      expect((await subject.other.look(record.id))?.state).toBe('lost')
      expect((await subject.other.claim(record.id, newClaim(record))).why).toBe('gone')
    }
  })
}
