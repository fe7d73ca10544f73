import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { newRecord } from '../fixtures/records.ts'

describe('what Redis refuses', () => {
  let server: RedisServer
  let store: SecretStore
  let admin: Redis

  beforeEach(async () => {
    server = await redisServer()
    store = redisStore({ at: server.at })
    admin = new Redis(server.url)
    await store.now()
  })
  afterEach(async () => {
    admin.disconnect()
    await store.close()
    await server.close()
  })

  it('is told by its reason, and with nothing of what was sent', async () => {
    await admin.config('SET', 'maxmemory', '1')
    const record = newRecord({ sealed: Buffer.from('CANARY'.repeat(20)), kid: 'CANARY' })
    const error = await store.put(record).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('OOM') })
    const text = inspect(error, { depth: 9, showHidden: true })
    for (const canary of ['CANARY', Buffer.from('CANARY').toString('hex'), record.id, '67 65 78', '43 41 4e'])
      expect([canary, text.includes(canary)]).toEqual([canary, false])
  })
})
