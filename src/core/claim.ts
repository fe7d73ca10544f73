import type { SecretId } from './format/id.ts'
import type { Keyring } from './keyring.ts'
import type { Log } from './log.ts'
import { openOuter } from './outer.ts'
import type { Claim, ClaimResult, Receipt, SecretStore } from './store.ts'

/** What a claim of a vault is made with. */
interface ClaimParts {
  readonly store: SecretStore
  readonly keyring: Keyring
  readonly log: Log
  /**
   * Whether a won claim goes back when the server key of its bytes is missing. True where the process that wins also shows:
   * this one has shown nothing. False where the bytes are handed out: a first claim is refused without the key, so that these
   * went out before, through a process that has it.
   */
  readonly releasesWithoutKey: boolean
}

/** The store's answer to a won claim. */
type Won = Extract<ClaimResult, { why: 'claimed' }>

/** What became of a claim, before either vault says it in its own words. */
export type Claimed<Content> =
  | { readonly why: 'claimed'; readonly content: Content; readonly won: Won }
  | { readonly why: 'unknown' }
  | { readonly why: 'not-recipient' | 'nothing-yet' }
  | { readonly why: 'opening' }
  | { readonly why: 'cannot-open' | 'tampered' }
  | { readonly why: 'wrong-passphrase'; readonly triesLeft: number }
  | { readonly why: 'gone'; readonly receipt: Receipt }

/**
 * Claims, takes the server's layer off, and lets `open` do the rest (undefined: it is not what was sealed). What was won and
 * does not open goes back, as nothing was shown: an altered store can be repaired. Raises the alarms that operators must
 * hear. @throws when the store's answer is unknown
 */
export async function claim<Content>(
  { store, keyring, log, releasesWithoutKey }: ClaimParts,
  id: SecretId,
  attempt: Omit<Claim, 'kids'>,
  open: (sealed: Uint8Array, won: Won) => Content | undefined,
): Promise<Claimed<Content>> {
  const result = await store.claim(id, { ...attempt, kids: keyring.kids() })
  switch (result.why) {
    case 'claimed':
      break
    case 'busy':
      return { why: 'opening' }
    case 'wrong-proof':
      return { why: 'wrong-passphrase', triesLeft: result.triesLeft }
    case 'unknown-key':
      log({ event: 'alarm', what: 'unknown-key', id })
      return { why: 'cannot-open' }
    case 'gone':
      if (result.receipt.state === 'locked') log({ event: 'alarm', what: 'locked', id })
      return result
    default:
      return result
  }
  const outer = openOuter(keyring, id, result.sealed)
  const content = outer.why === 'opened' ? open(outer.sealed, result) : undefined
  if (content !== undefined) return { why: 'claimed', content, won: result }
  const keyMissing = outer.why === 'unknown-key'
  const cancels = attempt.owes?.map(({ name }) => name)
  if (!keyMissing || releasesWithoutKey) await store.release(id, attempt.claimId, cancels)
  log({ event: 'alarm', what: keyMissing ? 'unknown-key' : 'tampered', id })
  return { why: keyMissing ? 'cannot-open' : 'tampered' }
}
