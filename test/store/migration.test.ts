import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../../doubles/run/app.ts'
import { sameRates } from '../../src/core/limiter.ts'
import { limitsPath, sqliteLimits } from '../../src/store/rate-limits/sqlite.ts'
import { migrate, schema, versionOf } from '../../src/store/sqlite/schema.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { newRecord } from '../fixtures/records.ts'

const unnumbered = resolve(import.meta.dirname, '../fixtures/kept/sqlite-0.sqlite')
const starter = resolve(import.meta.dirname, '../fixtures/starter.ts')
const folder = mkdtempSync(join(tmpdir(), 'sotto-migration-'))
let count = 0

/** A new path, with a copy of the file that was made before there were numbers, or with nothing. */
function database(from?: string): string {
  const path = join(folder, `${++count}.db`)
  if (from !== undefined) copyFileSync(from, path)
  return path
}

function withFile<T>(path: string, look: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path)
  try {
    return look(db)
  } finally {
    db.close()
  }
}

const secretsIn = (path: string) =>
  withFile(path, (db) => db.prepare('SELECT * FROM secret ORDER BY n').all())

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a database of an older version', () => {
  const added = "ALTER TABLE secret ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"

  it('is taken to this one’s by opening it, and loses nothing', async () => {
    const path = database(unnumbered)
    const before = secretsIn(path)
    expect(withFile(path, versionOf)).toBe(0)
    await sqliteStore(path, { now: () => Date.UTC(2100, 0, 2) }).close()
    expect(withFile(path, versionOf)).toBe(schema.length)
    expect(secretsIn(path)).toEqual(before)
  })

  it('is taken through each step that it has not had, once', () => {
    const path = database(unnumbered)
    const before = secretsIn(path)
    const steps = [...schema, added, 'CREATE TABLE novelty (n INTEGER PRIMARY KEY) STRICT']
    withFile(path, (db) => migrate(db, path, steps.slice(0, -1)))
    withFile(path, (db) => migrate(db, path, steps))
    withFile(path, (db) => migrate(db, path, steps))
    expect(withFile(path, versionOf)).toBe(schema.length + 2)
    expect(secretsIn(path)).toEqual(before.map((row) => ({ ...row, note: 'none' })))
  })

  it('stays whole where a step fails', () => {
    const path = database(unnumbered)
    const before = secretsIn(path)
    withFile(path, (db) =>
      expect(() => migrate(db, path, [...schema, added, 'no such statement'])).toThrow(/syntax/),
    )
    expect(withFile(path, versionOf)).toBe(0)
    expect(secretsIn(path)).toEqual(before)
  })
})

describe('a database of a newer version', () => {
  it('is refused in one sentence that names the variable, and stays as it is', async () => {
    const path = database(unnumbered)
    withFile(path, (db) => db.exec(`PRAGMA user_version=${schema.length + 1}`))
    const before = readFileSync(path)
    const refused = startApp({ SOTTO_DB: path, SOTTO_WEB: 'on' })
    expect(await refused.ended()).toBe(2)
    const said = refused
      .output()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'))
    expect(said).toEqual([
      expect.stringMatching(/^SOTTO_DB: a newer version of Sotto wrote .*start that version/),
    ])
    expect(readFileSync(path)).toEqual(before)
    expect(() => sqliteStore(path)).toThrow(expect.objectContaining({ code: 'newer' }))
  })
})

describe('processes that start at once', () => {
  const processes: ChildProcess[] = []

  beforeAll(async () => {
    for (let n = 0; n < 3; n++) processes.push(fork(starter, [], { execArgv: [] }))
    await Promise.all(processes.map((child) => once(child, 'message')))
  })
  afterAll(() => processes.forEach((child) => void child.disconnect()))

  async function start(path: string): Promise<readonly unknown[]> {
    return Promise.all(
      processes.map(async (child) => {
        child.send(path)
        return (await once(child, 'message'))[0]
      }),
    )
  }

  it.each([
    ['the same new database', undefined],
    ['the same one of an older version', unnumbered],
  ])('all open %s, in each of 20 rounds', async (_, from) => {
    const failures: unknown[] = []
    for (let round = 0; round < 20; round++) {
      const path = database(from)
      failures.push(...(await start(path)).filter((answer) => answer !== 'sealed'))
      expect([path, limitsPath(path)].map((file) => withFile(file, versionOf))).toEqual([schema.length, 1])
    }
    expect(failures).toEqual([])
  })
})

describe('the file of the rate limits', () => {
  const open = (path: string) => sqliteLimits(path, sameRates({ points: 1, seconds: 600 }))

  it('keeps its counts over a restart, and begins anew after another version', async () => {
    const path = database()
    const before = open(path)
    expect(await before.take('look', 'somebody')).toEqual({ why: 'allowed' })
    await before.close()
    const after = open(path)
    expect((await after.take('look', 'somebody')).why).toBe('limited')
    await after.close()
    withFile(limitsPath(path), (db) =>
      db.exec('ALTER TABLE allowance RENAME COLUMN points TO spent; PRAGMA user_version=9'),
    )
    const anew = open(path)
    expect(await anew.take('look', 'somebody')).toEqual({ why: 'allowed' })
    expect((await anew.take('look', 'somebody')).why).toBe('limited')
    await anew.close()
  })

  it('is made anew when it is damaged, with the secrets beside it untouched', async () => {
    const path = database()
    writeFileSync(limitsPath(path), 'this was a database once, and is long enough to look like one')
    const store = sqliteStore(path)
    const record = newRecord()
    await store.put(record)
    const anew = open(path)
    expect(await anew.take('look', 'somebody')).toEqual({ why: 'allowed' })
    expect((await anew.take('look', 'somebody')).why).toBe('limited')
    await anew.close()
    expect((await store.look(record.id))?.state).toBe('sealed')
    await store.close()
  })

  it('is named in one line when it cannot be opened', () => {
    const path = database()
    mkdirSync(limitsPath(path))
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: expect.stringMatching(
          /^SOTTO_DB: cannot open .*; it holds rate limits alone, and may be deleted$/,
        ),
      }),
    )
  })
})
