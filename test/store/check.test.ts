import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { type RedisServerOptions, redisServer } from '../../doubles/run/redis-server.ts'
import type { Finding } from '../../src/core/store.ts'
import { type RedisOptions, redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'

const toClose: (() => unknown)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

describe('the self-check of Redis', () => {
  async function check(
    server: RedisServerOptions,
    options: Partial<RedisOptions> = {},
  ): Promise<readonly Finding[]> {
    const running = await redisServer(server)
    const store = redisStore({ at: running.at, ...options })
    toClose.push(
      () => running.close(),
      () => store.close(),
    )
    return store.check()
  }

  const refuse = (text: RegExp) => ({ level: 'refuse', text: expect.stringMatching(text) })
  const warn = (text: RegExp) => ({ level: 'warn', text: expect.stringMatching(text) })

  it('finds nothing where every write is on disk before its answer', async () => {
    expect(await check({ appendonly: true, appendfsync: 'always' })).toEqual([])
    expect(await check({ appendonly: true, appendfsync: 'always', save: '3600 1' })).toEqual([])
    expect(
      await check({ appendonly: true, appendfsync: 'always', cluster: true }, { cluster: true }),
    ).toEqual([])
  })

  it('refuses snapshots without an append-only file', async () => {
    expect(await check({ save: '3600 1' })).toEqual([refuse(/snapshots/)])
  })

  it('warns when nothing is persisted, and when a power cut may bring the last second back', async () => {
    expect(await check({})).toEqual([warn(/every secret/)])
    expect(await check({ appendonly: true })).toEqual([warn(/everysec/)])
  })

  it('refuses a policy that drops keys when memory is short', async () => {
    for (const policy of ['allkeys-lru', 'volatile-ttl', 'allkeys-random'])
      expect(
        await check({ appendonly: true, appendfsync: 'always', args: ['--maxmemory-policy', policy] }),
      ).toEqual([refuse(new RegExp(policy))])
  })

  it('warns of what it cannot see, and refuses what it sees without CONFIG', async () => {
    const hidden = ['--rename-command', 'CONFIG', '']
    expect(await check({ appendonly: true, args: hidden })).toEqual([warn(/CONFIG/)])
    expect(await check({ args: [...hidden, '--maxmemory-policy', 'allkeys-lru'] })).toEqual([
      refuse(/allkeys-lru/),
      warn(/CONFIG/),
    ])
  })

  it('refuses a replica, and replicas that are not there', async () => {
    const primary = await redisServer({ appendonly: true })
    toClose.push(() => primary.close())
    expect(await check({ appendonly: true, appendfsync: 'always', replicaOf: primary.port })).toEqual([
      refuse(/is a replica/),
    ])
    expect(await check({ appendonly: true }, { replicas: 2 })).toEqual([refuse(/0 of 2/)])
    expect(() => redisStore({ at: primary.at, cluster: true, replicas: 1 })).toThrow(/replicas/)
  })

  it('is right about snapshots: after a crash they bring a revealed secret back, and an append-only file does not', async () => {
    for (const appendonly of [false, true]) {
      const server = await redisServer({ save: '3600 1', appendonly })
      const store = redisStore({ at: server.at })
      const admin = new Redis(server.url)
      toClose.push(
        () => server.close(),
        () => store.close(),
        () => admin.disconnect(),
      )
      const record = newRecord()
      await store.put(record)
      await admin.save()
      const claim = newClaim(record)
      await store.claim(record.id, claim)
      await store.settle(record.id, claim.claimId, 'revealed')
      await server.kill()
      await server.start()
      const again = redisStore({ at: server.at })
      toClose.push(() => again.close())
      expect((await again.claim(record.id, newClaim(record))).why).toBe(appendonly ? 'gone' : 'claimed')
    }
  })
})

describe('the self-check of SQLite', () => {
  function opened() {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-check-'))
    const path = join(folder, 'sotto.db')
    const store = sqliteStore(path)
    toClose.push(
      () => rmSync(folder, { recursive: true, force: true }),
      () => store.close(),
    )
    return { folder, path, store }
  }

  it('finds nothing in a file that it made itself', async () => {
    expect(await opened().store.check()).toEqual([])
  })

  it('refuses files that others may read, and a folder in which everyone may replace them', async () => {
    const { folder, path, store } = opened()
    await store.put(newRecord())
    for (const file of [path, `${path}-wal`]) {
      chmodSync(file, 0o640)
      const [finding] = await store.check()
      expect(finding).toEqual({ level: 'refuse', text: `${file} can be read by others: chmod 600 ${file}` })
      chmodSync(file, 0o600)
    }
    chmodSync(folder, 0o777)
    expect(await store.check()).toMatchObject([{ level: 'refuse', text: expect.stringContaining(folder) }])
    chmodSync(folder, 0o700)
  })

  it('warns of a folder in which its group may replace them, unless only owners may remove there', async () => {
    const { folder, store } = opened()
    chmodSync(folder, 0o770)
    expect(await store.check()).toMatchObject([
      { level: 'warn', text: expect.stringMatching(`by its group.*: chmod g-w ${folder}`) },
    ])
    for (const mode of [0o1777, 0o1770, 0o750]) {
      chmodSync(folder, mode)
      expect(await store.check()).toEqual([])
    }
    chmodSync(folder, 0o700)
  })

  it('does not open what is no database, or where none can be kept', () => {
    const { folder } = opened()
    for (const path of [folder, ':memory:', '/dev/null', '/proc/sotto.db'])
      expect(() => sqliteStore(path)).toThrow(expect.objectContaining({ code: 'unavailable' }))
  })
})
