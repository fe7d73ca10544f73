import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { printId } from '../../../src/core/format/id.ts'
import type { Errand, NewRecord } from '../../../src/core/store.ts'
import { finishedMs, maxErrandNote, maxReleases, overMs } from '../../../src/core/store.ts'
import { allErrands, newClaim, newErrand, newRecord } from '../../fixtures/records.ts'
import type { Subject } from '../contract.ts'

export function errands(subject: Subject): void {
  const minute = 60_000
  const ofId = (id = printId(randomBytes(16))) => ({
    id,
    dueAt: subject.now(),
    until: subject.now() + 60 * minute,
  })
  const errand = (over: Partial<Errand> = {}) => newErrand({ ...ofId(over.id), ...over })

  async function kept(over: Partial<NewRecord> = {}): Promise<NewRecord> {
    const record = newRecord({ expiresAt: subject.now() + 60 * minute, ...over })
    await subject.store.put(record)
    return record
  }

  async function planned(over: Partial<Errand> = {}): Promise<Errand> {
    const plan = errand(over)
    await subject.store.plan(plan)
    return plan
  }

  /** What is due of one secret now, held for the millisecond that passes with the look. */
  async function dueOf(id: Errand['id'], store = subject.other) {
    const found = (await allErrands(store, 1)).filter((each) => each.id === id)
    subject.pass(1)
    return found.sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  const names = (found: readonly Errand[]) => found.map(({ name }) => name)

  it('hands an errand out when it is due, not a millisecond before, as it was planned', async () => {
    const { id, dueAt, until, name, note } = await planned({ dueAt: subject.now() + 10 })
    subject.pass(9)
    expect(await dueOf(id)).toEqual([])
    expect(await dueOf(id)).toEqual([
      { id, name, dueAt, until, note: new Uint8Array(note), tries: 0, over: false },
    ])
  })

  it('keeps notes of any size up to the most, byte for byte', async () => {
    const id = printId(randomBytes(16))
    const notes = [0, 1, 300, 511, maxErrandNote + 64].map((size, n) => ({
      name: 'abcde'[n]!,
      note: randomBytes(size),
    }))
    for (const { name, note } of notes) await planned({ id, name, note })
    expect((await dueOf(id)).map(({ name, note }) => ({ name, note: Buffer.from(note) }))).toEqual(notes)
    for (const { name } of notes) await subject.store.finish(id, name)
  })

  it('gives it to one of many callers for a hold, and then again with its tries counted', async () => {
    const { id, name } = await planned()
    const calls = Array.from({ length: 20 }, (_, n) => (n % 2 ? subject.store : subject.other))
    const only = [{ id, name }]
    const taken = (await Promise.all(calls.map((store) => store.errands(5, 1_000, only)))).flat()
    expect(taken.map(({ tries }) => tries)).toEqual([0])
    subject.pass(999)
    expect(await subject.store.errands(5, 1_000, only)).toEqual([])
    expect(await dueOf(id)).toEqual([])
    expect(await dueOf(id)).toMatchObject([{ tries: 1 }])
    expect(await subject.other.errands(5, 1_000, only)).toMatchObject([{ tries: 2 }])
    await subject.store.finish(id, name)
  })

  it('divides what is due between callers, and respects the limit', async () => {
    for (const each of await allErrands(subject.store, 1, 1_000))
      await subject.store.finish(each.id, each.name)
    const plans = await Promise.all(Array.from({ length: 40 }, () => planned()))
    expect((await subject.store.errands(3, 1)).length).toBeLessThanOrEqual(3)
    subject.pass(1)
    const [one, other] = await Promise.all([
      allErrands(subject.store, 1_000),
      allErrands(subject.other, 1_000),
    ])
    expect([...one, ...other].map(({ id }) => id).sort()).toEqual(plans.map(({ id }) => id).sort())
    for (const { id, name } of plans) await subject.store.finish(id, name)
  })

  it('hands chosen errands out before they are due, and never what is not there', async () => {
    const { id, name } = await planned({ dueAt: subject.now() + minute })
    const absent = { id: printId(randomBytes(16)), name }
    expect(await subject.store.errands(5, 10, [absent, { id, name: 'other' }])).toEqual([])
    expect(names(await subject.store.errands(5, 10, [absent, { id, name }]))).toEqual([name])
  })

  it('postpones: not before the new time, in nobody’s hand, and never beyond its end', async () => {
    const { id, name, until } = await planned()
    await subject.store.errands(5, minute, [{ id, name }])
    const dueAt = subject.now() + 10
    await subject.store.postpone(id, name, dueAt)
    expect(await dueOf(id)).toEqual([])
    subject.pass(9)
    const [again] = await dueOf(id)
    expect(again).toMatchObject({ tries: 1, dueAt })
    await subject.other.postpone(id, name, subject.now() + 5, { note: again!.note, tries: 9 })
    expect(await subject.store.errands(5, 10, [{ id, name }])).toMatchObject([{ tries: 9 }])
    await subject.store.postpone(id, name, until + minute)
    subject.pass(until - subject.now())
    expect(await dueOf(id)).toMatchObject([{ dueAt: until, over: true }])
    await subject.store.postpone(printId(randomBytes(16)), name, subject.now())
  })

  it('finishes once and for all, also for a plan that is sent again', async () => {
    const plan = await planned()
    const { id, name } = plan
    await subject.store.plan(plan)
    await subject.other.finish(id, name)
    await subject.store.finish(id, name)
    await subject.store.postpone(id, name, subject.now())
    subject.pass(finishedMs - 1)
    await subject.store.plan(plan)
    expect(await dueOf(id)).toEqual([])
    expect(await subject.store.errands(5, 10, [{ id, name }])).toEqual([])
    await subject.store.finish(printId(randomBytes(16)), 'never-there')
  })

  it('changes nothing for a plan that is sent again while somebody has it', async () => {
    const plan = await planned()
    await subject.store.errands(5, 1_000, [plan])
    await subject.other.plan(plan)
    expect(await dueOf(plan.id)).toEqual([])
    subject.pass(1_000)
    expect(await dueOf(plan.id)).toMatchObject([{ tries: 1 }])
  })

  it('replaces an errand by a later one of its name, which whoever had the first can neither end nor move', async () => {
    const { id, name, note } = await planned()
    await subject.store.errands(5, minute, [{ id, name }])
    const later = await planned({ id })
    await subject.store.finish(id, name, { note })
    await subject.store.postpone(id, name, subject.now() + minute, { note, tries: 7 })
    expect(await dueOf(id)).toMatchObject([{ note: new Uint8Array(later.note), tries: 0 }])
    await planned({ id, name: 'another' })
    expect(names(await dueOf(id))).toEqual(['another', name])
    await subject.store.finish(id, name, { note: later.note })
    expect(names(await dueOf(id))).toEqual(['another'])
  })

  it('is over from its end on, until somebody says that it was given up, or for a day', async () => {
    const told = await planned()
    const untold = await planned({ until: subject.now() + 60 * minute })
    subject.pass(60 * minute - 1)
    expect(await dueOf(told.id)).toMatchObject([{ over: false }])
    expect(await dueOf(told.id)).toMatchObject([{ over: true, tries: 1 }])
    await subject.store.finish(told.id, told.name)
    subject.pass(overMs - 2)
    expect(await dueOf(untold.id)).toMatchObject([{ over: true }])
    expect(await dueOf(untold.id)).toEqual([])
    expect(await dueOf(told.id)).toEqual([])
    expect(await subject.store.errands(5, 10, [untold])).toEqual([])
    await subject.store.plan({ ...untold, until: subject.now() + minute })
    expect(await dueOf(untold.id)).toMatchObject([{ over: false }])
  })

  it('refuses what is no errand', async () => {
    const { id } = await kept()
    const wrong: Partial<Errand>[] = [
      { id: 'short' as Errand['id'] },
      { name: '' },
      { name: 'Wipe' },
      { name: 'a'.repeat(25) },
      { note: new Uint8Array(maxErrandNote + 65) },
      { dueAt: 1.5 },
      { until: -1 },
    ]
    for (const over of wrong)
      await expect(subject.store.plan(errand({ id, ...over }))).rejects.toMatchObject({
        code: 'bad-argument',
      })
    // What another secret owes lies elsewhere.
    const owes = [errand()]
    for (const refused of [
      subject.store.confirm(id, randomBytes(9), owes),
      subject.store.settle(id, randomBytes(16), 'revealed', owes),
      subject.store.done(id, 'revealed', owes),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('plans what a claim owes in the step that wins, once, and not for those that do not win', async () => {
    const record = await kept()
    const { id } = record
    const owes = [errand({ id, name: 'wipe' }), errand({ id, name: 'news', note: randomBytes(900) })]
    const refusals = [
      newClaim(record, { recipient: randomBytes(16), owes }),
      newClaim(record, { proofHash: randomBytes(32), owes }),
      newClaim(record, { kids: ['other'], owes }),
    ]
    for (const refused of refusals) await subject.store.claim(id, refused)
    expect(await dueOf(id)).toEqual([])
    const claim = newClaim(record, { owes })
    expect((await subject.store.claim(id, claim)).why).toBe('claimed')
    expect(names(await dueOf(id))).toEqual(['news', 'wipe'])
    await subject.other.finish(id, 'wipe')
    expect((await subject.store.claim(id, claim)).why).toBe('claimed')
    const busy = newClaim(record, { owes: [errand({ id, name: 'busy' })] })
    expect((await subject.store.claim(id, busy)).why).toBe('busy')
    expect(await dueOf(id)).toMatchObject([{ name: 'news', tries: 1 }])
  })

  it('gives one of many claims its errand, and none of the others', async () => {
    const record = await kept()
    const { id } = record
    const claims = Array.from({ length: 12 }, (_, n) =>
      newClaim(record, { owes: [errand({ id, note: Buffer.of(n) })] }),
    )
    const won = await Promise.all(
      claims.map((claim, n) => (n % 2 ? subject.store : subject.other).claim(id, claim)),
    )
    const winner = won.findIndex(({ why }) => why === 'claimed')
    expect(await dueOf(id)).toMatchObject([{ note: Uint8Array.of(winner), tries: 0 }])
  })

  it('cancels with a release what the claim owed, and plans it again with the next claim', async () => {
    const record = await kept()
    const { id } = record
    const claim = newClaim(record, { owes: [errand({ id, name: 'wipe' }), errand({ id, name: 'news' })] })
    for (let n = 0; n <= maxReleases; n++) {
      await subject.store.claim(id, claim)
      expect(await subject.store.release(id, randomBytes(16), ['wipe'])).toBe('not-holder')
      expect(names(await dueOf(id))).toEqual(['news', 'wipe'])
      expect(await subject.other.release(id, claim.claimId, ['wipe', 'never-there'])).toBe(
        n < maxReleases ? 'sealed' : 'lost',
      )
      expect(names(await dueOf(id))).toEqual(['news'])
    }
  })

  it('cancels nothing with a release that is sent again after somebody else has claimed', async () => {
    const record = await kept()
    const { id } = record
    const first = newClaim(record, { owes: [errand({ id })] })
    await subject.store.claim(id, first)
    await subject.store.release(id, first.claimId, [first.owes![0]!.name])
    const second = newClaim(record, { owes: [errand({ id })] })
    await subject.store.claim(id, second)
    await subject.other.release(id, first.claimId, [first.owes![0]!.name])
    expect(await dueOf(id)).toMatchObject([{ note: new Uint8Array(second.owes![0]!.note) }])
  })

  it('plans what a settle owes with the settle that counts', async () => {
    const record = await kept()
    const { id } = record
    const claim = newClaim(record)
    await subject.store.claim(id, claim)
    const owes = [errand({ id, name: 'card' })]
    await subject.store.settle(id, randomBytes(16), 'revealed', owes)
    expect(await dueOf(id)).toEqual([])
    await subject.store.settle(id, claim.claimId, 'revealed', owes)
    expect(names(await dueOf(id))).toEqual(['card'])
    await subject.store.finish(id, 'card')
    await subject.other.settle(id, claim.claimId, 'revealed', owes)
    await subject.other.settle(id, claim.claimId, 'unconfirmed', owes)
    expect(await dueOf(id)).toEqual([])
  })

  it('plans what is owed with the news that went out, once', async () => {
    const record = await kept()
    const { id } = record
    await subject.store.burn(id, [record.owner])
    const owes = [errand({ id, name: 'card' })]
    await subject.store.done(id, 'revealed', owes)
    expect(await dueOf(id)).toEqual([])
    await subject.store.done(id, 'burned', owes)
    expect(names(await dueOf(id))).toEqual(['card'])
    await subject.store.finish(id, 'card')
    await subject.other.done(id, 'burned', owes)
    expect(await dueOf(id)).toEqual([])
  })

  it('plans what is owed with the receipt, in every state, and not for what is not there', async () => {
    const record = await kept({ stagedMs: minute })
    const { id } = record
    const owes = [errand({ id, name: 'receipt' })]
    expect(await subject.store.confirm(id, randomBytes(40), owes)).toBe('sealed')
    expect(names(await dueOf(id))).toEqual(['receipt'])
    await subject.store.finish(id, 'receipt')
    expect(await subject.store.confirm(id, randomBytes(40), owes)).toBe('sealed')
    expect(await dueOf(id)).toEqual([])
    await subject.store.burn(id, [record.owner])
    expect(await subject.store.confirm(id, randomBytes(90), [errand({ id, name: 'receipt' })])).toBe('burned')
    expect(names(await dueOf(id))).toEqual(['receipt'])
    const absent = errand()
    expect(await subject.store.confirm(absent.id, randomBytes(9), [absent])).toBe('unknown')
    expect(await dueOf(absent.id)).toEqual([])
  })

  it('keeps an errand whose secret has gone, or never was', async () => {
    const record = await kept({ stagedMs: minute })
    const { id } = record
    await planned({ id })
    await subject.store.discard(id)
    expect(await dueOf(id)).toHaveLength(1)
    expect(await subject.store.look(id)).toBeUndefined()
  })
}
