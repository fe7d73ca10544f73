import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../errors.ts'
import { whenFree } from './busy.ts'
import { migrate, stepsLeft } from './schema.ts'

/** After so many pages the -wal is copied into the database. */
const logPages = 4_000

/** The open file with its schema, in WAL, every commit on disk, deleted bytes overwritten. @throws StoreError `unavailable`, `newer` */
export function openDatabase(path: string, maxPages: number | undefined): DatabaseSync {
  try {
    // What SQLite takes for a name of something else would leave an empty file behind.
    if (path === '' || path.startsWith(':')) throw new Error('not the name of a file')
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return whenFree(() => open(path, maxPages))
  } catch (error) {
    if (error instanceof StoreError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('unavailable', `cannot open the database ${path}: ${reason}`, { cause: error })
  }
}

/** Has the -wal copied into the database before it is larger than this, where nobody reads it. */
export function keepLogBelow(db: DatabaseSync, bytes: number): void {
  const pages = Math.floor(bytes / pageSize(db))
  db.exec(`PRAGMA wal_autocheckpoint=${Math.max(64, Math.min(logPages, pages))}`)
}

/** The size of the file's pages, in bytes. */
export function pageSize(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA page_size').get()?.['page_size'])
}

function open(path: string, maxPages: number | undefined): DatabaseSync {
  // SQLite gives its -wal and -shm the mode of the file it finds.
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: false })
  try {
    // Before anything is written: a newer version's file stays as it is.
    stepsLeft(db, path)
    // Small pages: a commit writes every page that it touched, and most of it touches a few rows of each.
    db.exec('PRAGMA page_size=2048')
    const [mode] = Object.values(db.prepare('PRAGMA journal_mode=WAL').get() ?? {})
    if (mode !== 'wal') throw new Error(`journal mode ${mode}, and only WAL will do`)
    db.exec(
      `PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=${logPages}`,
    )
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`)
    migrate(db, path)
    // From here on a lock is waited for in the event loop, not in this thread.
    db.exec('PRAGMA busy_timeout=5')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
