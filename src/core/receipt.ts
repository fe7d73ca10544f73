import type { SecretId } from './format/id.ts'
import { type Party, parseParty, sameParty } from './format/party.ts'
import type { Derived } from './format/suite1.ts'
import type { Kind } from './format/token.ts'
import type { Keyring } from './keyring.ts'
import { openNote } from './outer.ts'
import type { Receipt, State } from './store.ts'
import { isTerminal } from './store.ts'

/** The receipt as its sender reads it. */
export interface ReceiptView {
  readonly id: SecretId
  readonly kind: Kind
  readonly state: State
  readonly createdAt: number
  readonly changedAt: number
  readonly expiresAt: number
  /** Empty when this process has not the key. */
  readonly about: Uint8Array
  /** Somebody has won a claim on it. False at the end: it is certain that nobody was shown it. */
  readonly claimed: boolean
  /** The last that is heard of it: its news was not told in all the time that it is kept. */
  readonly givenUp?: true
  /** Who opened it, or began to; absent also when this process has not the key. */
  readonly actor?: Party
}

/** Why somebody does not get a secret now; none of it consumes anything. */
export type Refusal =
  | {
      readonly why: 'not-recipient' | 'nothing-yet' | 'opening' | 'cannot-open' | 'tampered' | 'busy'
    }
  | { readonly why: 'wrong-passphrase'; readonly triesLeft: number }
  /** `receipt` only for whoever was entitled to open it: the recipient, or in a place the one who did. */
  | { readonly why: 'gone'; readonly receipt?: ReceiptView & { readonly byYou: boolean } }

/** The receipt with its notes opened. */
export function receiptView(keyring: Keyring, receipt: Receipt): ReceiptView {
  const { id, kind, state, createdAt, changedAt, expiresAt } = receipt
  const about = openNote(keyring, id, 'receipt/v1', receipt.receipt)
  const actor = receipt.actor.length > 0 ? openNote(keyring, id, 'actor/v1', receipt.actor) : undefined
  const party = actor && parseParty(actor)
  return {
    id,
    kind,
    state,
    createdAt,
    changedAt,
    expiresAt,
    about: about ?? new Uint8Array(),
    claimed: receipt.actor.length > 0,
    ...(receipt.givenUp && { givenUp: true }),
    ...(party && { actor: party }),
  }
}

/** "Gone", as this person may know it: in a place only the one who opened it is entitled to more, a named recipient always is. */
export function goneOf(keyring: Keyring, receipt: Receipt, by: Party, place: Party | undefined): Refusal {
  const view = receiptView(keyring, receipt)
  const byYou = view.actor !== undefined && sameParty(view.actor, by)
  return place === undefined || byYou ? { why: 'gone', receipt: { ...view, byYou } } : { why: 'gone' }
}

/** Why this person could not open it now, or undefined; strangers learn nothing but that it is not for them. */
export function refusalOf(
  keyring: Keyring,
  derived: Derived,
  receipt: Receipt | undefined,
  { by, place }: { readonly by: Party; readonly place?: Party },
): Refusal | undefined {
  if (receipt === undefined) return { why: 'gone' }
  if (!equal(receipt.recipient, derived.recipient(place ?? by))) return { why: 'not-recipient' }
  if (isTerminal(receipt.state)) return goneOf(keyring, receipt, by, place)
  if (receipt.state === 'asked') return { why: 'nothing-yet' }
  return receipt.state === 'claimed' ? { why: 'opening' } : undefined
}

/** Both are hashes that the caller cannot choose freely, so an early exit tells nothing. */
function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
