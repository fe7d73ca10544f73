import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../errors.ts'
import { fitsSlot } from './bytes.ts'

/** Refuses what would make the store larger than it may be. Runs inside the transaction that would. */
type Quota = (sealed: Uint8Array) => void

/**
 * At most `maxBytes` in use, pages that were freed not counted. What fits a slot that is free makes the store no larger.
 * @throws StoreError `unavailable`, from what it returns
 */
export function quota(db: DatabaseSync, maxBytes: number, pageBytes: number): Quota {
  const count = (pragma: string) => {
    const statement = db.prepare(`PRAGMA ${pragma}`)
    statement.setReturnArrays(true)
    return () => Number((statement.get() as unknown as readonly [number])[0])
  }
  const [pages, freed] = [count('page_count'), count('freelist_count')]
  const freeSlot = db.prepare('SELECT 1 FROM free LIMIT 1')
  return (sealed) => {
    if (fitsSlot(sealed) && freeSlot.get() !== undefined) return
    if ((pages() - freed()) * pageBytes + sealed.length <= maxBytes) return
    throw new StoreError('unavailable', 'the store holds as much as SOTTO_MAX_STORE allows')
  }
}
