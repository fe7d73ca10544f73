import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import { printId } from '../../src/core/format/id.ts'
import type { Errand, NewRecord, SecretStore } from '../../src/core/store.ts'
import { maxWrongProofs, overMs } from '../../src/core/store.ts'
import { type RedisOptions, redisStore } from '../../src/store/redis/store.ts'
import { allErrands, newClaim, newErrand, newRecord, newRequest } from '../fixtures/records.ts'

const toClose: (() => unknown)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

async function serve(options: Parameters<typeof redisServer>[0] = {}): Promise<RedisServer> {
  const server = await redisServer(options)
  toClose.push(() => server.close())
  return server
}

function opened(options: RedisOptions): SecretStore {
  const store = redisStore(options)
  toClose.push(() => store.close())
  return store
}

function admin({ port }: RedisServer): Redis {
  const client = new Redis(port)
  toClose.push(() => client.disconnect())
  return client
}

/** Every file of a server: the parts of its log, and whatever snapshot lies beside them. */
function files({ folder }: RedisServer): readonly Buffer[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => readFileSync(path))
}

/** How often pieces of the sealed bytes are in any file; a snapshot puts a byte between every 32 of what it cannot compress. */
function count({ sealed = new Uint8Array() }: Pick<NewRecord, 'sealed'>, server: RedisServer): number {
  const written = files(server)
  const counts = Array.from({ length: Math.floor((sealed.length - 16) / 4) }, (_, at) => {
    const piece = sealed.subarray(at * 4, at * 4 + 16)
    return written.reduce((sum, file) => sum + occurrences(file, piece), 0)
  })
  return Math.max(...counts)
}

function occurrences(file: Buffer, piece: Uint8Array): number {
  let found = 0
  for (let at = file.indexOf(piece); at >= 0; at = file.indexOf(piece, at + 1)) found++
  return found
}

const field = async (client: Redis, name: string) =>
  new RegExp(`^${name}:(.*)\\r$`, 'm').exec(await client.info())?.[1]

/** Since when the bucket of an id owes a rewrite. */
const markOf = (id: string) => `sotto:{${Buffer.from(id, 'base64url').toString('hex').slice(0, 2)}}:owed`

/** Which buckets owe a rewrite, or have one under way. */
const owed = async (client: Redis) => [...(await client.keys('*:owed')), ...(await client.keys('*:erasing'))]

/** Long enough for a rewrite on a machine with other work. */
const patience = { timeout: 20_000, interval: 50 }

describe('the log of Redis', () => {
  it('has the sealed bytes once, whatever is written around them before the end', async () => {
    const server = await serve()
    const store = opened({ at: server.at })
    const client = admin(server)
    for (const size of [372, 5_000]) {
      const record = newRecord({ sealed: randomBytes(size), stagedMs: 60_000 })
      await store.put(record)
      await store.confirm(record.id, randomBytes(220))
      const [key = ''] = await client.keys(`sotto:*:${record.id}`)
      // Redis leaves what grew as much room again; a copy has none, and nothing that waits has.
      const waste = async () => {
        await client.call('COPY', key, 'copy', 'REPLACE')
        return Number(await client.memory('USAGE', key)) - Number(await client.memory('USAGE', 'copy'))
      }
      expect(await waste()).toBeLessThan(100)
      for (let n = 0; n < 3; n++)
        await store.claim(record.id, newClaim(record, { proofHash: randomBytes(32) }))
      const claim = newClaim(record)
      await store.claim(record.id, claim)
      await store.claim(record.id, claim)
      await store.release(record.id, claim.claimId)
      const again = newClaim(record)
      expect(await store.claim(record.id, again)).toMatchObject({
        why: 'claimed',
        sealed: new Uint8Array(record.sealed!),
      })
      expect(count(record, server)).toBe(1)
      await store.release(record.id, again.claimId)
      expect(await waste()).toBeLessThan(100)
    }
    const asked = newRequest()
    const sealed = randomBytes(372)
    await store.put(asked)
    await store.answer(asked.id, {
      answerHash: asked.proofHash,
      sealed,
      kid: 'k1',
      proofHash: asked.proofHash,
    })
    await store.claim(asked.id, newClaim(asked))
    expect(count({ sealed }, server)).toBe(1)
  })
})

describe('the files of Redis and its replica', () => {
  /** A primary and a replica, and secrets that all ended, but one. */
  async function ended(
    options: Partial<RedisOptions> = {},
    replicaOptions: Parameters<typeof serve>[0] = {},
  ) {
    const primary = await serve()
    // Waits already when the replica comes, so that it is in the snapshot by which that is set up.
    const before = opened({ at: primary.at })
    const early = newRecord()
    await before.put(early)
    const replica = await serve({ replicaOf: primary.port, ...replicaOptions })
    let time = Date.now()
    const store = opened({ at: primary.at, replicas: 1, now: () => time, ...options })
    await store.check()
    const [alive, revealed, burned, locked, expired, lost, discarded] = [
      newRecord(),
      newRecord(),
      newRecord(),
      newRecord(),
      newRecord({ expiresAt: time + 1_000 }),
      newRecord(),
      newRecord({ stagedMs: 60_000 }),
    ]
    for (const record of [alive, revealed, burned, locked, expired, lost, discarded]) await store.put(record)
    for (const record of [early, revealed]) {
      const claim = newClaim(record)
      await store.claim(record.id, claim)
      await store.settle(record.id, claim.claimId, 'revealed')
    }
    await store.burn(burned.id, [burned.owner])
    for (let n = 0; n < 10; n++)
      await store.claim(locked.id, newClaim(locked, { proofHash: randomBytes(32) }))
    await store.claim(lost.id, newClaim(lost, { leaseMs: 500 }))
    await store.discard(discarded.id)
    time += 1_000
    await store.due(9, 1_000, [expired.id, lost.id])
    const over = [early, revealed, burned, locked, expired, lost, discarded]
    await admin(primary).call('WAIT', 1, 1_000)
    return { primary, replica, store, alive, over, pass: (ms: number) => (time += ms) }
  }

  const inFiles = (records: readonly NewRecord[], ...servers: RedisServer[]) =>
    servers.map((server) => records.filter((record) => count(record, server) > 0).length)

  it('have nothing of what was revealed, burned, locked, lost, discarded or expired when the time is over, and all of it before', async () => {
    const { primary, replica, alive, over, store, pass } = await ended({ eraseMs: 400 })
    expect(inFiles(over, primary, replica)).toEqual([over.length, over.length])
    pass(400)
    await expect.poll(() => inFiles(over, primary, replica), patience).toEqual([0, 0])
    // The search looks into what was written anew, too.
    expect(inFiles([alive], primary, replica)).toEqual([1, 1])
    expect(readdirSync(replica.folder)).toContain('dump.rdb')
    expect(store.findings().filter(({ text }) => /replica|primary/.test(text))).toEqual([])
    await expect.poll(() => owed(admin(primary)), patience).toEqual([])
  })

  it('keep it without a rewrite (mutant)', async () => {
    const { primary, replica, over, pass } = await ended()
    pass(60_000)
    expect(inFiles(over, primary, replica)).toEqual([over.length, over.length])
  })

  it('are owed a rewrite by every end of a secret, each of which marks its bucket', async () => {
    const server = await serve()
    const client = admin(server)
    let time = Date.now()
    const store = opened({ at: server.at, now: () => time })
    const record = (over: Partial<NewRecord> = {}) => newRecord({ expiresAt: time + 3_600_000, ...over })
    const [revealed, burned, locked, discarded] = [record(), record(), record(), record({ stagedMs: 60_000 })]
    const [lost, expired] = [record(), record({ expiresAt: time + 2_000 })]
    const claim = newClaim(revealed)
    const overdue = async ({ id }: NewRecord) => {
      time += 1_000
      await store.due(1, 1_000, [id])
    }
    const ends: [NewRecord, () => Promise<unknown>][] = [
      [revealed, () => store.settle(revealed.id, claim.claimId, 'revealed')],
      [burned, () => store.burn(burned.id, [burned.owner])],
      [locked, () => store.claim(locked.id, newClaim(locked, { proofHash: randomBytes(32) }))],
      [discarded, () => store.discard(discarded.id)],
      [lost, () => overdue(lost)],
      [expired, () => overdue(expired)],
    ]
    for (const [each] of ends) await store.put(each)
    await store.claim(revealed.id, claim)
    await store.claim(lost.id, newClaim(lost, { leaseMs: 1_000 }))
    for (let n = 1; n < maxWrongProofs; n++)
      await store.claim(locked.id, newClaim(locked, { proofHash: randomBytes(32) }))
    expect(await client.keys('sotto:*:owed')).toEqual([])
    for (const [{ id }, end] of ends) {
      await end()
      expect(await client.getdel(markOf(id))).not.toBeNull()
    }
  })

  it('have nothing of the notes of errands that ended, each of which marks its bucket, and all of one that waits', async () => {
    const server = await serve()
    const client = admin(server)
    let time = Date.now()
    const store = opened({ at: server.at, eraseMs: 400, now: () => time })
    const record = newRecord({ expiresAt: time + 40 * 24 * 3_600_000 })
    const claim = newClaim(record)
    const until = time + 30 * 24 * 3_600_000
    const [waiting, finished, replaced, forgotten] = [1, 2, 3, 4].map((bucket) =>
      newErrand({ id: printId(Buffer.concat([Buffer.of(bucket), randomBytes(15)])), until }),
    ) as [Errand, Errand, Errand, Errand]
    const cancelled = newErrand({ id: record.id, until })
    const brief = { ...forgotten, until: time + 1_000 }
    const ends: [Errand, () => Promise<unknown>][] = [
      [finished, () => store.finish(finished.id, finished.name)],
      [cancelled, () => store.release(record.id, claim.claimId, [cancelled.name])],
      [replaced, () => store.plan({ ...replaced, note: randomBytes(300) })],
      [
        brief,
        async () => {
          time += 1_000 + overMs
          await allErrands(store, 1_000)
        },
      ],
    ]
    await store.put(record)
    for (const errand of [waiting, finished, replaced, brief]) await store.plan(errand)
    await store.claim(record.id, { ...claim, owes: [cancelled] })
    expect(await client.keys('sotto:*:owed')).toEqual([])
    for (const [{ id, note }, end] of ends) {
      expect(count({ sealed: note }, server)).toBe(1)
      await end()
      expect(await client.getdel(markOf(id))).not.toBeNull()
    }
    // Nothing is owed but by the start itself, which is enough for all.
    await store.check()
    time += 400
    const left = () => ends.filter(([{ note }]) => count({ sealed: note }, server) > 0).length
    await expect.poll(left, patience).toBe(0)
    expect(count({ sealed: waiting.note }, server)).toBe(1)
  })

  it('are written anew by whoever lives, when the process in which a secret ended does not', async () => {
    const server = await serve()
    const killed = opened({ at: server.at })
    const record = newRecord()
    await killed.put(record)
    await killed.burn(record.id, [record.owner])
    await killed.close()
    expect(count(record, server)).toBe(1)
    await opened({ at: server.at, eraseMs: 400 }).check()
    await expect.poll(() => count(record, server), patience).toBe(0)
  })

  it('are written anew by one process of several, once for many ends', async () => {
    const server = await serve()
    const client = admin(server)
    const stores = [1, 2, 3].map(() => opened({ at: server.at, eraseMs: 2_000 }))
    for (const store of stores) await store.check()
    const records = Array.from({ length: 60 }, () => newRecord())
    for (const [n, record] of records.entries()) {
      await stores[n % 3]!.put(record)
      await stores[n % 3]!.burn(record.id, [record.owner])
    }
    await expect.poll(() => owed(client), patience).toEqual([])
    expect(inFiles(records, server)).toEqual([0])
    expect(Number(await field(client, 'aof_rewrites'))).toBeLessThanOrEqual(2)
  })

  it('are not taken to be written anew by a rewrite that began before the end', async () => {
    const server = await serve()
    const client = admin(server)
    const store = opened({ at: server.at, eraseMs: 400 })
    const records = Array.from({ length: 40 }, () => newRecord())
    for (const record of records) await store.put(record)
    await client.config('SET', 'rdb-key-save-delay', '30000')
    await client.bgrewriteaof()
    const [record] = records
    await store.burn(record!.id, [record!.owner])
    await client.config('SET', 'rdb-key-save-delay', '0')
    await store.check()
    await expect.poll(() => count(record!, server), patience).toBe(0)
    expect(Number(await field(client, 'aof_rewrites'))).toBe(2)
  })

  it('are reported when a replica cannot be reached: its primary is done, and the rest is owed still', async () => {
    const heard: string[] = []
    const { primary, replica, store, over, pass } = await ended(
      { eraseMs: 400, found: ({ text }) => heard.push(text) },
      { args: ['--replica-announce-port', '1'] },
    )
    pass(400)
    await expect.poll(() => inFiles(over, primary), patience).toEqual([0])
    await expect
      .poll(() => store.findings().map(({ text }) => text), patience)
      .toContainEqual(expect.stringMatching(/replica 1 could not be reached.*replica-announce-ip/))
    expect(inFiles(over, replica)).toEqual([over.length])
    expect((await admin(primary).keys('sotto:*:erasing')).length).toBeGreaterThan(0)
    expect(heard.filter((text) => /replica 1/.test(text))).toHaveLength(1)
  })

  it('are reported when the user may not ask for it', async () => {
    const server = await serve()
    await admin(server).call('ACL', 'SETUSER', 'sotto', 'on', '>word', '~*', '+@all', '-bgrewriteaof')
    const at = { ...server.at, username: 'sotto', password: 'word' }
    const store = opened({ at, eraseMs: 400 })
    await store.check()
    const record = newRecord()
    await store.put(record)
    await store.burn(record.id, [record.owner])
    await expect
      .poll(() => store.findings().map(({ text }) => text), patience)
      .toContainEqual(expect.stringMatching(/the primary may not be asked to rewrite.*\+bgrewriteaof/))
    expect(count(record, server)).toBe(1)
  })
})
