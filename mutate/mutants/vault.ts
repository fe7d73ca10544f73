import type { Mutant } from '../mutant.ts'

const vaults = 'test/core/vault.test.ts'
const claims = 'test/core/claim.test.ts'
const review = 'test/core/review.test.ts'
const api = 'test/web/api.test.ts'
const claim = 'src/core/claim.ts'
const vault = 'src/core/vault.ts'
const webVault = 'src/core/web-vault.ts'
const receipt = 'src/core/receipt.ts'
const queue = 'src/core/argon2-queue.ts'
const keyfile = 'src/core/keyfile.ts'

/** What the core does with a store: who may know what, what goes back, what a passphrase may cost. */
export const core: readonly Mutant[] = [
  {
    name: 'peek-by-anybody',
    file: receipt,
    search: "if (!equal(receipt.recipient, derived.recipient(place ?? by))) return { why: 'not-recipient' }",
    replace: '',
    killers: [vaults],
  },
  {
    name: 'everyone-told-who-opened',
    file: receipt,
    search: 'return place === undefined || byYou ?',
    replace: 'return true ?',
    killers: [vaults],
  },
  {
    name: 'stretched-for-anybody',
    file: vault,
    search: 'if (refused) return refused',
    replace: '',
    killers: [vaults],
  },
  {
    name: 'altered-secret-kept',
    file: claim,
    search: 'if (!keyMissing || releasesWithoutKey)',
    replace: 'if (keyMissing && releasesWithoutKey)',
    killers: [claims],
  },
  {
    name: 'trace-of-what-was-not-shared',
    file: vault,
    search: 'await store.discard(id).catch(() => false)',
    replace: '',
    killers: [review],
  },
  {
    name: 'nothing-given-up',
    file: vault,
    search: "await store.release(derive(token).id, claimId, cancels).catch(() => 'not-holder')",
    replace: 'void claimId',
    killers: [review],
  },
  {
    name: 'locked-without-alarm',
    file: claim,
    search: "if (result.receipt.state === 'locked') log({ event: 'alarm', what: 'locked', id })",
    replace: '',
    killers: [vaults],
  },
  {
    name: 'note-in-clear',
    file: vault,
    search: "receipt: sealNote(keyring, id, 'receipt/v1', about),",
    replace: 'receipt: about,',
    killers: [vaults],
  },
  {
    name: 'web-receipt-for-anybody',
    file: webVault,
    search: 'receipt.owner.every((byte, at) => byte === owner[at])',
    replace: 'owner.length > 0',
    killers: [api],
  },
  {
    name: 'web-burned-by-anybody',
    file: webVault,
    search: 'await store.burn(id, [receiptOwner(receiptHash(proof))])',
    replace: 'await store.burn(id, [(await store.look(id))?.owner ?? receiptOwner(receiptHash(proof))])',
    killers: [api],
  },
  {
    name: 'web-kept-for-ever',
    file: webVault,
    search: 'left > maxTtlSeconds * 1000 + clockSlackMs',
    replace: 'false',
    killers: [api],
  },
  {
    name: 'web-looks-at-chat',
    file: webVault,
    search: "receipt?.kind !== 'w1' || isTerminal(receipt.state)",
    replace: 'receipt === undefined || isTerminal(receipt.state)',
    killers: [api],
  },
  {
    name: 'web-missing-key-gives-back',
    file: webVault,
    search: 'releasesWithoutKey: false',
    replace: 'releasesWithoutKey: true',
    killers: [review],
  },
  {
    name: 'web-claim-for-other-recipients',
    file: 'src/core/format/suite1.ts',
    search: 'party === undefined ? new Uint8Array(partyHashBytes) :',
    replace: 'party !== undefined ? new Uint8Array(partyHashBytes) :',
    killers: [vaults],
  },
  {
    name: 'answer-with-a-nonce-of-chance',
    file: 'src/core/asks.ts',
    search: 'sealOuter(keyring, id, sealed, (size) => hashProof(sealed).slice(0, size))',
    replace: 'sealOuter(keyring, id, sealed)',
    killers: [api],
  },
  {
    name: 'passphrases-without-queue',
    file: queue,
    search: 'return running < parallel &&',
    replace: 'return true ||',
    killers: ['test/core/argon2-queue.test.ts'],
    named: 'the Argon2 queue',
  },
  {
    name: 'passphrases-wait-without-bound',
    file: queue,
    search: "if (jobs.length >= waiting) return 'busy'",
    replace: '',
    killers: ['test/core/argon2-queue.test.ts'],
    named: 'the Argon2 queue',
  },
  {
    name: 'passphrases-without-memory-bound',
    file: queue,
    search: 'usedKiB + parameters.memoryKiB <= memoryKiB',
    replace: 'usedKiB >= 0',
    killers: ['test/core/argon2-queue.test.ts'],
    named: 'the Argon2 queue',
  },
  {
    name: 'passphrase-left-by-queue',
    file: queue,
    search: 'passphrase.fill(0)',
    replace: '',
    killers: ['test/core/argon2-queue.test.ts'],
    named: 'the Argon2 queue',
  },
  {
    name: 'key-file-of-everybody-read',
    file: keyfile,
    search: '(mode & 0o077) !== 0 && accepted === undefined',
    replace: 'false',
    killers: ['test/core/keyfile.test.ts'],
  },
  {
    name: 'key-file-for-everybody-made',
    file: keyfile,
    search: "open(draft, 'wx', 0o600)",
    replace: "open(draft, 'wx', 0o644)",
    killers: ['test/core/keyfile.test.ts'],
  },
  {
    name: 'key-file-through-a-link',
    file: keyfile,
    search: 'constants.O_RDONLY | constants.O_NOFOLLOW',
    replace: 'constants.O_RDONLY',
    killers: ['test/core/keyfile.test.ts'],
  },
  {
    name: 'error-message-logged',
    file: 'src/core/log.ts',
    search: 'return error instanceof Error ? safeCode(error.name) :',
    replace: 'return error instanceof Error ? error.message :',
    killers: ['test/core/log.test.ts'],
  },
]
