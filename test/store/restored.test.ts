import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { redisServer } from '../../doubles/run/redis-server.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'

const toClose: (() => unknown)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

/** Reveals a secret, puts the store back to before that, and asks again. */
async function replay(store: SecretStore, restore: (between: () => Promise<void>) => Promise<SecretStore>) {
  const record = newRecord()
  await store.put(record)
  const restored = await restore(async () => {
    const claim = newClaim(record)
    await store.claim(record.id, claim)
    await store.settle(record.id, claim.claimId, 'revealed')
    expect((await store.claim(record.id, newClaim(record))).why).toBe('gone')
  })
  const withoutToken = await restored.claim(record.id, newClaim(record, { proofHash: randomBytes(32) }))
  const fromAnother = await restored.claim(record.id, newClaim(record, { recipient: randomBytes(16) }))
  const withToken = await restored.claim(record.id, newClaim(record))
  return [withoutToken.why, fromAnother.why, withToken.why]
}

// No store can know that it is a copy: what protects a restored record is that its card has lost the token by then.
describe('a backup from before a reveal', () => {
  const onlyWithToken = ['wrong-proof', 'not-recipient', 'claimed']

  it('of SQLite opens for nobody who has not the token any more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-restored-'))
    const path = join(folder, 'sotto.db')
    const store = sqliteStore(path)
    toClose.push(() => rmSync(folder, { recursive: true, force: true }))
    const answers = await replay(store, async (between) => {
      for (const part of ['', '-wal']) copyFileSync(path + part, `${join(folder, 'copy.db')}${part}`)
      await between()
      await store.close()
      const restored = sqliteStore(join(folder, 'copy.db'))
      toClose.push(() => restored.close())
      return restored
    })
    expect(answers).toEqual(onlyWithToken)
  })

  it('of Redis opens for nobody who has not the token any more', async () => {
    const server = await redisServer({ save: '3600 1', appendonly: false })
    const store = redisStore({ at: server.at })
    const admin = new Redis(server.url)
    toClose.push(
      () => server.close(),
      () => store.close(),
      () => admin.disconnect(),
    )
    const answers = await replay(store, async (between) => {
      const [, folder = ''] = (await admin.config('GET', 'dir')) as string[]
      await admin.save()
      const snapshot = readFileSync(join(folder, 'dump.rdb'))
      await between()
      await server.kill()
      writeFileSync(join(folder, 'dump.rdb'), snapshot)
      await server.start()
      const restored = redisStore({ at: server.at })
      toClose.push(() => restored.close())
      return restored
    })
    expect(answers).toEqual(onlyWithToken)
  })
})
