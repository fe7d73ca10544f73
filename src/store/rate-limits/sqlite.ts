import { closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { RateLimiterSQLite } from 'rate-limiter-flexible'
import { defaultRates, type Limiter, type Rates } from '../../core/limiter.ts'
import { StoreError } from '../errors.ts'
import { whenFree } from '../sqlite/busy.ts'
import { versionOf } from '../sqlite/schema.ts'
import { limiter } from './common.ts'

const table = 'allowance'

/** Counted up when the table changes. */
const version = 1

const sweepMs = 60_000
const inMemory = ':memory:'

/** Where the limits of the secrets in `database` are counted. */
export function limitsPath(database: string): string {
  return database === inMemory ? inMemory : `${database}-limits.db`
}

/**
 * Rate limits for all processes of one host, in a file of their own beside the secrets' `database`: it is written
 * without waiting for the disk, which the secrets' file must never be, and loses a few counts at most when the power
 * goes.
 * @throws StoreError `unavailable` when the file cannot be opened
 */
export function sqliteLimits(database: string, rates: Rates = defaultRates): Limiter {
  const db = openCounts(limitsPath(database))
  const expire = db.prepare(`DELETE FROM ${table} WHERE expire <= ?`)
  const sweep = () => {
    try {
      expire.run(Date.now())
    } catch {
      // Another process is writing; expired counts are ignored anyway until the next round.
    }
  }
  sweep()
  const timer = setInterval(sweep, sweepMs).unref()
  const turns = sharedTurns(db)
  return limiter(rates, {
    prefix: '',
    open: (options) =>
      new RateLimiterSQLite({
        ...options,
        storeClient: turns.client,
        storeType: 'better-sqlite3',
        tableName: table,
        tableCreated: true,
      }),
    counted: turns.over,
    async close() {
      clearInterval(timer)
      await turns.over()
      if (db.isOpen) db.close()
    },
  })
}

function openCounts(path: string): DatabaseSync {
  try {
    return opened(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError(
      'unavailable',
      `SOTTO_DB: cannot open ${path} beside it (${reason}); it holds rate limits alone, and may be deleted`,
      { cause: error },
    )
  }
}

/** Counts are no loss: a file that is damaged is made anew. */
function opened(path: string): DatabaseSync {
  try {
    return openFile(path)
  } catch (error) {
    if (!isDamaged(error)) throw error
    for (const file of [`${path}-wal`, `${path}-shm`, path]) rmSync(file, { force: true })
    return openFile(path)
  }
}

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff)
}

function openFile(path: string): DatabaseSync {
  return whenFree(() => {
    if (path !== inMemory) closeSync(openSync(path, 'a', 0o600))
    const db = new DatabaseSync(path, { timeout: 5 })
    try {
      db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF')
      beginAnew(db)
      readAll(db)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/** Counts are no loss: what another version wrote, older or newer, is dropped. */
function beginAnew(db: DatabaseSync): void {
  if (versionOf(db) === version) return
  db.exec('BEGIN IMMEDIATE')
  if (versionOf(db) !== version)
    db.exec(`
      DROP TABLE IF EXISTS ${table};
      CREATE TABLE ${table} (key TEXT PRIMARY KEY, points INTEGER NOT NULL, expire INTEGER);
      PRAGMA user_version=${version};
    `)
  db.exec('COMMIT')
}

/** Damage deep in the file shows now, and not when somebody is counted. */
function readAll(db: DatabaseSync): void {
  db.prepare(`SELECT count(*) FROM ${table} WHERE points > 0`).get()
}

/**
 * The part of better-sqlite3 that the library uses. What is counted in one turn of the event loop shares a transaction,
 * as a commit costs four times the count. `over` resolves when nothing is left uncommitted.
 */
function sharedTurns(db: DatabaseSync) {
  const statements = new Map<string, StatementSync>()
  let turn: Promise<void> | undefined

  function begin(): Promise<void> {
    db.exec('BEGIN IMMEDIATE')
    return new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined
        try {
          if (db.isOpen && db.isTransaction) db.exec('COMMIT')
        } catch {
          // A full disk loses the counts of one turn, and must not stop the secrets.
          if (db.isTransaction) db.exec('ROLLBACK')
        }
        resolve()
      })
    })
  }

  const client = {
    prepare(sql: string): StatementSync {
      const kept = statements.get(sql)
      if (kept !== undefined) return kept
      const statement = db.prepare(sql)
      statements.set(sql, statement)
      return statement
    },
    transaction<T>(run: () => T): () => T {
      return () => {
        turn ??= begin()
        return run()
      }
    },
  }
  return { client, over: async () => turn }
}
