import { parseId, type SecretId } from '../core/format/id.ts'
import type { Kind } from '../core/format/token.ts'
import type { NewRecord, State } from '../core/store.ts'
import { StoreError } from './errors.ts'

/** What the databases write for each state; only ever append. From `revealed` on, states are terminal. */
export const code = {
  asked: 0,
  staged: 1,
  sealed: 2,
  claimed: 3,
  revealed: 4,
  unconfirmed: 5,
  lost: 6,
  burned: 7,
  locked: 8,
  expired: 9,
} as const satisfies Record<State, number>

/** The same of the kinds. */
const kindCodes = { c1: 0, w1: 1, d1: 2 } as const satisfies Record<Kind, number>

const states = Object.keys(code) as readonly State[]
const kinds = Object.keys(kindCodes) as readonly Kind[]

/** The state that a database means by `number`. @throws StoreError `unavailable` on one that no version wrote */
export function stateOf(number: number): State {
  const state = states[number]
  if (state === undefined) throw new StoreError('unavailable', `the database holds a state ${number}`)
  return state
}

/** What the databases write for each kind. */
export function kindCode(kind: Kind): number {
  return kindCodes[kind]
}

/** The kind that a database means by `number`. @throws StoreError `unavailable` on one that no version wrote */
export function kindOf(number: number): Kind {
  const kind = kinds[number]
  if (kind === undefined) throw new StoreError('unavailable', `the database holds a kind ${number}`)
  return kind
}

/** Whether its owner lists secrets of this kind: whoever made a link has its receipt's address instead. */
export function isListed(kind: Kind): boolean {
  return kind !== 'w1'
}

/** The 16 bytes of an id, or undefined for text that is no id in its canonical form: nothing is stored under it. */
export function idBytes(id: SecretId): Buffer | undefined {
  return parseId(id) && Buffer.from(id, 'base64url')
}

/** The bytes of a new record's id. @throws StoreError `bad-argument` on a record whose sizes are not the port's */
export function checkRecord(record: NewRecord): Buffer {
  const id = idBytes(record.id)
  const wrong =
    id === undefined
      ? 'id'
      : !Object.hasOwn(kindCodes, record.kind)
        ? 'kind'
        : record.proofHash.length !== 32
          ? 'proofHash'
          : record.recipient.length !== 16
            ? 'recipient'
            : record.owner.length !== 16
              ? 'owner'
              : record.kdf.length > 255
                ? 'kdf'
                : record.receipt.length > 1024
                  ? 'receipt'
                  : record.kid.length > 16
                    ? 'kid'
                    : Number.isSafeInteger(record.expiresAt) && record.expiresAt >= 0
                      ? undefined
                      : 'expiresAt'
  if (id === undefined || wrong !== undefined) throw new StoreError('bad-argument', `not storable: ${wrong}`)
  return id
}

/** Whether two byte strings are the same, whole. Both sides are hashes or random: timing tells nothing to guess with. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
