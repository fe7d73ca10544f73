import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import { type Allowance, defaultRates, type Limiter } from '../../src/core/limiter.ts'
import { redisLimits } from '../../src/store/rate-limits/redis.ts'
import { limitsPath, sqliteLimits } from '../../src/store/rate-limits/sqlite.ts'

const rates = {
  ...defaultRates,
  create: { points: 5, seconds: 600 },
  claim: { points: 3, seconds: 600 },
  // Soon over.
  look: { points: 1, seconds: 1 },
}

async function allowed(
  limiter: Limiter,
  key: string,
  times: number,
  of: Allowance = 'create',
): Promise<number> {
  let count = 0
  for (let at = 0; at < times; at++) if ((await limiter.take(of, key)).why === 'allowed') count++
  return count
}

describe.each(['SQLite', 'Redis'] as const)('rate limits in %s', (name) => {
  let server: RedisServer | undefined
  let folder = ''
  let path = ''
  let open: () => Limiter

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-limits-'))
    path = join(folder, 'sotto.db')
    server = name === 'Redis' ? await redisServer() : undefined
    open = () => (server ? redisLimits(server.at, rates) : sqliteLimits(path, rates))
  })
  afterAll(async () => {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are shared by all processes, kept apart by key and by act, and over after their time', async () => {
    const [one, other] = [open(), open()]
    expect(await allowed(one, 'a', 3)).toBe(3)
    expect(await allowed(other, 'a', 3)).toBe(2)
    const refused = await one.take('create', 'a')
    expect(refused).toMatchObject({ why: 'limited' })
    expect(refused.why === 'limited' && refused.retryAfterSeconds).toBeGreaterThan(0)
    expect(await allowed(one, 'b', 1)).toBe(1)
    expect((await one.take('claim', 'a')).why).toBe('allowed')
    const look = (by: Limiter) => async () => (await by.take('look', 'a')).why
    await expect.poll(look(one)).toBe('limited')
    await expect.poll(look(other)).toBe('allowed')
    await Promise.all([one.close(), other.close()])
  })

  it('count every point of a large act', async () => {
    const limiter = open()
    expect((await limiter.take('create', 'large', 4)).why).toBe('allowed')
    expect((await limiter.take('create', 'large', 4)).why).toBe('limited')
    await limiter.close()
  })

  it('leave no key without an expiry', async () => {
    const limiter = open()
    await limiter.take('create', 'kept')
    await limiter.take('look', 'kept')
    if (server) {
      const redis = new Redis(server.url)
      const keys = await redis.keys('*')
      expect(keys.length).toBeGreaterThan(1)
      // -1 would be a key that stays; -2 is one that has just gone.
      for (const key of keys) expect(await redis.pttl(key)).not.toBe(-1)
      redis.disconnect()
    } else {
      const db = new DatabaseSync(limitsPath(path))
      expect(db.prepare('SELECT count(*) AS n FROM allowance').get()).not.toEqual({ n: 0 })
      expect(db.prepare('SELECT count(*) AS n FROM allowance WHERE expire IS NULL').get()).toEqual({ n: 0 })
      db.close()
      // A restart removes what is over; a running process does so every minute.
      await expect
        .poll(async () => {
          await open().close()
          const again = new DatabaseSync(limitsPath(path))
          const row = again.prepare(`SELECT count(*) AS n FROM allowance WHERE key LIKE 'look%'`).get()
          again.close()
          return row?.['n']
        })
        .toBe(0)
    }
    await limiter.close()
  })

  it('hold in memory while the database is away', async () => {
    const limiter = open()
    expect(await allowed(limiter, 'outage', 1, 'claim')).toBe(1)
    if (server) await server.kill()
    else await limiter.close()
    expect(await allowed(limiter, 'outage', 6, 'claim')).toBe(3)
    await limiter.close()
  })
})
