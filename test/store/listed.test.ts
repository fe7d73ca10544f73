import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { redisServer } from '../../doubles/run/redis-server.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { newRecord } from '../fixtures/records.ts'

it('Redis keeps a list for whoever sends in chat, and none for a link', async () => {
  const server = await redisServer()
  const store = redisStore({ at: server.at })
  const client = new Redis(server.url)
  await store.put(newRecord({ kind: 'w1' }))
  expect(await client.keys('*:o:*')).toEqual([])
  await store.put(newRecord({ kind: 'c1' }))
  await store.put(newRecord({ kind: 'd1' }))
  expect(await client.keys('*:o:*')).toHaveLength(2)
  client.disconnect()
  await store.close()
  await server.close()
})

it('SQLite finds a list in an index that has no links in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-listed-'))
  const path = join(folder, 'sotto.db')
  await sqliteStore(path).close()
  const db = new DatabaseSync(path)
  const [plan] = db
    .prepare(
      'EXPLAIN QUERY PLAN SELECT * FROM secret WHERE owner = ? AND kind <> 1 AND n < ? ORDER BY n DESC LIMIT ?',
    )
    .all(new Uint8Array(16), 1, 1)
  expect(plan?.['detail']).toBe('SEARCH secret USING INDEX secret_lister (owner=? AND rowid<?)')
  expect(db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'secret_lister'").get()?.['sql']).toMatch(
    /WHERE kind <> 1$/,
  )
  db.close()
  rmSync(folder, { recursive: true })
})
