import { type Asks, asks } from './asks.ts'
import { claim } from './claim.ts'
import type { SecretId } from './format/id.ts'
import type { KdfParameters } from './format/kdf.ts'
import { parseKdf, printKdf } from './format/kdf.ts'
import { receiptHash, receiptOwner } from './format/receipt-token.ts'
import { hashProof, partyHashBytes } from './format/suite1.ts'
import type { Keyring } from './keyring.ts'
import { codeOf, type Log } from './log.ts'
import { sealOuter } from './outer.ts'
import type { Receipt, SecretStore, State } from './store.ts'
import { isTerminal } from './store.ts'

/** How long a browser may take from winning the bytes to having shown them, ms. */
const webLeaseMs = 60_000

/** How far the browser's idea of now may be off when it says when a secret expires, ms. */
const clockSlackMs = 5 * 60_000

/** Nobody in particular: whoever has the link. */
const anyone = new Uint8Array(partyHashBytes)

/** What a browser gives to be kept; it sealed the secret itself. */
interface WebOrder {
  readonly id: SecretId
  /** The output of `seal`: the server adds its own layer. */
  readonly sealed: Uint8Array
  /** SHA-256 of the proof, 32 bytes. */
  readonly proofHash: Uint8Array
  /** With a passphrase. */
  readonly kdf?: KdfParameters
  /** ms since epoch; sealed in, so the browser has to choose it. */
  readonly expiresAt: number
  /** SHA-256 of the receipt token's proof, 32 bytes. */
  readonly receiptHash: Uint8Array
}

/** What whoever has the link may know before anything is consumed. */
type Cover =
  | {
      readonly why: 'sealed' | 'opening'
      readonly expiresAt: number
      readonly triesLeft: number
      readonly kdf?: KdfParameters
    }
  /** Unknown, expired, burned, locked, revealed: one answer. */
  | { readonly why: 'gone' }

/** One try of one browser to open a link, whatever number of times it is repeated. */
interface WebClaim {
  readonly id: SecretId
  /** 32 bytes. */
  readonly proof: Uint8Array
  /** 16 random bytes, the same when this claim is repeated after a torn answer. */
  readonly claimId: Uint8Array
}

/** What a try came to; the bytes leave the server in `claimed` alone. */
type WebClaimed =
  | {
      readonly why: 'claimed'
      /** What the browser sealed. */
      readonly sealed: Uint8Array
      readonly kdf?: KdfParameters
      readonly expiresAt: number
      /** ms since epoch, the store's clock. */
      readonly leaseUntil: number
    }
  | { readonly why: 'gone' | 'opening' | 'cannot-open' }
  | { readonly why: 'wrong-passphrase'; readonly triesLeft: number }

/** What the sender reads. */
interface WebReceipt {
  readonly state: State
  readonly createdAt: number
  readonly changedAt: number
  readonly expiresAt: number
  readonly triesLeft: number
}

/** What can be done with links, and with the answers to requests. */
export interface WebVault extends Asks {
  /** The store's clock, ms since epoch. */
  now(): Promise<number>
  /** `expiry`: sooner or later than allowed. `taken`: another secret has this id. The same order again is `kept`. */
  keep(order: WebOrder): Promise<'kept' | 'expiry' | 'taken'>
  /** Changes nothing. */
  cover(id: SecretId): Promise<Cover>
  /** Wins the single reveal, or says why not. @throws when the store's answer is unknown: the same claim id may try again */
  claim(claim: WebClaim): Promise<WebClaimed>
  /** The holder has shown it. False: the lease is over, or somebody else's. */
  settle(id: SecretId, claimId: Uint8Array): Promise<boolean>
  /** Undefined for an unknown id and for a proof that is not this secret's. */
  receipt(id: SecretId, proof: Uint8Array): Promise<WebReceipt | undefined>
  /** `busy`: being opened. `gone`: over before, unknown, or not this secret's proof. */
  burn(id: SecretId, proof: Uint8Array): Promise<'burned' | 'busy' | 'gone'>
}

/** What the vault of links is made of. */
interface WebVaultParts {
  readonly store: SecretStore
  readonly keyring: Keyring
  readonly log: Log
  readonly minTtlSeconds: number
  readonly maxTtlSeconds: number
}

/** The use cases of secrets that a browser sealed. It opens the outer layer only: the inner key was never here. */
export function webVault({ store, keyring, log, minTtlSeconds, maxTtlSeconds }: WebVaultParts): WebVault {
  const parts = { store, keyring, log, releasesWithoutKey: false }

  async function mine(id: SecretId, proof: Uint8Array): Promise<Receipt | undefined> {
    const receipt = await store.look(id)
    const owner = receiptOwner(receiptHash(proof))
    const same = receipt?.kind === 'w1' && receipt.owner.every((byte, at) => byte === owner[at])
    return same ? receipt : undefined
  }

  return {
    ...asks(store, keyring),
    now: () => store.now(),

    async keep({ id, sealed, proofHash, kdf, expiresAt, receiptHash: hash }) {
      const left = expiresAt - (await store.now())
      const tooSoon = left < minTtlSeconds * 1000 - clockSlackMs
      if (tooSoon || left > maxTtlSeconds * 1000 + clockSlackMs) return 'expiry'
      const outer = sealOuter(keyring, id, sealed)
      try {
        await store.put({
          id,
          kind: 'w1',
          sealed: outer.bytes,
          kid: outer.kid,
          proofHash,
          recipient: anyone,
          owner: receiptOwner(hash),
          kdf: printKdf(kdf),
          receipt: new Uint8Array(0),
          expiresAt,
        })
        return 'kept'
      } catch (error) {
        if (codeOf(error) === 'id-taken') return 'taken'
        throw error
      }
    },

    async cover(id) {
      const receipt = await store.look(id)
      if (receipt?.kind !== 'w1' || isTerminal(receipt.state)) return { why: 'gone' }
      const { state, expiresAt, triesLeft } = receipt
      return { why: state === 'claimed' ? 'opening' : 'sealed', expiresAt, triesLeft, ...kdfOf(receipt.kdf) }
    },

    async claim({ id, proof, claimId }) {
      const claimed = await claim(
        parts,
        id,
        {
          claimId,
          proofHash: hashProof(proof),
          recipient: anyone,
          actor: new Uint8Array(0),
          leaseMs: webLeaseMs,
        },
        (sealed) => sealed,
      )
      switch (claimed.why) {
        case 'claimed': {
          const { expiresAt, leaseUntil, kdf } = claimed.won
          return { why: 'claimed', sealed: claimed.content, expiresAt, leaseUntil, ...kdfOf(kdf) }
        }
        case 'opening':
        case 'wrong-passphrase':
          return claimed
        case 'cannot-open':
        case 'tampered':
          return { why: 'cannot-open' }
        default:
          return { why: 'gone' }
      }
    },

    settle: async (id, claimId) => (await store.settle(id, claimId, 'revealed')) === 'settled',

    async receipt(id, proof) {
      const receipt = await mine(id, proof)
      if (receipt === undefined) return undefined
      const { state, createdAt, changedAt, expiresAt, triesLeft } = receipt
      return { state, createdAt, changedAt, expiresAt, triesLeft }
    },

    async burn(id, proof) {
      const result = await store.burn(id, [receiptOwner(receiptHash(proof))])
      return result === 'unknown' ? 'gone' : result
    },
  }
}

/** Parameters that this version would not write count as none: the browser then fails to open what was altered. */
function kdfOf(bytes: Uint8Array): { readonly kdf?: KdfParameters } {
  const kdf = parseKdf(bytes)
  return kdf === undefined || kdf === 'invalid' ? {} : { kdf }
}
