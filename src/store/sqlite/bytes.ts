import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../errors.ts'
import type { Envelope } from './overflow.ts'

/** Where sealed bytes lie. All of it runs inside a write transaction. */
export interface Bytes {
  /** The place to read and drop them by: the number of a slot, or less than 0 that of a row in `large`. */
  keep(sealed: Uint8Array): number
  read(place: number): Uint8Array
  drop(place: number): void
}

/** No bytes are kept. */
export const nowhere = 0

/** The size of a slot: a content of up to 256 bytes in its layers, and no bucket beyond. */
const slotBytes = 512
const lengthBytes = 2

/** Whether sealed bytes fit a slot, which is used again when it is free. */
export function fitsSlot(sealed: Uint8Array): boolean {
  return sealed.length <= slotBytes - lengthBytes
}

/**
 * When pages split and join, SQLite moves rows and leaves copies in the gaps, which `secure_delete` does not overwrite.
 * So rows with sealed bytes never move: most lie in slots of one size, which are overwritten in place and used again but
 * never deleted, and what is larger lies in overflow pages.
 */
export function bytes(db: DatabaseSync, envelope: Envelope): Bytes {
  const freeSlot = db.prepare('SELECT n FROM free ORDER BY n LIMIT 1')
  freeSlot.setReturnArrays(true)
  const take = db.prepare('DELETE FROM free WHERE n = ?')
  const give = db.prepare('INSERT INTO free (n) VALUES (?)')
  const append = db.prepare('INSERT INTO slot (bytes) VALUES (?)')
  const write = db.prepare('UPDATE slot SET bytes = ? WHERE n = ?')
  const readSlot = db.prepare('SELECT bytes FROM slot WHERE n = ?')
  readSlot.setReturnArrays(true)
  const keepLarge = db.prepare('INSERT INTO large (bytes) VALUES (?)')
  const readLarge = db.prepare('SELECT bytes FROM large WHERE n = ?')
  readLarge.setReturnArrays(true)
  const dropLarge = db.prepare('DELETE FROM large WHERE n = ?')
  const zeros = new Uint8Array(slotBytes)

  return {
    keep(sealed) {
      if (!fitsSlot(sealed)) return -Number(keepLarge.run(envelope.wrap(sealed)).lastInsertRowid)
      const slot = Buffer.alloc(slotBytes)
      slot.writeUInt16BE(sealed.length)
      slot.set(sealed, lengthBytes)
      const free = freeSlot.get() as unknown as readonly [number] | undefined
      if (free === undefined) return Number(append.run(slot).lastInsertRowid)
      take.run(free[0])
      write.run(slot, free[0])
      return free[0]
    },

    read(place) {
      const statement = place < 0 ? readLarge : readSlot
      const row = statement.get(Math.abs(place)) as unknown as readonly [Uint8Array] | undefined
      if (row === undefined) throw new StoreError('unavailable', 'a live record has no bytes')
      const [kept] = row
      if (place < 0) return envelope.unwrap(kept)
      return kept.subarray(lengthBytes, lengthBytes + (((kept[0] ?? 0) << 8) | (kept[1] ?? 0)))
    },

    drop(place) {
      if (place < 0) dropLarge.run(-place)
      else if (place !== nowhere) {
        write.run(zeros, place)
        give.run(place)
      }
    },
  }
}
