import { createHash } from 'node:crypto'
import type { SecretId } from '../core/format/id.ts'
import type { Errand } from '../core/store.ts'
import { maxErrandNote } from '../core/store.ts'
import { idBytes } from './codes.ts'
import { StoreError } from './errors.ts'

/** What sealing may add to a note. */
const sealedBeyond = 64

/** An errand as the stores keep it. Times are ms since epoch. */
export interface Planned {
  readonly id: Buffer
  readonly name: string
  /** Never after `until`. */
  readonly dueAt: number
  readonly until: number
  readonly note: Uint8Array
  readonly mark: Buffer
}

/** The errand, checked; `id`: the secret that owes it. @throws StoreError `bad-argument` on one that is not the port's */
export function planned(errand: Errand, id: SecretId = errand.id): Planned {
  const bytes = idBytes(errand.id)
  const { name, dueAt, until, note } = errand
  const wrong =
    bytes === undefined || errand.id !== id
      ? 'id'
      : !/^[a-z-]{1,24}$/.test(name)
        ? 'name'
        : note.length > maxErrandNote + sealedBeyond
          ? 'note'
          : isTime(dueAt) && isTime(until)
            ? undefined
            : 'time'
  if (bytes === undefined || wrong !== undefined)
    throw new StoreError('bad-argument', `not an errand: ${wrong}`)
  return { id: bytes, name, dueAt: Math.min(dueAt, until), until, note, mark: markOf(note) }
}

/** What tells an errand from one that replaced it, and outlives its note: 16 bytes of SHA-256. */
export function markOf(note: Uint8Array): Buffer {
  return createHash('sha256').update(note).digest().subarray(0, 16)
}

/** Whether a store can keep `ms` as a time. */
function isTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 0
}
