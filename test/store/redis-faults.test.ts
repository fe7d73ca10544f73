import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { ownTime } from '../../doubles/run/own-time.ts'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import type { SecretId } from '../../src/core/format/id.ts'
import type { ClaimResult, NewRecord, SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { newClaim, newErrand, newRecord } from '../fixtures/records.ts'
import { tcpProxy } from '../fixtures/tcp-proxy.ts'

const toClose: (() => unknown)[] = []
const unavailable = { code: 'unavailable' }

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

/** What a store that is coming back does at last. */
async function untilItDoes(act: () => Promise<void>): Promise<void> {
  while (
    await act().then(
      () => false,
      () => true,
    )
  );
}

/** Whether a claim on a failing store gave bytes that the store, once well again, does not know to be claimed. */
async function leaks(claim: Promise<ClaimResult>, well: SecretStore, id: SecretId): Promise<boolean> {
  const result = await claim.catch(() => undefined)
  return result?.why === 'claimed' && (await well.look(id))?.state === 'sealed'
}

describe('a Redis out of memory', () => {
  async function opened() {
    const server = await redisServer()
    const clock = { time: Date.now() }
    const store = redisStore({ at: server.at, now: () => clock.time, commandTimeoutMs: 60_000 })
    const admin = new Redis(server.url)
    toClose.push(
      () => server.close(),
      () => store.close(),
      () => admin.disconnect(),
    )
    const full = (yes: boolean) => admin.config('SET', 'maxmemory', yes ? '1' : '0')
    const kept = async (over: Partial<NewRecord> = {}) => {
      const record = newRecord(over)
      await store.put(record)
      return record
    }
    return { store, admin, full, kept, clock }
  }

  it('hands out nothing that it cannot write down, and changes nothing by refusing', async () => {
    const { store, full, kept } = await opened()
    const sealed = await kept()
    const staged = await kept({ stagedMs: 60_000 })
    const held = await kept()
    const holder = newClaim(held)
    await store.claim(held.id, holder)
    await full(true)
    const errand = newErrand({ id: sealed.id })
    const claim = newClaim(sealed, { owes: [errand] })
    await expect(store.plan(newErrand())).rejects.toMatchObject(unavailable)
    await expect(store.claim(sealed.id, claim)).rejects.toMatchObject(unavailable)
    await expect(store.claim(sealed.id, { ...claim, proofHash: randomBytes(32) })).rejects.toMatchObject(
      unavailable,
    )
    await expect(store.put(newRecord())).rejects.toMatchObject(unavailable)
    await expect(store.confirm(staged.id, randomBytes(300))).rejects.toMatchObject(unavailable)
    await expect(store.release(held.id, holder.claimId)).rejects.toMatchObject(unavailable)
    await expect(store.first('key', 'me', 60_000)).rejects.toMatchObject(unavailable)
    expect((await store.claim(sealed.id, { ...claim, kids: [] })).why).toBe('unknown-key')
    await full(false)
    expect(await store.look(sealed.id)).toMatchObject({ state: 'sealed', triesLeft: 10 })
    expect(await store.errands(9, 1_000, [errand])).toEqual([])
    expect((await store.look(staged.id))?.state).toBe('staged')
    expect((await store.look(held.id))?.state).toBe('claimed')
    expect((await store.claim(sealed.id, claim)).why).toBe('claimed')
  })

  it('still ends secrets: settle, burn, expiry and discard make room', async () => {
    const { store, full, kept, clock } = await opened()
    const [held, burned, staged] = [await kept(), await kept(), await kept({ stagedMs: 60_000 })]
    const expired = await kept({ expiresAt: clock.time + 20 })
    const holder = newClaim(held)
    await store.claim(held.id, holder)
    const wipe = newErrand({ id: held.id, name: 'wipe' })
    await store.plan(wipe)
    await full(true)
    const card = newErrand({ id: held.id, name: 'card' })
    expect(await store.settle(held.id, holder.claimId, 'revealed', [card])).toBe('settled')
    await store.postpone(held.id, 'wipe', wipe.dueAt)
    expect(await store.errands(9, 1_000, [wipe, card])).toHaveLength(2)
    await store.finish(held.id, 'wipe')
    await store.finish(held.id, 'card')
    expect(await store.errands(9, 0, [wipe, card])).toEqual([])
    expect(await store.burn(burned.id, [burned.owner])).toBe('burned')
    expect(await store.discard(staged.id)).toBe(true)
    clock.time = expired.expiresAt
    expect(await store.claim(expired.id, newClaim(expired))).toMatchObject({ receipt: { state: 'expired' } })
    for (const [record, state] of [
      [held, 'revealed'],
      [burned, 'burned'],
    ] as const)
      expect((await store.look(record.id))?.state).toBe(state)
  })

  it('is what a store gets wrong that reads before it writes: the counter-example is caught', async () => {
    const { store, admin, full, kept } = await opened()
    const record = await kept()
    const broken = async (): Promise<ClaimResult> => {
      const [key] = await admin.keys(`sotto:*${record.id}`)
      const sealed = await admin.getBuffer(key!)
      await store.claim(record.id, newClaim(record)).catch(() => undefined)
      const { kdf, recipient, expiresAt, kind } = record
      return { why: 'claimed', sealed: sealed!, kdf, recipient, expiresAt, kind, leaseUntil: 0 }
    }
    await full(true)
    expect(await leaks(broken(), store, record.id)).toBe(true)
    expect(await leaks(store.claim(record.id, newClaim(record)), store, record.id)).toBe(false)
  })
})

describe('a Redis that goes away', () => {
  it('has every claim that was answered when it comes back, and none of its secrets is shown twice', async () => {
    const server: RedisServer = await redisServer()
    const store = redisStore({ at: server.at, commandTimeoutMs: 2_000 })
    toClose.push(
      () => server.close(),
      () => store.close(),
    )
    const records = Array.from({ length: 200 }, () => newRecord())
    await Promise.all(records.map((record) => store.put(record)))
    const shown: NewRecord[] = []
    let rejected = 0
    let next = 0
    let killed: Promise<void> | undefined
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let n = next++; n < records.length; n = next++) {
          if (n === 150) killed = server.kill()
          const record = records[n]!
          await store.claim(record.id, newClaim(record, { leaseMs: 600_000 })).then(
            ({ why }) => why === 'claimed' && shown.push(record),
            () => rejected++,
          )
          if (n > 170) await killed
        }
      }),
    )
    await server.start()
    const well = redisStore({ at: server.at })
    toClose.push(() => well.close())
    expect(shown.length).toBeGreaterThan(100)
    expect(rejected).toBeGreaterThan(0)
    for (const record of shown) expect((await well.claim(record.id, newClaim(record))).why).toBe('busy')
    // The store that lost it finds it again by itself.
    const late = newRecord()
    await untilItDoes(() => store.put(late))
    expect((await store.claim(late.id, newClaim(late))).why).toBe('claimed')
  })

  it('rejects in time when nothing comes back at all, and holds no more calls than it may', async () => {
    const server = await redisServer()
    const proxy = await tcpProxy(server.port)
    const store = redisStore({ at: proxy.at, commandTimeoutMs: 150, maxPending: 50 })
    const well = redisStore({ at: server.at, commandTimeoutMs: 60_000 })
    toClose.push(
      () => server.close(),
      () => proxy.close(),
      () => store.close(),
      () => well.close(),
    )
    const record = newRecord()
    await untilItDoes(() => store.put(record))
    proxy.stall()
    const started = ownTime()
    const answers = await Promise.allSettled(
      Array.from({ length: 80 }, () => store.claim(record.id, newClaim(record))),
    )
    expect(ownTime() - started).toBeLessThan(1_500)
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    expect(
      answers.filter((answer) => String(Reflect.get(answer, 'reason')).includes('too many')),
    ).toHaveLength(30)
    proxy.pass()
    proxy.cut()
    const late = newRecord()
    await untilItDoes(() => store.put(late))
    expect((await well.look(late.id))?.state).toBe('sealed')
  })

  it('tells in no error what was sent', async () => {
    const server = await redisServer()
    const store = redisStore({ at: server.at, commandTimeoutMs: 60_000 })
    toClose.push(() => store.close())
    await store.now()
    await server.close()
    const record = newRecord({ sealed: Buffer.from('CANARY'.repeat(20)), kid: 'CANARY' })
    const error = await store.put(record).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject(unavailable)
    const text = inspect(error, { depth: 9, showHidden: true })
    for (const canary of ['CANARY', Buffer.from('CANARY').toString('hex'), record.id, '67 65 78'])
      expect(text.includes(canary)).toBe(false)
  })
})
