import { claim } from './claim.ts'
import type { SecretId } from './format/id.ts'
import type { Argon2 } from './format/kdf.ts'
import { chatKdf, parseKdf, printKdf } from './format/kdf.ts'
import { type Party, printParty } from './format/party.ts'
import type { Secret } from './format/secret.ts'
import type { Derived, Unlocked } from './format/suite1.ts'
import { derive, open, seal } from './format/suite1.ts'
import { type ChatToken, newToken } from './format/token.ts'
import type { Keyring } from './keyring.ts'
import type { Log } from './log.ts'
import { ownerHashes, sealNote, sealOuter } from './outer.ts'
import { goneOf, type ReceiptView, type Refusal, receiptView, refusalOf } from './receipt.ts'
import type { Errand, NewsState, Receipt, SecretStore, State } from './store.ts'

/** A secret to be sealed for somebody in chat. The content and the passphrase stay the caller’s to wipe. */
export interface Order {
  readonly content: Secret
  readonly passphrase?: Secret
  readonly ttlSeconds: number
  /** Who may open: a person, or the place whose first person may. */
  readonly recipient: Party
  /** Who may burn and list. */
  readonly owner: Party
  /** What the receipt says until `confirm`. */
  readonly about: Uint8Array
  /** How long delivery may take before the secret counts as `lost`, ms. */
  readonly stagedMs: number
}

/** What sharing came to; the token is only here. */
type Shared =
  | { readonly why: 'sealed'; readonly id: SecretId; readonly token: ChatToken; readonly expiresAt: number }
  /** Too many passphrases are being stretched. Nothing was stored. */
  | { readonly why: 'busy' }

/** One try of one person to open a card, whatever number of times it is repeated. */
export interface Attempt {
  readonly token: ChatToken
  readonly passphrase?: Secret
  /** Who opens, as the platform's signed payload names them. */
  readonly by: Party
  /** The place, for a card that its first person may open; absent: `by` must be the recipient. */
  readonly place?: Party
  /** 16 random bytes, the same when this attempt is repeated after a lost answer. */
  readonly claimId: Uint8Array
  readonly leaseMs: number
  /** Planned with the claim when it is won. */
  readonly owes?: readonly Errand[]
}

/** A won claim. Exactly one of `settle` and `release` ends it; both answer false when the lease is over. */
export interface Hold {
  readonly why: 'opened'
  readonly id: SecretId
  readonly secret: Secret
  /** What was left of the lease, by the store's clock, when this answer came; ms. */
  readonly leftMs: number
  settle(state: 'revealed' | 'unconfirmed', owes?: readonly Errand[]): Promise<boolean>
  release(cancels?: readonly string[]): Promise<boolean>
}

/** What can be done with secrets in chat. */
export interface Vault {
  /** Seals and stages; the token is returned once and kept nowhere. @throws when the store cannot be reached */
  share(order: Order): Promise<Shared>
  /** The card is posted (or may be). The state after: past `sealed` when somebody was faster. */
  confirm(id: SecretId, about: Uint8Array, owes?: readonly Errand[]): Promise<State | 'unknown'>
  /** The card was definitively not posted: no trace stays. */
  discard(id: SecretId): Promise<void>
  /** Why this person could not open it now, or undefined. Changes nothing. */
  peek(attempt: Pick<Attempt, 'token' | 'by' | 'place'>): Promise<Refusal | undefined>
  /** Wins the single reveal, or says why not. @throws when the store's answer is unknown: treat as shown */
  reveal(attempt: Attempt): Promise<Hold | Refusal>
  /**
   * After `reveal` has thrown for good: nothing of the attempt was shown and it is never repeated, so that a claim
   * which reached the store, or is still on its way there, goes back, with what it owes. Does not reject.
   */
  giveUp(attempt: Pick<Attempt, 'token' | 'claimId' | 'owes'>): Promise<void>
  burn(id: SecretId, by: Party): Promise<'burned' | 'busy' | 'gone'>
  /** Any receipt, for the process's own use: who may read it is the caller's to know. */
  look(id: SecretId): Promise<ReceiptView | undefined>
  /** The receipts of `owner`, newest first. */
  outbox(
    owner: Party,
    limit: number,
    before?: string,
  ): Promise<{ readonly receipts: readonly ReceiptView[]; readonly next?: string }>
  /** Receipts whose notice is due, held for `holdMs`; with `ids` only those. */
  due(limit: number, holdMs: number, ids?: readonly SecretId[]): Promise<readonly ReceiptView[]>
  done(id: SecretId, state: NewsState, owes?: readonly Errand[]): Promise<void>
}

/** What a vault is made of. */
interface VaultParts {
  readonly store: SecretStore
  readonly keyring: Keyring
  readonly argon2: Argon2
  readonly log: Log
}

/** The use cases of chat secrets. The only module that opens what a store keeps. */
export function vault({ store, keyring, argon2, log }: VaultParts): Vault {
  async function unlock(
    derived: Derived,
    passphrase: Secret | undefined,
    kdf = chatKdf,
  ): Promise<Unlocked | 'busy'> {
    if (passphrase === undefined) return derived.unlock()
    const stretched = await derived.stretch(passphrase, kdf, argon2)
    return stretched === 'busy' ? 'busy' : derived.unlock(stretched)
  }

  const parts = { store, keyring, log, releasesWithoutKey: true }
  const viewOf = (receipt: Receipt) => receiptView(keyring, receipt)

  return {
    async share({ content, passphrase, ttlSeconds, recipient, owner, about, stagedMs }) {
      const token = newToken('c1')
      const derived = derive(token)
      const unlocked = await unlock(derived, passphrase)
      if (unlocked === 'busy') return { why: 'busy' }
      const { id } = derived
      const expiresAt = (await store.now()) + ttlSeconds * 1000
      const context = {
        expiresAt,
        recipient: derived.recipient(recipient),
        kdf: printKdf(passphrase && chatKdf),
      }
      const outer = sealOuter(keyring, id, seal(derived, unlocked, content, context))
      const [ownerHash] = ownerHashes(keyring, owner)
      const record = {
        id,
        kind: token.kind,
        sealed: outer.bytes,
        kid: outer.kid,
        proofHash: unlocked.proofHash(),
        recipient: context.recipient,
        owner: ownerHash,
        kdf: context.kdf,
        receipt: sealNote(keyring, id, 'receipt/v1', about),
        expiresAt,
        stagedMs,
      }
      try {
        await store.put(record)
      } catch (error) {
        // It may lie there all the same, and its end would be news of a secret that was never sent.
        await store.discard(id).catch(() => false)
        throw error
      }
      return { why: 'sealed', id, token, expiresAt }
    },

    confirm: (id, about, owes) => store.confirm(id, sealNote(keyring, id, 'receipt/v1', about), owes),

    async discard(id) {
      await store.discard(id)
    },

    async peek(attempt) {
      const derived = derive(attempt.token)
      return refusalOf(keyring, derived, await store.look(derived.id), attempt)
    },

    async reveal(attempt) {
      const { token, by, place, passphrase, claimId, leaseMs, owes = [] } = attempt
      const derived = derive(token)
      const { id } = derived
      let kdf = chatKdf
      if (passphrase !== undefined) {
        // A stretch costs 13 ms: whoever cannot open it does not get one.
        const receipt = await store.look(id)
        const refused =
          receipt?.state === 'claimed' ? undefined : refusalOf(keyring, derived, receipt, attempt)
        if (refused) return refused
        const stored = parseKdf(receipt?.kdf ?? new Uint8Array())
        if (stored === 'invalid') return { why: 'tampered' }
        kdf = stored ?? chatKdf
      }
      const unlocked = await unlock(derived, passphrase, kdf)
      if (unlocked === 'busy') return { why: 'busy' }
      const claimed = await claim(
        parts,
        id,
        {
          claimId,
          proofHash: unlocked.proofHash(),
          recipient: derived.recipient(place ?? by),
          actor: sealNote(keyring, id, 'actor/v1', printParty(by)),
          leaseMs,
          owes,
        },
        (sealed, won) => {
          const opening = open(derived, unlocked, sealed, won)
          return opening.why === 'opened' ? opening.secret : undefined
        },
      )
      switch (claimed.why) {
        case 'unknown':
          return { why: 'gone' }
        case 'gone':
          return goneOf(keyring, claimed.receipt, by, place)
        case 'claimed':
          return {
            why: 'opened',
            id,
            secret: claimed.content,
            leftMs: claimed.won.leaseUntil - (await store.now()),
            settle: async (state, then) => (await store.settle(id, claimId, state, then)) === 'settled',
            release: async (cancels) => (await store.release(id, claimId, cancels)) === 'sealed',
          }
        default:
          return claimed
      }
    },

    async giveUp({ token, claimId, owes = [] }) {
      const cancels = owes.map(({ name }) => name)
      await store.release(derive(token).id, claimId, cancels).catch(() => 'not-holder')
    },

    async burn(id, by) {
      const result = await store.burn(id, ownerHashes(keyring, by))
      return result === 'unknown' ? 'gone' : result
    },

    async look(id) {
      const receipt = await store.look(id)
      return receipt && viewOf(receipt)
    },

    async outbox(owner, limit, before) {
      const page = await store.list(ownerHashes(keyring, owner), limit, before)
      return {
        receipts: page.receipts.map(viewOf),
        ...(page.next !== undefined && { next: page.next }),
      }
    },

    async due(limit, holdMs, ids) {
      return (await store.due(limit, holdMs, ids)).map(viewOf)
    },

    done: (id, state, owes) => store.done(id, state, owes),
  }
}
