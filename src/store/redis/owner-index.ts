import { printId, type SecretId } from '../../core/format/id.ts'
import type { Page, Receipt } from '../../core/store.ts'
import { tombstoneMs } from '../../core/store.ts'
import { sameBytes } from '../codes.ts'

/** An entry without a record may be one that is just being kept; after this, ms, it is a stale one. */
const settledMs = 600_000

/** A secret in its owner's list: when it came (48 bits, ms), when its last trace goes (32 bits, s), its id. */
interface Entry {
  readonly owner: Uint8Array
  readonly createdAt: number
  readonly staleAt: number
  readonly id: Buffer
  readonly packed: Buffer
}

/** The entry of a new secret in its owner’s list, and when it is stale, in ms since epoch. */
export function packEntry(
  id: Uint8Array,
  createdAt: number,
  expiresAt: number,
): { packed: Buffer; staleAt: number } {
  const staleSeconds = Math.min(Math.ceil((expiresAt + tombstoneMs) / 1000), 0xffff_ffff)
  const packed = Buffer.alloc(26)
  packed.writeUIntBE(createdAt, 0, 6)
  packed.writeUInt32BE(staleSeconds, 6)
  packed.set(id, 10)
  return { packed, staleAt: staleSeconds * 1000 }
}

/** The entries of several lists in one order, newest first, each id once. */
export function mergeEntries(lists: readonly { owner: Uint8Array; packed: readonly Buffer[] }[]): Entry[] {
  const entries = lists.flatMap(({ owner, packed }) =>
    packed.map((bytes) => ({
      owner,
      createdAt: bytes.readUIntBE(0, 6),
      staleAt: bytes.readUInt32BE(6) * 1000,
      id: bytes.subarray(10),
      packed: bytes,
    })),
  )
  entries.sort((one, other) => other.createdAt - one.createdAt || Buffer.compare(other.id, one.id))
  const seen = new Set<string>()
  return entries.filter(({ id }) => seen.size < seen.add(id.toString('latin1')).size)
}

/** Where the page after `entry` begins. */
function printCursor(entry: Entry): string {
  return `${entry.createdAt.toString(36)}.${entry.id.toString('base64url')}`
}

/** The entries after a cursor; all of them after none, or after text that is none. */
export function afterCursor(entries: readonly Entry[], cursor: string | undefined): readonly Entry[] {
  const [, time, id] = /^([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/.exec(cursor ?? '') ?? []
  if (time === undefined || id === undefined) return entries
  const createdAt = Number.parseInt(time, 36)
  const bytes = Buffer.from(id, 'base64url')
  return entries.filter(
    (entry) =>
      entry.createdAt < createdAt || (entry.createdAt === createdAt && Buffer.compare(entry.id, bytes) < 0),
  )
}

/** The next `limit` receipts of what is still there; entries of what is not are removed, and those of a newer version's stay. */
export async function listPage(
  entries: readonly Entry[],
  limit: number,
  now: number,
  look: (id: SecretId) => Promise<Receipt | 'newer' | undefined>,
  remove: (entry: Entry) => Promise<unknown>,
): Promise<Page> {
  const found: { readonly entry: Entry; readonly receipt: Receipt }[] = []
  for (let from = 0; from < entries.length && found.length <= limit; ) {
    const batch = entries.slice(from, from + limit + 1 - found.length)
    from += batch.length
    const receipts = await Promise.all(batch.map((entry) => look(printId(entry.id))))
    for (const [at, entry] of batch.entries()) {
      const receipt = receipts[at]
      if (receipt === 'newer') continue
      const listed = receipt && sameBytes(receipt.owner, entry.owner) && receipt.expiresAt + tombstoneMs > now
      if (listed) found.push({ entry, receipt })
      else if (entry.staleAt <= now || entry.createdAt < now - settledMs) await remove(entry)
    }
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const receipts = page.map(({ receipt }) => receipt)
  return found.length > limit && last ? { receipts, next: printCursor(last.entry) } : { receipts }
}
