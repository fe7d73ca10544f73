import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../errors.ts'

/**
 * `secret` is keyed by arrival, not by id: a secret's few updates then fall on the pages that its neighbours in time
 * dirty anyway. The sealed bytes are apart, in `slot` or `large` (`place` says where), so that no update rewrites them.
 * `due` is when `due()` must look next; it may be early, never late. `errand` has no bytes either: notes lie where sealed
 * bytes lie, and go as they go.
 *
 * Each step takes a file to the next version, which SQLite keeps as its `user_version`; a new file takes all of them. A step
 * that was released is never changed, and a new one takes nothing that processes of the version before it, which may still
 * be at work on the file, cannot do without. The first one also finds files that were made before they had a version.
 */
export const schema: readonly string[] = [
  `
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
  `,
  `
    CREATE TABLE errand (
      n INTEGER PRIMARY KEY,
      id BLOB NOT NULL,
      name TEXT NOT NULL,
      due INTEGER NOT NULL,
      until INTEGER NOT NULL,
      held INTEGER NOT NULL,
      tries INTEGER NOT NULL,
      place INTEGER NOT NULL,
      mark BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX errand_name ON errand (id, name);
    CREATE INDEX errand_due ON errand (due);
  `,
  // An owner for each link, that nobody asks for: 1 is their kind.
  `
    DROP INDEX IF EXISTS secret_owner;
    CREATE INDEX IF NOT EXISTS secret_lister ON secret (owner) WHERE kind <> 1;
  `,
]

/**
 * Takes the file through the steps that it has not had, in one transaction; does nothing to a file that has had them all.
 * @throws StoreError `newer` for a file that has had more than these; nothing changes then
 */
export function migrate(db: DatabaseSync, path: string, steps: readonly string[] = schema): void {
  if (stepsLeft(db, path, steps).length === 0) return
  db.exec('BEGIN IMMEDIATE')
  try {
    // Looked at again: another process that starts now may have been faster.
    for (const step of stepsLeft(db, path, steps)) db.exec(step)
    db.exec(`PRAGMA user_version=${steps.length}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** The steps that the file has not had. @throws StoreError `newer` for a file that has had more than these */
export function stepsLeft(
  db: DatabaseSync,
  path: string,
  steps: readonly string[] = schema,
): readonly string[] {
  const version = versionOf(db)
  if (version > steps.length)
    throw new StoreError(
      'newer',
      `a newer version of Sotto wrote ${path} (format ${version}, and this one knows ${steps.length}): start that version again, or set SOTTO_DB to another file`,
    )
  return steps.slice(version)
}

/** The number of a file's format; 0 of a new one, and of one that was made before there were numbers. */
export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
}
