import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../errors.ts'

/**
 * `secret` is keyed by arrival, not by id: a secret's few updates then fall on the pages that its neighbours in time
 * dirty anyway. The sealed bytes are apart, in `slot` or `large` (`place` says where), so that no update rewrites them.
 * `due` is when `due()` must look next; it may be early, never late.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS secret (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    due INTEGER NOT NULL,
    done INTEGER NOT NULL,
    place INTEGER NOT NULL,
    releases INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    kid TEXT NOT NULL,
    kdf BLOB NOT NULL,
    proof BLOB NOT NULL,
    recipient BLOB NOT NULL,
    owner BLOB NOT NULL,
    receipt BLOB NOT NULL,
    claim BLOB,
    actor BLOB,
    released BLOB,
    wrong BLOB,
    answer BLOB
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS secret_id ON secret (id);
  CREATE INDEX IF NOT EXISTS secret_owner ON secret (owner);
  CREATE INDEX IF NOT EXISTS secret_due ON secret (due);
  CREATE TABLE IF NOT EXISTS slot (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS free (n INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS large (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS first (
    n INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    caller TEXT NOT NULL,
    until INTEGER NOT NULL
  ) STRICT;
`

/** The open file with its schema, in WAL, every commit on disk, deleted bytes overwritten. @throws StoreError `unavailable` */
export function openDatabase(path: string, maxPages: number | undefined): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    // What SQLite takes for a name of something else would leave an empty file behind.
    if (path === '' || path.startsWith(':')) throw new Error('not the name of a file')
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // SQLite gives its -wal and -shm the mode of the file it finds.
    closeSync(openSync(path, 'a', 0o600))
    db = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: false })
    // Small pages: a commit writes every page that it touched, and most of it touches a few rows of each.
    db.exec('PRAGMA page_size=2048')
    const [mode] = Object.values(db.prepare('PRAGMA journal_mode=WAL').get() ?? {})
    if (mode !== 'wal') throw new Error(`journal mode ${mode}, and only WAL will do`)
    db.exec(
      'PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000',
    )
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`)
    db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
    // From here on a lock is waited for in the event loop, not in this thread.
    db.exec('PRAGMA busy_timeout=5')
    return db
  } catch (error) {
    db?.close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('unavailable', `cannot open the database ${path}: ${reason}`, { cause: error })
  }
}

export function pageSize(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA page_size').get()?.['page_size'])
}
