import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, redis } from '../../doubles/run/stores.ts'
import { type NewRecord, type SecretStore, tombstoneMs } from '../../src/core/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { allDue, newClaim, newRecord, newRequest } from '../fixtures/records.ts'

describe('the keys of Redis', () => {
  let time = Date.now()
  let opened: OpenedStore
  let store: SecretStore

  beforeEach(async () => {
    time = Date.now()
    opened = await redis.open(() => time)
    store = opened.store
  })
  afterEach(() => opened.close())

  /** Sealed bytes that can be told by every 16 of them, and whether any of those are in any value. */
  function marked(size: number) {
    const mark = randomBytes(16)
    return { sealed: Buffer.alloc(size, mark), isThere: async () => (await opened.dump()).includes(mark) }
  }

  const ends: [string, (record: NewRecord) => Promise<unknown>][] = [
    [
      'settled',
      async (record) => {
        const claim = newClaim(record)
        await store.claim(record.id, claim)
        await store.settle(record.id, claim.claimId, 'revealed')
      },
    ],
    ['burned', (record) => store.burn(record.id, [record.owner])],
    [
      'locked',
      async (record) => {
        for (let n = 0; n < 10; n++)
          await store.claim(record.id, newClaim(record, { proofHash: randomBytes(32) }))
      },
    ],
    [
      'expired, by due work',
      async (record) => {
        time = record.expiresAt
        await allDue(store, 1_000)
      },
    ],
    [
      'expired, by a claim',
      async (record) => {
        time = record.expiresAt
        await store.claim(record.id, newClaim(record))
      },
    ],
    [
      'lost, by due work',
      async (record) => {
        await store.claim(record.id, newClaim(record))
        time += 15_000
        await allDue(store, 1_000)
      },
    ],
    [
      'given back too often',
      async (record) => {
        for (let n = 0; n < 6; n++) {
          const claim = newClaim(record)
          await store.claim(record.id, claim)
          await store.release(record.id, claim.claimId)
        }
      },
    ],
  ]

  it.each(ends)('hold nothing of a secret that was %s', async (_, end) => {
    for (const size of [372, 5_000]) {
      const { sealed, isThere } = marked(size)
      const record = newRecord({ expiresAt: time + 60_000, sealed })
      await store.put(record)
      expect(await isThere()).toBe(true)
      await end(record)
      expect(await isThere()).toBe(false)
    }
  })

  it('hold nothing of a secret that was discarded, nor of an answer that was burned', async () => {
    const [card, answer] = [marked(372), marked(700)]
    const record = newRecord({ stagedMs: 1_000, expiresAt: time + 60_000, sealed: card.sealed })
    const asked = newRequest({ expiresAt: time + 60_000 })
    await store.put(record)
    await store.put(asked)
    await store.answer(asked.id, {
      answerHash: asked.proofHash,
      sealed: answer.sealed,
      kid: 'k1',
      proofHash: randomBytes(32),
    })
    expect([await card.isThere(), await answer.isThere()]).toEqual([true, true])
    await store.discard(record.id)
    await store.burn(asked.id, [asked.owner])
    expect([await card.isThere(), await answer.isThere()]).toEqual([false, false])
  })
})

describe('the tables of SQLite', () => {
  let folder: string
  let path: string
  let time = Date.now()
  let store: SecretStore

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-ended-'))
    path = join(folder, 'sotto.db')
    time = Date.now()
    store = sqliteStore(path, { now: () => time })
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function count(table: 'secret' | 'large' | 'first'): number {
    const db = new DatabaseSync(path)
    const row = db.prepare(`SELECT count(*) AS n FROM ${table}`).get()
    db.close()
    return Number(row?.['n'])
  }

  it('hold no row any more when the last trace of a secret is over, however it ended', async () => {
    const expiresAt = time + 60_000
    const records = Array.from({ length: 6 }, () => newRecord({ expiresAt, sealed: randomBytes(3_000) }))
    const [opened, burned, claimed] = records as [NewRecord, NewRecord, NewRecord]
    for (const record of records) await store.put(record)
    const claim = newClaim(opened)
    await store.claim(opened.id, claim)
    await store.settle(opened.id, claim.claimId, 'revealed')
    await store.done(opened.id, 'revealed')
    await store.burn(burned.id, [burned.owner])
    await store.claim(claimed.id, newClaim(claimed))
    time = expiresAt + tombstoneMs - 1
    for (const { id, state } of await allDue(store, 1_000)) await store.done(id, state as 'lost')
    expect([count('secret'), count('large')]).toEqual([6, 0])
    time += 60_000
    await allDue(store, 1_000)
    expect(count('secret')).toBe(0)
  })

  it('hold no key of what came first when its time is over', async () => {
    for (let n = 0; n < 450; n++) await store.first(`key ${n}`, 'me', 60_000)
    await store.first('later', 'me', 120_000)
    time += 60_000
    await allDue(store, 1_000)
    expect(count('first')).toBe(1)
  })
})
