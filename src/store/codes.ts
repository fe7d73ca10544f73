import { parseId, type SecretId } from '../core/format/id.ts'
import type { Kind } from '../core/format/token.ts'
import type { NewRecord, State } from '../core/store.ts'
import { StoreError } from './errors.ts'

// Both orders are in databases: only ever append.
const states: readonly State[] = [
  'asked',
  'staged',
  'sealed',
  'claimed',
  'revealed',
  'unconfirmed',
  'lost',
  'burned',
  'locked',
  'expired',
]
const kinds: readonly Kind[] = ['c1', 'w1', 'd1']

/** What the databases write for each state. From `revealed` on, states are terminal. */
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

/** @throws when a database holds a number that no version wrote */
export function stateOf(number: number): State {
  const state = states[number]
  if (state === undefined) throw new StoreError('unavailable', `the database holds a state ${number}`)
  return state
}

export function kindCode(kind: Kind): number {
  return kinds.indexOf(kind)
}

/** @throws when a database holds a number that no version wrote */
export function kindOf(number: number): Kind {
  const kind = kinds[number]
  if (kind === undefined) throw new StoreError('unavailable', `the database holds a kind ${number}`)
  return kind
}

/** The 16 bytes of an id, or undefined for text that is no id in its canonical form: nothing is stored under it. */
export function idBytes(id: SecretId): Buffer | undefined {
  return parseId(id) && Buffer.from(id, 'base64url')
}

/** @throws StoreError `bad-argument` on a record whose sizes are not the port's; the bytes of its id otherwise */
export function checkRecord(record: NewRecord): Buffer {
  const id = idBytes(record.id)
  const wrong =
    id === undefined
      ? 'id'
      : kindCode(record.kind) < 0
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
