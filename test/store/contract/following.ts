import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { SecretId } from '../../../src/core/format/id.ts'
import type { NewRecord, Receipt } from '../../../src/core/store.ts'
import { newsMs, tombstoneMs } from '../../../src/core/store.ts'
import { allDue, newClaim, newRecord, newRequest } from '../../fixtures/records.ts'
import type { Subject } from '../contract.ts'

export function following(subject: Subject): void {
  const soon = () => subject.now() + 3_600_000

  async function kept(over: Partial<NewRecord> = {}): Promise<NewRecord> {
    const record = newRecord({ expiresAt: soon(), ...over })
    await subject.store.put(record)
    return record
  }

  /** All due work of these alone: other tests leave secrets behind, whose time comes. */
  async function dueOf(records: readonly NewRecord[], store = subject.store) {
    const mine = new Set(records.map(({ id }) => id))
    return (await allDue(store, 1_000, 10_000)).filter(({ id }) => mine.has(id))
  }

  const ids = (receipts: readonly Receipt[]) => receipts.map(({ id }) => id)

  /** What other tests left due is not this one's. */
  async function nothingDue(): Promise<void> {
    for (const { id, state } of await allDue(subject.store, 1_000, 10_000))
      await subject.store.done(id, state as 'lost')
  }

  it('hands out every notice once, holds it, and hands it out again until it is done', async () => {
    await nothingDue()
    const revealed = await kept()
    const claim = newClaim(revealed)
    await subject.store.claim(revealed.id, claim)
    await subject.store.settle(revealed.id, claim.claimId, 'revealed')
    const burned = await kept()
    await subject.store.burn(burned.id, [burned.owner])
    const expired = await kept({ expiresAt: subject.now() + 5 })
    const lost = await kept()
    await subject.store.claim(lost.id, newClaim(lost, { leaseMs: 5 }))
    const alive = await kept({ stagedMs: 1 })
    await subject.store.confirm(alive.id, randomBytes(120))
    subject.pass(5)

    const found = await allDue(subject.store, 1_000)
    expect(ids(found).sort()).toEqual([revealed.id, burned.id, expired.id, lost.id].sort())
    expect(found.find(({ id }) => id === lost.id)?.state).toBe('lost')
    expect(found.find(({ id }) => id === expired.id)).toEqual(await subject.store.look(expired.id))
    expect(await allDue(subject.other, 1_000)).toEqual([])

    await subject.other.done(revealed.id, 'revealed')
    await subject.other.done(revealed.id, 'revealed')
    await subject.other.done(burned.id, 'expired')
    subject.pass(1_000)
    expect(ids(await allDue(subject.other, 1_000)).sort()).toEqual([burned.id, expired.id, lost.id].sort())
    for (const { id, state } of [...found]) await subject.store.done(id, state as 'lost')
    subject.pass(5_000)
    expect(await allDue(subject.store, 1_000)).toEqual([])
  })

  it('divides due work between processes, and respects the limit', async () => {
    await nothingDue()
    const records = await Promise.all(
      Array.from({ length: 60 }, () => kept({ expiresAt: subject.now() + 3 })),
    )
    subject.pass(3)
    expect((await subject.store.due(4, 1)).length).toBeLessThanOrEqual(4)
    subject.pass(1)
    const [one, other] = await Promise.all([allDue(subject.store, 1_000), allDue(subject.other, 1_000)])
    expect(ids([...one, ...other]).sort()).toEqual(records.map(({ id }) => id).sort())
    await nothingDue()
  })

  it('hands out chosen receipts at once, due or not, and never living ones or done ones', async () => {
    const burned = await kept()
    const alive = await kept()
    const expired = await kept({ expiresAt: subject.now() + 1_000 })
    const all = [burned.id, alive.id, expired.id]
    await subject.store.burn(burned.id, [burned.owner])
    expect(ids(await subject.store.due(10, 1_000, all))).toEqual([burned.id])
    subject.pass(1_000)
    expect(ids(await subject.store.due(10, 1_000, all)).sort()).toEqual([burned.id, expired.id].sort())
    subject.pass(1_000)
    expect(await subject.store.due(1, 1_000, all)).toHaveLength(1)
    expect(await subject.store.due(1, 1_000, all)).toHaveLength(1)
    expect(await subject.store.due(1, 1_000, all)).toEqual([])
    subject.pass(1_000)
    await subject.store.done(burned.id, 'burned')
    expect(ids(await subject.store.due(10, 1_000, all))).toEqual([expired.id])
    await subject.store.done(expired.id, 'expired')
    expect(await subject.store.due(10, 1_000, all)).toEqual([])
    expect((await subject.store.claim(alive.id, newClaim(alive))).why).toBe('claimed')
  })

  it('leaves news that one round has to it, also when another asks for it by id, until there is newer news', async () => {
    await nothingDue()
    const asked = newRequest({ expiresAt: soon() })
    await subject.store.put(asked)
    const answer = {
      answerHash: asked.proofHash,
      sealed: randomBytes(9),
      kid: 'k1',
      proofHash: randomBytes(32),
    }
    await subject.store.answer(asked.id, answer)
    expect(await subject.store.due(10, 60_000, [asked.id])).toMatchObject([{ state: 'sealed' }])
    expect(await subject.other.due(10, 60_000, [asked.id])).toEqual([])
    expect(await allDue(subject.other, 60_000)).toEqual([])
    const claim = newClaim({ ...asked, proofHash: answer.proofHash })
    await subject.store.claim(asked.id, claim)
    await subject.store.settle(asked.id, claim.claimId, 'revealed')
    const told = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        (n % 2 ? subject.store : subject.other).due(10, 60_000, [asked.id]),
      ),
    )
    expect(told.flat()).toMatchObject([{ state: 'revealed' }])
    expect(await allDue(subject.other, 60_000)).toEqual([])
    await subject.store.done(asked.id, 'revealed')

    const soonOver = await kept({ expiresAt: subject.now() + 10 })
    subject.pass(10)
    expect(await subject.other.due(10, 60_000, [soonOver.id])).toHaveLength(1)
    expect(await subject.store.due(10, 60_000, [soonOver.id])).toEqual([])
    await subject.store.done(soonOver.id, 'expired')
  })

  it('keeps a tombstone until its news is told, and gives it up a month after the expiry', async () => {
    await nothingDue()
    const [told, untold, unseen] = [await kept(), await kept(), await kept()]
    for (const { id, owner } of [told, untold]) await subject.store.burn(id, [owner])
    subject.pass(3_600_000 + newsMs - 1)
    expect((await subject.store.claim(untold.id, newClaim(untold))).why).toBe('gone')
    expect(await subject.store.look(unseen.id)).toMatchObject({ state: 'expired' })
    const last = await dueOf([told, untold, unseen])
    expect(ids(last).sort()).toEqual([told.id, untold.id, unseen.id].sort())
    expect(last.filter((receipt) => 'givenUp' in receipt)).toEqual([])
    await subject.other.done(told.id, 'burned')
    expect(await subject.store.look(told.id)).toBeUndefined()
    subject.pass(1)
    // Whoever is at it may still tell it.
    expect(await subject.store.due(10, 1_000, [untold.id, unseen.id])).toEqual([])
    subject.pass(1_000)
    expect(await subject.store.look(untold.id)).toBeUndefined()
    const givenUp = await subject.other.due(10, 1_000, [told.id, untold.id])
    expect(givenUp).toMatchObject([{ id: untold.id, state: 'burned', givenUp: true }])
    expect(await dueOf([told, untold, unseen])).toMatchObject([
      { id: unseen.id, state: 'expired', givenUp: true },
    ])
    subject.pass(1_000)
    expect(await dueOf([told, untold, unseen])).toEqual([])
    expect(await subject.store.due(10, 1_000, [untold.id, unseen.id])).toEqual([])
  })

  it('gives news up that nobody looked at in all that time, and takes a new secret in its place', async () => {
    await nothingDue()
    const record = await kept()
    subject.pass(3_600_000 + newsMs)
    expect(await dueOf([record], subject.other)).toMatchObject([{ state: 'expired', givenUp: true }])
    await kept({ id: record.id })
    expect((await subject.store.look(record.id))?.state).toBe('sealed')
    subject.pass(3_600_000 + newsMs)
    await kept({ id: record.id })
    expect(await subject.other.due(10, 1_000, [record.id])).toEqual([])
    expect((await subject.store.look(record.id))?.state).toBe('sealed')
  })

  it('has no news of a link, whose tombstone goes a day after its expiry', async () => {
    await nothingDue()
    const burned = await kept({ kind: 'w1' })
    const expired = await kept({ kind: 'w1' })
    await subject.store.burn(burned.id, [burned.owner])
    expect(await subject.store.due(10, 1_000, [burned.id])).toEqual([])
    subject.pass(3_600_000)
    expect(await dueOf([burned, expired])).toEqual([])
    subject.pass(tombstoneMs - 1)
    expect((await subject.store.look(expired.id))?.state).toBe('expired')
    subject.pass(1)
    for (const { id } of [burned, expired]) expect(await subject.store.look(id)).toBeUndefined()
    expect(await dueOf([burned, expired])).toEqual([])
  })

  it('has a link in no list, though its owner may burn it', async () => {
    const owner = randomBytes(16)
    const link = await kept({ kind: 'w1', owner })
    const chat = await kept({ owner })
    expect(ids((await subject.store.list([owner], 10)).receipts)).toEqual([chat.id])
    expect(await subject.other.burn(link.id, [owner])).toBe('burned')
  })

  it('lists the receipts of any of the owners, newest first, page by page', async () => {
    const [mine, before, theirs] = [randomBytes(16), randomBytes(16), randomBytes(16)]
    const expected: SecretId[] = []
    for (let n = 0; n < 23; n++) {
      const record = await kept({ owner: n % 3 ? mine : before, ...(n === 20 && { stagedMs: 1 }) })
      expected.unshift(record.id)
      await kept({ owner: theirs })
      subject.pass(1)
    }
    const found: Receipt[] = []
    let page = await subject.other.list([mine, before], 5)
    for (let pages = 1; ; pages++) {
      expect(page.receipts.length).toBeLessThanOrEqual(5)
      found.push(...page.receipts)
      if (page.next === undefined) break
      expect(pages).toBeLessThan(6)
      // What comes meanwhile is newer than every page.
      await kept({ owner: mine })
      page = await subject.store.list([mine, before], 5, page.next)
    }
    expect(ids(found)).toEqual(expected)
    expect(found[2]).toEqual(await subject.store.look(expected[2]!))
    expect(found[2]?.state).toBe('lost')
    expect(await subject.store.list([randomBytes(16)], 5)).toEqual({ receipts: [] })
    expect(await subject.store.list([], 5)).toEqual({ receipts: [] })
    expect(ids((await subject.store.list([theirs, theirs], 100)).receipts)).toHaveLength(23)
  })

  it('ends a listing of exactly one page without a next one', async () => {
    const owner = randomBytes(16)
    await Promise.all([kept({ owner }), kept({ owner }), kept({ owner })])
    const page = await subject.store.list([owner], 3)
    expect(page.receipts).toHaveLength(3)
    expect(page).not.toHaveProperty('next')
  })

  it('lists tombstones until their last trace goes, and not what was discarded', async () => {
    const owner = randomBytes(16)
    const gone = await kept({ owner })
    await subject.store.burn(gone.id, [owner])
    const discarded = await kept({ owner, stagedMs: 1_000 })
    await subject.store.discard(discarded.id)
    expect((await subject.store.list([owner], 10)).receipts).toMatchObject([{ id: gone.id, state: 'burned' }])
    subject.pass(3_600_000 + tombstoneMs)
    expect(await subject.store.list([owner], 10)).toEqual({ receipts: [] })
    await kept({ owner })
    expect((await subject.store.list([owner], 10)).receipts).toHaveLength(1)
  })

  it('lets exactly one caller be first for a key, until its time is over', async () => {
    const key = `event {${randomBytes(4).toString('hex')}} ü\n`
    const callers = Array.from({ length: 50 }, (_, n) => `process-${n}`)
    const won = await Promise.all(
      callers.map((caller, n) => (n % 2 ? subject.store : subject.other).first(key, caller, 60_000)),
    )
    expect(won.filter(Boolean)).toHaveLength(1)
    const winner = callers[won.indexOf(true)]!
    expect(await subject.other.first(key, winner, 60_000)).toBe(true)
    expect(await subject.store.first(key, 'another', 60_000)).toBe(false)
    expect(await subject.store.first(`${key} `, 'another', 60_000)).toBe(true)
    await subject.store.forget(key, 'another')
    expect(await subject.store.first(key, 'another', 60_000)).toBe(false)
    await subject.store.forget(key, winner)
    expect(await subject.store.first(key, 'another', 60_000)).toBe(true)
    subject.pass(60_000)
    expect(await subject.other.first(key, winner, 60_000)).toBe(true)
    expect(await subject.other.first(key, 'another', 60_000)).toBe(false)
  })

  it('has a clock', async () => {
    expect(await subject.store.now()).toBe(subject.now())
    subject.pass(3)
    expect(await subject.other.now()).toBe(subject.now())
  })

  it('remembers everything for a process that starts later, and answers nothing once closed', async () => {
    const record = await kept()
    const early = subject.another()
    const claim = newClaim(record)
    await early.claim(record.id, claim)
    await early.close()
    await expect(early.look(record.id)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(early.claim(record.id, claim)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(early.put(newRecord())).rejects.toMatchObject({ code: 'unavailable' })
    const late = subject.another()
    expect((await late.claim(record.id, newClaim(record))).why).toBe('busy')
    expect(await late.settle(record.id, claim.claimId, 'revealed')).toBe('settled')
    await late.close()
    await late.close()
  })
}
