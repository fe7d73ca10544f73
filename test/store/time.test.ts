import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { redisAt, redisServer } from '../../doubles/run/redis-server.ts'
import { redis, stores } from '../../doubles/run/stores.ts'
import type { NewRecord, SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { newClaim, newErrand, newRecord } from '../fixtures/records.ts'
import type { AroundExpiry } from '../fixtures/wrong-clock.ts'

const minutes = 60_000
const wrongClock = fileURLToPath(new URL('../fixtures/wrong-clock.ts', import.meta.url))

const toClose: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

/** Until the store's own clock shows `time`. */
async function until(store: SecretStore, time: number): Promise<void> {
  while ((await store.now()) < time) await new Promise((resolve) => setTimeout(resolve, 3))
}

describe.each(stores)('the clock of $name', ({ open }) => {
  const late = (store: SecretStore, act: 'settle' | 'release', { id }: NewRecord, claimId: Uint8Array) =>
    act === 'settle' ? store.settle(id, claimId, 'revealed') : store.release(id, claimId)

  it('decides when a lease is over: its holder can then neither settle nor release, and nobody else wins', async () => {
    const { store, another, close } = await open()
    toClose.push(close)
    const sleeper = another()
    for (const act of ['settle', 'release'] as const) {
      const record = newRecord()
      await store.put(record)
      const claim = newClaim(record, { leaseMs: 30 })
      const claimed = await sleeper.claim(record.id, claim)
      if (claimed.why !== 'claimed') throw new Error(claimed.why)
      await until(store, claimed.leaseUntil + 5)
      expect(await late(sleeper, act, record, claim.claimId)).toBe('not-holder')
      expect((await store.claim(record.id, newClaim(record))).why).toBe('gone')
      expect(await store.look(record.id)).toMatchObject({ state: 'lost', changedAt: claimed.leaseUntil })
    }
    // The counter-example does not end leases.
    const broken: SecretStore = {
      ...sleeper,
      claim: (id, claim) => sleeper.claim(id, { ...claim, leaseMs: 60 * minutes }),
    }
    const record = newRecord()
    await store.put(record)
    const claim = newClaim(record, { leaseMs: 30 })
    await broken.claim(record.id, claim)
    await until(store, (await store.now()) + 35)
    expect(await late(broken, 'settle', record, claim.claimId)).toBe('settled')
  })
})

describe('Redis, whose processes have clocks of their own', () => {
  /** Claims around the expiry, by a process whose clock is that much off; the counter-example goes by its own clock. */
  async function edge(skewMs: number, broken: boolean): Promise<AroundExpiry> {
    const server = await redisServer({ appendonly: false })
    toClose.push(() => server.close())
    const child = fork(wrongClock, [server.url, `${skewMs}`, ...(broken ? ['broken'] : [])], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let seen: AroundExpiry | undefined
    child.on('message', (message: AroundExpiry) => {
      seen = message
    })
    await once(child, 'close')
    if (seen === undefined) throw new Error('the process ended without a word')
    return seen
  }

  it.each([-5 * minutes, 0, 5 * minutes])(
    'opens until the expiry by its clock when a process is %i ms off',
    async (skew) => {
      const { wrong, opened, refused } = await edge(skew, false)
      expect({ wrong, opened: opened > 0, refused: refused > 0 }).toEqual({
        wrong: 0,
        opened: true,
        refused: true,
      })
    },
  )

  it('is caught when the process decides', async () => {
    expect((await edge(-5 * minutes, true)).wrong).toBeGreaterThan(0)
    expect((await edge(5 * minutes, true)).wrong).toBeGreaterThan(0)
  })
})

describe('every key in Redis', () => {
  it('has an expiry, whatever happened to its secret', async () => {
    const server = await redisServer()
    const store = redisStore({ at: server.at })
    const client = new Redis(server.url)
    toClose.push(
      () => server.close(),
      async () => client.disconnect(),
      () => store.close(),
    )
    const owner = newRecord().owner
    for (let n = 0; n < 40; n++) {
      const record = newRecord({
        owner: n % 2 ? owner : newRecord().owner,
        ...(n % 3 && { stagedMs: 60 * minutes }),
      })
      await store.put(record)
      await store.confirm(record.id, record.receipt)
      const claim = newClaim(record)
      const times = { dueAt: await store.now(), until: (await store.now()) + 60_000 }
      const owes = ['wipe', 'news', 'card'].map((name) => newErrand({ id: record.id, name, ...times }))
      if (n % 4 < 2) await store.claim(record.id, { ...claim, owes })
      if (n % 5 === 0) await store.release(record.id, claim.claimId, ['wipe'])
      if (n % 5 === 1) await store.errands(100, 1_000)
      if (n % 5 === 2) await store.finish(record.id, 'news')
      if (n % 5 === 3) await store.postpone(record.id, 'card', times.until + 1)
      if (n % 4 === 1) await store.settle(record.id, claim.claimId, 'revealed')
      if (n % 4 === 2) await store.burn(record.id, [record.owner])
      if (n % 8 < 4)
        for (const { state } of await store.due(1, 1_000, [record.id]))
          await store.done(record.id, state as 'lost')
      await store.first(record.id, 'me', 60 * minutes)
      if (n % 5 === 0) await store.forget(record.id, 'me')
    }
    await store.list([owner], 50)
    const endless = async () => {
      const keys = await client.keys('*')
      const lives = await Promise.all(keys.map((key) => client.pttl(key)))
      return { keys: keys.length, endless: lives.filter((left) => left < 0).length }
    }
    expect(await endless()).toMatchObject({ endless: 0 })
    expect((await endless()).keys).toBeGreaterThan(80)
    await client.set('sotto:{00}:broken', 'kept for ever')
    expect(await endless()).toMatchObject({ endless: 1 })
  })

  it('begins with the prefix and one bucket tag, and has no other brace', async () => {
    const { dump, store, close } = await redis.open()
    toClose.push(close)
    for (let n = 0; n < 200; n++) await store.put(newRecord())
    for (let n = 0; n < 20; n++) await store.plan(newErrand())
    await store.first('{}{}', 'me', 60_000)
    const keys = (await dump()).toString('latin1').match(/sotto:[^:]*:/g) ?? []
    expect(keys.length).toBeGreaterThan(400)
    for (const key of keys) expect(key).toMatch(/^sotto:\{[0-9a-f]{2}\}:$/)
    expect(() => redisStore({ at: redisAt('redis://127.0.0.1'), prefix: '{a}' })).toThrow(/braces/)
  })
})
