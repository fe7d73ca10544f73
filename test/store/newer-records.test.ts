import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import { printId } from '../../src/core/format/id.ts'
import type { NewRecord, SecretStore } from '../../src/core/store.ts'
import { newerFrom, recordFormat } from '../../src/store/redis/packed.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { allDue, newClaim, newRecord } from '../fixtures/records.ts'

describe('a record that a newer version keeps in the same Redis', () => {
  let time = Date.UTC(2100, 0, 1)
  let server: RedisServer
  let store: SecretStore
  let client: Redis

  beforeAll(async () => {
    server = await redisServer()
    store = redisStore({ at: server.at, now: () => time })
    client = new Redis(server.url)
  })
  afterAll(async () => {
    client.disconnect()
    await store.close()
    await server.close()
  })

  const nameOf = (id: string) => `sotto:{${Buffer.from(id, 'base64url').toString('hex').slice(0, 2)}}:${id}`

  /** A sealed record of the next format: its first byte says so, and a test of what else it may hold needs no more. */
  async function keptByNewer(over: Partial<NewRecord> = {}): Promise<NewRecord> {
    const record = newRecord({ expiresAt: time + 3_600_000, ...over })
    await store.put(record)
    await mark(record.id, newerFrom)
    return record
  }

  async function mark(id: string, format: number): Promise<void> {
    const [first = 0] = (await client.getrangeBuffer(nameOf(id), 0, 0)) as Buffer
    await client.setrange(nameOf(id), 0, Buffer.of((first & 15) | format))
  }

  async function trace(id: string) {
    return [await client.getBuffer(nameOf(id)), await client.pexpiretime(nameOf(id))]
  }

  it('is neither opened, burned nor told of, and stays as it is for the version that can', async () => {
    const record = await keptByNewer()
    const { id } = record
    const before = await trace(id)
    const verbs: Record<string, () => Promise<unknown>> = {
      put: () => store.put(record),
      confirm: () => store.confirm(id, randomBytes(20)),
      discard: () => store.discard(id),
      answer: () =>
        store.answer(id, {
          answerHash: randomBytes(32),
          sealed: randomBytes(9),
          kid: 'k1',
          proofHash: randomBytes(32),
        }),
      claim: () => store.claim(id, newClaim(record)),
      'a wrong proof': () => store.claim(id, newClaim(record, { proofHash: randomBytes(32) })),
      release: () => store.release(id, randomBytes(16)),
      settle: () => store.settle(id, randomBytes(16), 'revealed'),
      burn: () => store.burn(id, [record.owner]),
      look: () => store.look(id),
      done: () => store.done(id, 'expired'),
    }
    for (const [name, verb] of Object.entries(verbs)) {
      await expect(verb(), name).rejects.toMatchObject({
        code: 'newer',
        message: 'redis: a newer version of Sotto keeps this secret, and this one leaves it alone',
      })
    }
    expect(await store.due(5, 1_000, [id])).toEqual([])
    expect(await trace(id)).toEqual(before)
    await mark(id, recordFormat << 4)
    expect((await store.claim(id, newClaim(record))).why).toBe('claimed')
  })

  it('does not expire by this version’s clock, and hides no news of others', async () => {
    const first = randomBytes(1)
    const inOneBucket = () => printId(Buffer.concat([first, randomBytes(15)]))
    const newer: NewRecord[] = []
    for (let n = 0; n < 6; n++) newer.push(await keptByNewer({ id: inOneBucket(), expiresAt: time + 5 }))
    const mine = newRecord({ id: inOneBucket(), expiresAt: time + 6 })
    await store.put(mine)
    const before = await Promise.all(newer.map(({ id }) => trace(id)))
    time += 10
    // Two at a time: those of the newer version are first in line.
    const told = [...(await allDue(store, 60_000, 2)), ...(await allDue(store, 60_000, 2))]
    told.push(...(await allDue(store, 60_000, 2)), ...(await allDue(store, 60_000, 2)))
    expect(told.map(({ id, state }) => ({ id, state }))).toEqual([{ id: mine.id, state: 'expired' }])
    expect(await Promise.all(newer.map(({ id }) => trace(id)))).toEqual(before)
    for (const { id } of newer) await mark(id, recordFormat << 4)
    time += 60_000
    const rest = (await allDue(store, 1_000)).map(({ id, state }) => `${id} ${state}`)
    expect(rest).toEqual(expect.arrayContaining([mine, ...newer].map(({ id }) => `${id} expired`)))
  })

  it('is left out of its owner’s list, and comes back to it', async () => {
    const owner = randomBytes(16)
    const mine = newRecord({ owner, expiresAt: time + 3_600_000 })
    await store.put(mine)
    time += 1
    const { id } = await keptByNewer({ owner })
    time += 20 * 60_000
    expect((await store.list([owner], 5)).receipts.map((receipt) => receipt.id)).toEqual([mine.id])
    await mark(id, recordFormat << 4)
    expect((await store.list([owner], 5)).receipts.map((receipt) => receipt.id)).toEqual([id, mine.id])
  })

  it('is what the self-check warns of while it may be there', async () => {
    const newer = recordFormat + 3
    const text = expect.stringMatching(new RegExp(`newer version.*record format ${newer}`))
    const about = { level: 'warn', text }
    expect(await store.check()).not.toContainEqual(about)
    // What the newer version writes before the first record of its own.
    await client.zadd('sotto:{00}:formats', time + 1_000, String(newer))
    expect(await store.check()).toContainEqual(about)
    time += 2_000
    expect(await store.check()).not.toContainEqual(about)
  })

  it('is announced by whoever writes in another format, with an expiry', async () => {
    expect(await client.zrange('sotto:{00}:formats', '0', '-1')).toContain(String(recordFormat))
    expect(await client.pttl('sotto:{00}:formats')).toBeGreaterThan(0)
  })
})
