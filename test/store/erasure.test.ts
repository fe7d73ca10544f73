import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownTime } from '../../doubles/run/own-time.ts'
import type { Errand, NewRecord, SecretStore } from '../../src/core/store.ts'
import { overMs } from '../../src/core/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { chance } from '../fixtures/chance.ts'
import { newClaim, newErrand, newRecord, newRequest } from '../fixtures/records.ts'

/** Sealed bytes that can be told in a file by every 16 of them. */
function marked(size: number): Uint8Array {
  return Buffer.alloc(size, Buffer.concat([Buffer.from('CANARY'), randomBytes(10)]))
}

describe('the files of SQLite', () => {
  let folder: string
  let path: string
  let store: SecretStore
  let time = Date.now()

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-erasure-'))
    path = join(folder, 'sotto.db')
    store = sqliteStore(path, { now: () => time, checkpointMs: 20 })
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** How many of the records have any piece of their bytes in any file. */
  function found(records: readonly Pick<NewRecord, 'sealed'>[]): number {
    const files = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
    const marks = new Set<string>()
    for (let at = files.indexOf('CANARY'); at >= 0; at = files.indexOf('CANARY', at + 1))
      marks.add(files.toString('hex', at, at + 16))
    return records.filter(({ sealed }) => marks.has(Buffer.from(sealed!.subarray(0, 16)).toString('hex')))
      .length
  }

  /** Until the debounced checkpoint has cut the -wal; at most a second of the time that this process has. */
  async function checkpointed(): Promise<void> {
    const began = ownTime()
    await expect.poll(() => statSync(`${path}-wal`).size, { interval: 10 }).toBe(0)
    expect(ownTime() - began).toBeLessThan(1_000)
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
        await store.due(100, 1_000)
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
        await store.due(100, 1_000)
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
    const record = newRecord({ expiresAt: time + 60_000, sealed: marked(700) })
    await store.put(record)
    expect(found([record])).toBe(1)
    await end(record)
    await checkpointed()
    expect(found([record])).toBe(0)
  })

  it('hold nothing of a secret that was discarded, nor of an answer that was burned', async () => {
    const record = newRecord({ stagedMs: 1_000, expiresAt: time + 60_000, sealed: marked(372) })
    const asked = newRequest({ expiresAt: time + 60_000 })
    const answered = { ...asked, sealed: marked(700) }
    await store.put(record)
    await store.put(asked)
    await store.answer(asked.id, {
      answerHash: asked.proofHash,
      sealed: answered.sealed,
      kid: 'k1',
      proofHash: randomBytes(32),
    })
    expect(found([record, answered])).toBe(2)
    await store.discard(record.id)
    await store.burn(asked.id, [asked.owner])
    await checkpointed()
    expect(found([record, answered])).toBe(0)
  })

  const errandEnds: [string, (errand: Errand, record: NewRecord, claimId: Uint8Array) => Promise<unknown>][] =
    [
      ['finished', ({ id, name }) => store.finish(id, name)],
      ['cancelled by a release', ({ id, name }, _, claimId) => store.release(id, claimId, [name])],
      ['replaced', (errand) => store.plan({ ...errand, note: randomBytes(300) })],
      [
        'forgotten, because nobody gave it up in a day',
        async ({ until }) => {
          time = until + overMs
          await store.errands(10, 1_000)
        },
      ],
    ]
  it.each(errandEnds)('hold nothing of the note of an errand that was %s', async (_, end) => {
    for (const size of [230, 1_900]) {
      const record = newRecord({ expiresAt: time + 40 * 24 * 3_600_000 })
      const { id } = record
      const errand = newErrand({ id, dueAt: time, until: time + 900_000, note: marked(size) })
      const claim = newClaim(record, { owes: [errand], leaseMs: 900_000 })
      const note = { sealed: errand.note }
      await store.put(record)
      await store.claim(id, claim)
      await store.errands(10, 1_000)
      await store.postpone(id, errand.name, time + 5_000)
      expect(found([note])).toBe(1)
      await end(errand, record, claim.claimId)
      await checkpointed()
      expect(found([note])).toBe(0)
    }
  })

  it('hold nothing of the notes of many errands that ended, and all of those that did not', async () => {
    const { random } = chance()
    const plans = Array.from({ length: 1_500 }, () =>
      newErrand({
        dueAt: time,
        until: time + 900_000,
        note: marked(20 + Math.floor(random() ** 4 * 2_000)),
      }),
    )
    const notesOf = (errands: readonly Errand[]) => errands.map(({ note }) => ({ sealed: note }))
    for (let n = 0; n < plans.length; n += 100)
      await Promise.all(plans.slice(n, n + 100).map((errand) => store.plan(errand)))
    const shuffled = plans.toSorted(() => random() - 0.5)
    const ended = shuffled.slice(0, 1_000)
    for (let n = 0; n < ended.length; n += 100)
      await Promise.all(ended.slice(n, n + 100).map(({ id, name }) => store.finish(id, name)))
    await checkpointed()
    expect(found(notesOf(ended))).toBe(0)
    expect(found(notesOf(shuffled.slice(1_000)))).toBe(500)
  })

  it('hold nothing of many that ended, and all of those that did not, whatever pages were split and joined', async () => {
    const { random } = chance()
    const records = Array.from({ length: 3_000 }, () =>
      newRecord({
        expiresAt: time + 60_000,
        sealed: marked(200 + Math.floor(random() ** 6 * 9_000)),
      }),
    )
    for (let n = 0; n < records.length; n += 100)
      await Promise.all(records.slice(n, n + 100).map((record) => store.put(record)))
    const shuffled = records
      .map((record) => ({ record, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ record }) => record)
    const ended = shuffled.slice(0, 2_000)
    for (let n = 0; n < ended.length; n += 100)
      await Promise.all(ended.slice(n, n + 100).map((record) => store.burn(record.id, [record.owner])))
    await checkpointed()
    expect(found(ended)).toBe(0)
    expect(found(shuffled.slice(2_000))).toBe(1_000)
  })

  it('hold nothing that a process deleted before it was killed, when another does its due work', async () => {
    const record = newRecord({ expiresAt: time + 60_000, sealed: marked(372) })
    const killed = sqliteStore(path, { checkpointMs: 60_000 })
    await killed.put(record)
    await killed.burn(record.id, [record.owner])
    expect(found([record])).toBe(1)
    await store.due(10, 1_000)
    await checkpointed()
    expect(found([record])).toBe(0)
    await killed.close()
  })

  it('hold nothing after the store is closed, also when no checkpoint came before', async () => {
    const record = newRecord({ expiresAt: time + 60_000, sealed: marked(372) })
    const late = sqliteStore(path, { checkpointMs: 60_000 })
    await late.put(record)
    await late.burn(record.id, [record.owner])
    expect(found([record])).toBe(1)
    await late.close()
    expect(found([record])).toBe(0)
  })

  it('are for their owner alone, also the -wal and the -shm', async () => {
    await store.put(newRecord())
    expect(readdirSync(folder).toSorted()).toEqual(['sotto.db', 'sotto.db-shm', 'sotto.db-wal'])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('would hold it without secure deletes and checkpoints: the counter-examples are caught', async () => {
    const record = newRecord({ sealed: marked(372) })
    for (const pragma of ['secure_delete=OFF', 'secure_delete=ON']) {
      const db = new DatabaseSync(join(folder, `${pragma}.db`))
      db.exec(`PRAGMA journal_mode=WAL; PRAGMA ${pragma}; CREATE TABLE sealed (bytes BLOB)`)
      db.prepare('INSERT INTO sealed VALUES (?)').run(record.sealed!)
      db.exec('DELETE FROM sealed')
      if (pragma === 'secure_delete=OFF') db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      expect(found([record])).toBe(1)
      db.close()
      for (const name of readdirSync(folder)) if (name.startsWith('secure')) rmSync(join(folder, name))
    }
  })
})
