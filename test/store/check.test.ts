import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { redisServer } from '../../doubles/run/redis-server.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'

const toClose: (() => unknown)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

describe('a Redis that writes snapshots alone', () => {
  it('brings a revealed secret back after a crash, and one with an append-only file does not', async () => {
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
    const { store } = opened()
    expect(await store.check()).toEqual([])
    expect(store.findings()).toEqual([])
  })

  it('refuses files that others may read, and a folder in which everyone may replace them', async () => {
    const { folder, path, store } = opened()
    await store.put(newRecord())
    for (const file of [path, `${path}-wal`]) {
      chmodSync(file, 0o640)
      const [finding] = await store.check()
      expect(finding).toEqual({ level: 'refuse', text: `${file} can be read by others: chmod 600 ${file}` })
      expect(store.findings()).toContainEqual(finding)
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
