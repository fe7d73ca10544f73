import type { SecretId } from './format/id.ts'
import type { Kind } from './format/token.ts'

/** The states in which nothing can be opened any more; the sealed bytes left in the step that entered one. */
export const terminalStates = ['revealed', 'unconfirmed', 'lost', 'burned', 'locked', 'expired'] as const

/** A state that nothing leaves. */
export type TerminalState = (typeof terminalStates)[number]

/** The states that somebody is told of: every end, and `sealed` when an answer made it so. */
export type NewsState = TerminalState | 'sealed'

/** Every state, in the order in which a secret may enter them. */
export const states = ['asked', 'staged', 'sealed', 'claimed', ...terminalStates] as const

/**
 * - `asked`: a request that waits for its answer; there are no sealed bytes yet.
 * - `staged`: sealed, but the card is not known to be posted. A claim may win it (who holds the token has the card).
 * - `sealed`: waits for its one reveal.
 * - `claimed`: one holder has the bytes until the lease ends.
 */
export type State = (typeof states)[number]

/** Wrong proofs that one secret bears in all; the last of them locks it. */
export const maxWrongProofs = 10

/** Times that a holder may give a claim back; one more makes it `lost`. */
export const maxReleases = 5

/** How long a tombstone outlives the expiry, in ms; one whose news is still to be told stays longer. */
export const tombstoneMs = 24 * 60 * 60 * 1000

/** How long after the expiry news is kept that nobody could be told, in ms; then it is given up. */
export const newsMs = 30 * 24 * 60 * 60 * 1000

/** The longest note of an errand before it is sealed, in bytes. */
export const maxErrandNote = 2_048

/** How long after its `until` an errand waits for somebody to say that it was given up, in ms. */
export const overMs = 24 * 60 * 60 * 1000

/** How long a finished errand is remembered, in ms, so that a late resend of its plan does not bring it back. */
export const finishedMs = 60 * 60 * 1000

/** What a store is given to keep. Every field is opaque to it but `expiresAt`. */
export interface NewRecord {
  readonly id: SecretId
  readonly kind: Kind
  /** The outer layer's output (`docs/format.md`). Absent: an `asked` record, whose `proofHash` is the answer's verifier. */
  readonly sealed?: Uint8Array
  /** The key id of the outer layer, 1 to 16 ASCII characters; empty while `asked`. */
  readonly kid: string
  /** SHA-256 of the proof, 32 bytes. */
  readonly proofHash: Uint8Array
  /** Who may claim, 16 bytes; compared whole. */
  readonly recipient: Uint8Array
  /** Who may burn and, unless it is a link (`w1`), list; 16 bytes, compared whole. */
  readonly owner: Uint8Array
  /** Canonical KDF parameters, 0 bytes without a passphrase. */
  readonly kdf: Uint8Array
  /** What the receipt says, sealed under the server key; ≤ 1,024 bytes. */
  readonly receipt: Uint8Array
  /** Absolute, ms since epoch, on the store's clock; at or before now is expired. */
  readonly expiresAt: number
  /** How long the record may stay `staged`, in ms, before it is `lost`. Absent: it is `sealed` at once. */
  readonly stagedMs?: number
}

/** One attempt at the single reveal, whatever number of times it is sent. */
export interface Claim {
  /** 16 random bytes, the same on every resend of this claim. */
  readonly claimId: Uint8Array
  readonly proofHash: Uint8Array
  readonly recipient: Uint8Array
  /** Who opens, sealed under the server key, ≤ 128 bytes; kept in the tombstone. */
  readonly actor: Uint8Array
  /** The key ids that this process can open. */
  readonly kids: readonly string[]
  readonly leaseMs: number
  /** Planned when this very claim wins, in the same commit; their id is the secret's. */
  readonly owes?: readonly Errand[]
}

/** What an attempt came to; only `claimed` has bytes. */
export type ClaimResult =
  | {
      readonly why: 'claimed'
      readonly sealed: Uint8Array
      readonly kind: Kind
      readonly kdf: Uint8Array
      readonly recipient: Uint8Array
      readonly expiresAt: number
      /** ms since epoch on the store's clock; after it only `lost` is left. */
      readonly leaseUntil: number
    }
  /** No such id, or its tombstone has gone too. */
  | { readonly why: 'unknown' }
  | { readonly why: 'not-recipient' }
  /** Still `asked`. */
  | { readonly why: 'nothing-yet' }
  /** Another claim holds it. */
  | { readonly why: 'busy' }
  /** Sealed under a key that this process has not; nothing changed. */
  | { readonly why: 'unknown-key'; readonly kid: string }
  | { readonly why: 'wrong-proof'; readonly triesLeft: number }
  /** Terminal, or this very claim has made it so (`locked`, `expired`, `lost`). */
  | { readonly why: 'gone'; readonly receipt: Receipt }

/** What is left to know about a secret without its bytes. */
export interface Receipt {
  readonly id: SecretId
  readonly kind: Kind
  readonly state: State
  /** ms since epoch, the store's clock. */
  readonly createdAt: number
  /** When `state` was entered, ms since epoch, the store's clock. */
  readonly changedAt: number
  readonly expiresAt: number
  readonly kdf: Uint8Array
  readonly recipient: Uint8Array
  readonly owner: Uint8Array
  readonly triesLeft: number
  /** As given in `NewRecord` or last by `confirm`. */
  readonly receipt: Uint8Array
  /** Who claimed it last; empty before. */
  readonly actor: Uint8Array
  /** Handed out for the last time: `newsMs` after the expiry its news was still not told, and with this answer it goes. */
  readonly givenUp?: true
}

/** What somebody outside gives to a request. */
export interface Answer {
  /** SHA-256 of the answer's proof; compared with the `asked` record's `proofHash`. */
  readonly answerHash: Uint8Array
  readonly sealed: Uint8Array
  readonly kid: string
  /** Replaces the record's `proofHash`. */
  readonly proofHash: Uint8Array
}

/** A part of a list, newest first. */
export interface Page {
  readonly receipts: readonly Receipt[]
  /** Pass it back as `before` for the next page; absent at the end. */
  readonly next?: string
}

/** Something promised for later for one secret: at most one of each name, kept, handed out and ended by the store. */
export interface Errand {
  /** Places it beside its secret, whose record itself may be gone already. */
  readonly id: SecretId
  /** 1 to 24 of a-z and `-`. A later errand of the same name replaces it. */
  readonly name: string
  /** ms since epoch, the store's clock; after `until` it means `until`. */
  readonly dueAt: number
  /** ms since epoch, the store's clock. From then on it is handed out as `over`, for `overMs`. */
  readonly until: number
  /** Sealed under the server key, ≤ `maxErrandNote` bytes before that. Erased like sealed bytes when the errand ends. */
  readonly note: Uint8Array
}

/** An errand in somebody's hand. `dueAt` is when it was due this time. */
export interface DueErrand extends Errand {
  /** How often it was handed out before. */
  readonly tries: number
  /** Its time has passed: it is to be given up, not done. */
  readonly over: boolean
}

/** Which errand is meant. */
export type ErrandName = Pick<Errand, 'id' | 'name'>

/** Work that outlives the process that owes it. The same promises as those of `SecretStore`. */
export interface ErrandStore {
  /** Keeps an errand. The same note again is a resend and changes nothing, also within `finishedMs` after its end. */
  plan(errand: Errand): Promise<void>

  /**
   * Errands whose time has come, each to one caller for `holdMs`, then again, until they are finished. With `only`, those,
   * due or not, but never what another caller has.
   */
  errands(limit: number, holdMs: number, only?: readonly ErrandName[]): Promise<readonly DueErrand[]>

  /**
   * Still owed, not before `dueAt` (ms since epoch, the store's clock), and in nobody's hand. With `of`, only if it was not
   * replaced by another errand, and its `tries` become those.
   */
  postpone(id: SecretId, name: string, dueAt: number, of?: Pick<DueErrand, 'note' | 'tries'>): Promise<void>

  /** Done, given up or cancelled: its note goes. With `of`, only if it was not replaced by another. Unknown is fine. */
  finish(id: SecretId, name: string, of?: Pick<DueErrand, 'note'>): Promise<void>
}

/** One sentence for the operator about how the store is set up, without an id or a key in it. */
export interface Finding {
  /** `refuse`: do not start. `warn`: start and say it. */
  readonly level: 'refuse' | 'warn'
  readonly text: string
}

/**
 * One-shot storage. The clock is the store's own; every method is atomic and, given the same arguments again after a
 * lost reply, gives the same answer. A method rejects only when the store cannot be reached or cannot promise
 * durability; the caller then treats the outcome as unknown.
 */
export interface SecretStore extends ErrandStore {
  /** The store's clock, ms since epoch. */
  now(): Promise<number>

  /** Keeps a new secret. The same id with the same `proofHash` again is a resend and changes nothing. @throws on another record with that id */
  put(record: NewRecord): Promise<void>

  /**
   * `staged` becomes `sealed`; in every state the receipt is replaced, and what is owed is planned. The state after, or
   * `unknown`.
   */
  confirm(id: SecretId, receipt: Uint8Array, owes?: readonly Errand[]): Promise<State | 'unknown'>

  /**
   * Removes a record that is still `staged` (or `asked`) without a trace; true as well when nothing is there. False: it is
   * past that, and stays.
   */
  discard(id: SecretId): Promise<boolean>

  /** Gives an `asked` record its bytes, once. A resend of the same answer is `sealed` again. */
  answer(id: SecretId, answer: Answer): Promise<'sealed' | 'wrong-proof' | 'gone'>

  /**
   * Consumes the secret. The sealed bytes for exactly one claim id, ever; every other caller learns only its state.
   * Checked in this order, and no refusal consumes: unknown, not-recipient, terminal, expired (enters `expired`; a lease
   * outlives the expiry), nothing-yet, claimed (same claim id and right proof within the lease: the same bytes; over:
   * enters `lost`; else busy), unknown-key, proof (the tenth wrong one enters `locked`; the same claim id and proof
   * again counts once).
   */
  claim(id: SecretId, claim: Claim): Promise<ClaimResult>

  /**
   * Gives a proven undelivered claim back, only by its live holder, and with it finishes the errands that `cancels` names.
   * `lost` when it was given back too often.
   */
  release(
    id: SecretId,
    claimId: Uint8Array,
    cancels?: readonly string[],
  ): Promise<'sealed' | 'lost' | 'not-holder'>

  /**
   * Ends a claim, only by its live holder, and plans what that owes; after the lease the record is `lost` and the answer
   * `not-holder`.
   */
  settle(
    id: SecretId,
    claimId: Uint8Array,
    state: 'revealed' | 'unconfirmed',
    owes?: readonly Errand[],
  ): Promise<'settled' | 'not-holder'>

  /** Destroys unread, for any one of `owners`. `busy`: being opened. `gone`: terminal before. A burn repeated is `burned`. */
  burn(id: SecretId, owners: readonly Uint8Array[]): Promise<'burned' | 'busy' | 'gone' | 'unknown'>

  /** Without bytes and without side effect; times that have passed show as `expired` or `lost`. */
  look(id: SecretId): Promise<Receipt | undefined>

  /** The receipts of any of `owners`, newest first, until `tombstoneMs` after their expiry. Links (`w1`) are in no list. */
  list(owners: readonly Uint8Array[], limit: number, before?: string): Promise<Page>

  /**
   * Due work: enters `expired` and `lost` where time has passed, and hands out receipts whose news is not `done`, in a
   * terminal state or `sealed` by an answer, each to one caller for `holdMs`, then again. With `ids`, only those, but never
   * what another caller has; a state that was entered since is in nobody's hand. Links (`w1`) have no news. A tombstone
   * stays until its news is `done`, `newsMs` after the expiry at most: then it is handed out as `givenUp`, and goes.
   */
  due(limit: number, holdMs: number, ids?: readonly SecretId[]): Promise<readonly Receipt[]>

  /** The news of this state went out; what that leaves to do is planned with it. */
  done(id: SecretId, state: NewsState, owes?: readonly Errand[]): Promise<void>

  /** True for the first caller of `key` within `ttlMs`, and for the same `caller` again; false for every other. */
  first(key: string, caller: string, ttlMs: number): Promise<boolean>

  /** Takes back a `first` of the same caller. */
  forget(key: string, caller: string): Promise<void>

  /**
   * What an operator must know before the first secret: persistence, eviction, permissions; and, given the key ids that
   * this process has, whether secrets wait under another.
   */
  check(kids?: readonly string[]): Promise<readonly Finding[]>

  /** What `check` found last, and what was found since: for whoever watches over the process. */
  findings(): readonly Finding[]

  close(): Promise<void>
}

/** Whether nothing can be opened in this state any more. */
export function isTerminal(state: State): state is TerminalState {
  return (terminalStates as readonly State[]).includes(state)
}
