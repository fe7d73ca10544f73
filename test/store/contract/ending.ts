import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { NewRecord } from '../../../src/core/store.ts'
import { newClaim, newRecord, newRequest } from '../../fixtures/records.ts'
import type { Subject } from '../contract.ts'

export function ending(subject: Subject): void {
  const soon = () => subject.now() + 3_600_000

  async function kept(over: Partial<NewRecord> = {}): Promise<NewRecord> {
    const record = newRecord({ expiresAt: soon(), ...over })
    await subject.store.put(record)
    return record
  }

  it.each(['revealed', 'unconfirmed'] as const)(
    'settles a claim as %s, and a resend says so again',
    async (state) => {
      const record = await kept()
      const claim = newClaim(record)
      await subject.store.claim(record.id, claim)
      subject.pass(3)
      expect(await subject.store.settle(record.id, claim.claimId, state)).toBe('settled')
      const receipt = await subject.store.look(record.id)
      expect(receipt).toMatchObject({ state, changedAt: subject.now(), actor: new Uint8Array(claim.actor) })
      subject.pass(3)
      expect(await subject.other.settle(record.id, claim.claimId, state)).toBe('settled')
      const otherwise = state === 'revealed' ? 'unconfirmed' : 'revealed'
      expect(await subject.store.settle(record.id, claim.claimId, otherwise)).toBe('not-holder')
      expect(await subject.store.settle(record.id, randomBytes(16), state)).toBe('not-holder')
      expect(await subject.store.release(record.id, claim.claimId)).toBe('not-holder')
      expect(await subject.store.claim(record.id, claim)).toEqual({ why: 'gone', receipt })
    },
  )

  it('settles nothing for whoever does not hold it', async () => {
    const record = await kept()
    expect(await subject.store.settle(record.id, randomBytes(16), 'revealed')).toBe('not-holder')
    const claim = newClaim(record)
    await subject.store.claim(record.id, claim)
    expect(await subject.store.settle(record.id, randomBytes(16), 'revealed')).toBe('not-holder')
    await subject.store.release(record.id, claim.claimId)
    expect(await subject.store.settle(record.id, claim.claimId, 'revealed')).toBe('not-holder')
    expect((await subject.store.look(record.id))?.state).toBe('sealed')
  })

  it('burns what is asked, staged or sealed, for any one of its owners', async () => {
    const asked = newRequest({ expiresAt: soon() })
    await subject.store.put(asked)
    for (const record of [asked, await kept({ stagedMs: 1_000 }), await kept()]) {
      const owners = [randomBytes(16), record.owner]
      expect(await subject.store.burn(record.id, [randomBytes(16)])).toBe('unknown')
      expect(await subject.store.burn(record.id, [])).toBe('unknown')
      expect(await subject.store.burn(record.id, [record.recipient])).toBe('unknown')
      expect(await subject.store.burn(record.id, owners)).toBe('burned')
      const burned = await subject.store.look(record.id)
      expect(burned).toMatchObject({ state: 'burned', changedAt: subject.now() })
      subject.pass(2)
      expect(await subject.other.burn(record.id, owners)).toBe('burned')
      expect(await subject.store.look(record.id)).toEqual(burned)
      expect((await subject.store.claim(record.id, newClaim(record))).why).toBe('gone')
    }
  })

  it('does not burn what is being opened, nor what has ended', async () => {
    const record = await kept()
    const claim = newClaim(record)
    await subject.store.claim(record.id, claim)
    expect(await subject.store.burn(record.id, [record.owner])).toBe('busy')
    expect(await subject.store.burn(record.id, [randomBytes(16)])).toBe('unknown')
    await subject.store.settle(record.id, claim.claimId, 'revealed')
    expect(await subject.store.burn(record.id, [record.owner])).toBe('gone')
    const expired = await kept({ expiresAt: subject.now() + 1 })
    subject.pass(1)
    expect(await subject.store.burn(expired.id, [expired.owner])).toBe('gone')
  })

  it('has one winner when a burn and claims race', async () => {
    for (let round = 0; round < 30; round++) {
      const record = await kept()
      const [burned, ...claims] = await Promise.all([
        subject.store.burn(record.id, [record.owner]),
        ...Array.from({ length: 6 }, (_, n) =>
          (n % 2 ? subject.store : subject.other).claim(record.id, newClaim(record)),
        ),
      ])
      const won = claims.filter(({ why }) => why === 'claimed').length
      expect(burned === 'burned' ? won : won - 1).toBe(0)
    }
  })

  it('expires at its time, not a millisecond before', async () => {
    const record = await kept({ expiresAt: subject.now() + 1_000 })
    subject.pass(999)
    expect((await subject.store.look(record.id))?.state).toBe('sealed')
    const early = newClaim(record)
    expect((await subject.store.claim(record.id, early)).why).toBe('claimed')
    await subject.store.release(record.id, early.claimId)
    subject.pass(1)
    expect(await subject.store.look(record.id)).toMatchObject({
      state: 'expired',
      changedAt: record.expiresAt,
    })
    subject.pass(1)
    expect(await subject.store.claim(record.id, newClaim(record))).toMatchObject({
      why: 'gone',
      receipt: { state: 'expired', changedAt: record.expiresAt },
    })
  })

  it('calls what was staged too long lost, and what expired first expired', async () => {
    const lost = await kept({ stagedMs: 10, expiresAt: subject.now() + 20 })
    const expired = await kept({ stagedMs: 20, expiresAt: subject.now() + 10 })
    subject.pass(30)
    expect((await subject.store.look(lost.id))?.state).toBe('lost')
    expect((await subject.store.look(expired.id))?.state).toBe('expired')
  })
}
