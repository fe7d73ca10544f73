import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { SecretId } from '../../../src/core/format/id.ts'
import { tombstoneMs } from '../../../src/core/store.ts'
import { newClaim, newRecord, newRequest } from '../../fixtures/records.ts'
import type { Subject } from '../contract.ts'

export function keeping(subject: Subject): void {
  const day = 24 * 3_600_000
  const soon = () => subject.now() + day

  it('tells what it was given, without the bytes', async () => {
    const kdf = randomBytes(12)
    const record = newRecord({ kind: 'w1', kdf, expiresAt: soon() })
    await subject.store.put(record)
    expect(await subject.other.look(record.id)).toEqual({
      id: record.id,
      kind: 'w1',
      state: 'sealed',
      createdAt: subject.now(),
      changedAt: subject.now(),
      expiresAt: record.expiresAt,
      kdf: new Uint8Array(kdf),
      recipient: new Uint8Array(record.recipient),
      owner: new Uint8Array(record.owner),
      triesLeft: 10,
      receipt: new Uint8Array(record.receipt),
      actor: new Uint8Array(),
    })
  })

  it('starts as asked without bytes, as staged when it waits for its card, as sealed otherwise', async () => {
    const asked = newRequest({ expiresAt: soon() })
    const staged = newRecord({ expiresAt: soon(), stagedMs: 1_000 })
    const sealed = newRecord({ expiresAt: soon() })
    for (const record of [asked, staged, sealed]) await subject.store.put(record)
    expect((await subject.store.look(asked.id))?.state).toBe('asked')
    expect((await subject.store.look(staged.id))?.state).toBe('staged')
    expect((await subject.store.look(sealed.id))?.state).toBe('sealed')
  })

  it('takes a put again as a resend that changes nothing', async () => {
    const record = newRecord({ expiresAt: soon() })
    await subject.store.put(record)
    const before = await subject.store.look(record.id)
    subject.pass(5)
    await subject.other.put({ ...record, receipt: randomBytes(8), sealed: randomBytes(300) })
    expect(await subject.store.look(record.id)).toEqual(before)
    expect(await subject.store.claim(record.id, newClaim(record))).toMatchObject({
      sealed: new Uint8Array(record.sealed!),
    })
  })

  it('refuses another record with the same id, and the calls beside it succeed', async () => {
    const record = newRecord({ expiresAt: soon() })
    await subject.store.put(record)
    const beside = newRecord({ expiresAt: soon() })
    const [taken, kept] = await Promise.allSettled([
      subject.store.put({ ...record, proofHash: randomBytes(32) }),
      subject.store.put(beside),
    ])
    expect(taken).toMatchObject({ status: 'rejected', reason: { code: 'id-taken' } })
    expect(kept.status).toBe('fulfilled')
    expect((await subject.store.look(beside.id))?.state).toBe('sealed')
    expect(await subject.store.claim(record.id, newClaim(record))).toMatchObject({ why: 'claimed' })
  })

  it('refuses a record of the wrong shape before it changes anything', async () => {
    for (const over of [
      { id: 'short' as SecretId },
      { id: `${'A'.repeat(21)}B` as SecretId },
      { proofHash: randomBytes(31) },
      { recipient: randomBytes(15) },
      { owner: randomBytes(17) },
      { kid: 'k'.repeat(17) },
      { kdf: randomBytes(256) },
      { receipt: randomBytes(1_025) },
      { expiresAt: Number.NaN },
    ]) {
      await expect(subject.store.put(newRecord({ expiresAt: soon(), ...over }))).rejects.toMatchObject({
        code: 'bad-argument',
      })
    }
  })

  it('keeps bytes of any value and size exactly', async () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const sealed of [
      every,
      new Uint8Array(3),
      randomBytes(2_400),
      randomBytes(5_000),
      randomBytes(1 << 20),
    ]) {
      const record = newRecord({
        expiresAt: soon(),
        sealed,
        receipt: every,
        stagedMs: 1_000,
        kdf: every.slice(1),
      })
      await subject.store.put(record)
      await subject.store.confirm(record.id, randomBytes(1_024))
      const claim = newClaim(record, { actor: randomBytes(128) })
      await subject.store.claim(record.id, claim)
      await subject.store.release(record.id, claim.claimId)
      const again = await subject.store.claim(record.id, claim)
      expect(again.why).toBe('claimed')
      if (again.why === 'claimed') expect(Buffer.compare(again.sealed, sealed)).toBe(0)
    }
  })

  it('confirms a card: staged becomes sealed, and the receipt is replaced in every state', async () => {
    const record = newRecord({ expiresAt: soon(), stagedMs: 60_000 })
    await subject.store.put(record)
    subject.pass(7)
    const receipt = randomBytes(40)
    expect(await subject.store.confirm(record.id, receipt)).toBe('sealed')
    const sealed = await subject.other.look(record.id)
    expect(sealed).toMatchObject({
      state: 'sealed',
      changedAt: subject.now(),
      receipt: new Uint8Array(receipt),
    })
    subject.pass(7)
    expect(await subject.store.confirm(record.id, receipt)).toBe('sealed')
    expect(await subject.store.look(record.id)).toEqual(sealed)

    await subject.store.burn(record.id, [record.owner])
    const burned = await subject.store.look(record.id)
    subject.pass(7)
    const last = randomBytes(200)
    expect(await subject.store.confirm(record.id, last)).toBe('burned')
    expect(await subject.store.look(record.id)).toEqual({ ...burned, receipt: new Uint8Array(last) })
    expect(await subject.store.confirm(newRecord().id, receipt)).toBe('unknown')
  })

  it('lets a claim win a staged secret, and confirms it afterwards as claimed', async () => {
    const record = newRecord({ expiresAt: soon(), stagedMs: 60_000 })
    await subject.store.put(record)
    const claim = newClaim(record)
    expect((await subject.store.claim(record.id, claim)).why).toBe('claimed')
    expect(await subject.store.confirm(record.id, randomBytes(120))).toBe('claimed')
    expect(await subject.store.settle(record.id, claim.claimId, 'revealed')).toBe('settled')
  })

  it('counts a card that was never confirmed in time as lost', async () => {
    const record = newRecord({ expiresAt: soon(), stagedMs: 1_000 })
    await subject.store.put(record)
    subject.pass(999)
    expect((await subject.store.look(record.id))?.state).toBe('staged')
    subject.pass(1)
    expect(await subject.store.look(record.id)).toMatchObject({ state: 'lost', changedAt: subject.now() })
    subject.pass(5)
    expect(await subject.store.confirm(record.id, randomBytes(12))).toBe('lost')
    expect(await subject.store.claim(record.id, newClaim(record))).toMatchObject({
      why: 'gone',
      receipt: { state: 'lost', changedAt: subject.now() - 5 },
    })
  })

  it('discards what is staged or asked without a trace, and nothing else', async () => {
    const staged = newRecord({ expiresAt: soon(), stagedMs: 1_000 })
    const asked = newRequest({ expiresAt: soon(), owner: staged.owner })
    const sealed = newRecord({ expiresAt: soon() })
    for (const record of [staged, asked, sealed]) await subject.store.put(record)
    for (const record of [staged, asked]) {
      expect(await subject.store.discard(record.id)).toBe(true)
      expect(await subject.other.discard(record.id)).toBe(true)
      expect(await subject.store.look(record.id)).toBeUndefined()
      expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('unknown')
    }
    expect((await subject.store.list([staged.owner], 10)).receipts).toEqual([])
    expect(await subject.store.discard(sealed.id)).toBe(false)
    expect((await subject.store.claim(sealed.id, newClaim(sealed))).why).toBe('claimed')
    expect(await subject.store.discard(sealed.id)).toBe(false)
  })

  it('has a record that is expired from the start', async () => {
    const record = newRecord({ expiresAt: subject.now() })
    await subject.store.put(record)
    expect((await subject.store.look(record.id))?.state).toBe('expired')
    expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('gone')
  })

  it('keeps the tombstone for a day after the expiry, and then knows nothing', async () => {
    const record = newRecord({ expiresAt: subject.now() + 1_000 })
    await subject.store.put(record)
    await subject.store.burn(record.id, [record.owner])
    await subject.store.done(record.id, 'burned')
    subject.pass(1_000 + tombstoneMs - 1)
    expect(await subject.store.look(record.id)).toMatchObject({ state: 'burned' })
    subject.pass(1)
    expect(await subject.store.look(record.id)).toBeUndefined()
    expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('unknown')
    expect(await subject.store.burn(record.id, [record.owner])).toBe('unknown')
    expect(await subject.store.confirm(record.id, randomBytes(4))).toBe('unknown')
    expect((await subject.store.list([record.owner], 10)).receipts).toEqual([])
    await subject.store.put(newRecord({ id: record.id, expiresAt: soon() }))
    expect((await subject.store.look(record.id))?.state).toBe('sealed')
  })

  it('gives a request its bytes once', async () => {
    const asked = newRequest({ expiresAt: soon() })
    await subject.store.put(asked)
    const answer = {
      answerHash: asked.proofHash,
      sealed: randomBytes(400),
      kid: 'k1',
      proofHash: randomBytes(32),
    }
    const wrong = { ...answer, answerHash: randomBytes(32) }
    expect(await subject.store.answer(asked.id, wrong)).toBe('wrong-proof')
    expect((await subject.store.claim(asked.id, newClaim(asked))).why).toBe('nothing-yet')
    subject.pass(3)
    expect(await subject.store.answer(asked.id, answer)).toBe('sealed')
    expect(await subject.other.answer(asked.id, answer)).toBe('sealed')
    expect(await subject.store.look(asked.id)).toMatchObject({ state: 'sealed', changedAt: subject.now() })
    const second = { ...answer, sealed: randomBytes(400) }
    expect(await subject.store.answer(asked.id, second)).toBe('gone')
    expect(await subject.store.answer(asked.id, wrong)).toBe('gone')
    const claim = newClaim({ ...asked, proofHash: answer.proofHash })
    expect(await subject.store.claim(asked.id, claim)).toMatchObject({
      why: 'claimed',
      sealed: new Uint8Array(answer.sealed),
    })
    await subject.store.settle(asked.id, claim.claimId, 'revealed')
    expect(await subject.store.answer(asked.id, answer)).toBe('sealed')
    expect(await subject.store.answer(asked.id, second)).toBe('gone')
  })

  it('answers no request that is unknown, expired or burned, and none that was a secret from the start', async () => {
    const answer = {
      answerHash: randomBytes(32),
      sealed: randomBytes(9),
      kid: 'k1',
      proofHash: randomBytes(32),
    }
    expect(await subject.store.answer(newRecord().id, answer)).toBe('gone')
    const sealed = newRecord({ expiresAt: soon() })
    const expired = newRequest({ expiresAt: subject.now() + 5 })
    const burned = newRequest({ expiresAt: soon() })
    for (const record of [sealed, expired, burned]) await subject.store.put(record)
    subject.pass(5)
    await subject.store.burn(burned.id, [burned.owner])
    for (const { id, proofHash } of [sealed, expired, burned])
      expect(await subject.store.answer(id, { ...answer, answerHash: proofHash })).toBe('gone')
    expect((await subject.store.look(expired.id))?.state).toBe('expired')
  })
}
