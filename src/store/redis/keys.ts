import { createHash } from 'node:crypto'

const buckets = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** How many buckets there are: one for each first byte of an id. */
export const bucketCount = buckets.length

/**
 * The names of all keys. The bucket's tag is all that Redis Cluster hashes, so that a secret and its bucket's due set
 * are in one slot; ids are base64url, so that no name has another brace.
 */
export function keyNames(prefix: string) {
  const tags = buckets.map((bucket) => `${prefix}:{${bucket}}:`)
  const tag = (bytes: Uint8Array) => tags[bytes[0] ?? 0]
  const name = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  const dueSets = tags.map((each) => `${each}due`)
  const errandSets = tags.map((each) => `${each}errands`)
  const owed = tags.map((each) => `${each}owed`)
  return {
    /** The record of an id, its bucket's due set, and since when its bucket owes a rewrite of the log. */
    record: (bytes: Uint8Array, id: string): [string, string, string] => [
      tag(bytes) + id,
      dueSets[bytes[0] ?? 0] as string,
      owed[bytes[0] ?? 0] as string,
    ],
    /** Since when a bucket owes a rewrite of the log; and the same of one that is under way. */
    owed: (bucket: number): [string, string] => [owed[bucket] as string, `${tags[bucket]}erasing`],
    /** Which process sees to the rewrites. */
    eraser: `${tags[0]}eraser`,
    /** The key ids in use, and the formats of records, in the first bucket. */
    kids: `${tags[0]}kids`,
    formats: `${tags[0]}formats`,
    dueSet: (bucket: number) => dueSets[bucket % bucketCount] as string,
    /** An errand of a secret, the due set of its bucket's errands, and since when the bucket owes a rewrite of the log. */
    errand: (bytes: Uint8Array, id: string, name: string): [string, string, string] => [
      `${tag(bytes)}e:${id}:${name}`,
      errandSets[bytes[0] ?? 0] as string,
      owed[bytes[0] ?? 0] as string,
    ],
    /** The due set of a bucket's errands; apart from that of secrets, which older versions empty of what they do not know. */
    errandSet: (bucket: number) => errandSets[bucket % bucketCount] as string,
    /** The list of an owner's secrets, in the owner's own bucket. */
    index: (owner: Uint8Array) => `${tag(owner)}o:${name(owner)}`,
    /** Callers choose `first` keys freely, so only their hash is a name. */
    first(key: string) {
      const hash = createHash('sha256').update(key).digest().subarray(0, 16)
      return `${tag(hash)}f:${name(hash)}`
    },
  }
}

/** The names of one store. */
export type KeyNames = ReturnType<typeof keyNames>
