import type { Mutant } from '../mutant.ts'

const talk = 'test/bots/conversation.test.ts'
const failures = 'test/bots/failures.test.ts'
const revealing = 'test/bots/reveal.test.ts'
const told = 'test/bots/notices.test.ts'
const reveal = 'src/bots/reveal.ts'
const deliver = 'src/bots/deliver.ts'
const notices = 'src/bots/notices.ts'
const conversation = 'src/bots/conversation.ts'

/** What the bots say and do, the same on every platform. */
export const conversing: readonly Mutant[] = [
  {
    name: 'claimed-without-a-surface',
    file: reveal,
    search: "if (prepared.why !== 'ok') {",
    replace: 'if (false) {',
    killers: [talk],
  },
  {
    name: 'secret-left-after-showing',
    file: reveal,
    search: 'hold.secret.wipe()',
    replace: '',
    killers: [revealing],
  },
  {
    name: 'passphrase-left-after-opening',
    file: reveal,
    search: 'event.passphrase?.wipe()',
    replace: '',
    killers: [revealing],
  },
  {
    name: 'doubt-called-opened',
    file: reveal,
    search: "outcome.why === 'shown' ? 'revealed' : 'unconfirmed'",
    replace: "'revealed'",
    killers: [talk],
  },
  {
    name: 'claim-not-given-up',
    file: reveal,
    search: 'await vault.giveUp(attempt)',
    replace: '',
    killers: [failures],
  },
  {
    name: 'what-is-no-text-counts-as-shown',
    file: reveal,
    search: 'const unreadable = !isText(hold.secret)',
    replace: 'const unreadable = false',
    killers: [failures],
  },
  {
    name: 'proof-after-a-doubt',
    file: deliver,
    search: "delivery.why === 'definitive' && doubt === undefined",
    replace: "delivery.why === 'definitive'",
    killers: [talk],
  },
  {
    name: 'doubt-not-tried-again',
    file: deliver,
    search: 'const maxAttempts = 3',
    replace: 'const maxAttempts = 1',
    killers: [talk],
  },
  {
    name: 'doubt-tried-for-ever',
    file: deliver,
    search: 'const maxAttempts = 3',
    replace: 'const maxAttempts = 5',
    killers: [talk],
  },
  {
    name: 'shown-beyond-the-lease',
    file: deliver,
    search: "if (clock() >= deadline) return { why: 'hidden', code: 'lease_over' }",
    replace: '',
    killers: [failures],
  },
  {
    name: 'wipe-not-owed',
    file: 'src/bots/reveal.ts',
    search: '    owes: [wipe],\n',
    replace: '',
    killers: ['test/bots/screens.test.ts'],
  },
  {
    name: 'wipe-done-without-proof',
    file: 'src/bots/screens.ts',
    search: "if (wiped.why === 'ok') return 'done'",
    replace: "return 'done'",
    killers: ['test/bots/screens.test.ts'],
  },
  {
    name: 'news-never-done',
    file: notices,
    search: 'await vault.done(receipt.id, state, owes)',
    replace: '',
    killers: [told],
  },
  {
    name: 'news-done-before-it-went',
    file: notices,
    search: 'if (!announced) {',
    replace: 'if (false) {',
    killers: [failures],
  },
  {
    name: 'stranger-raises-the-alarm',
    file: conversation,
    search: 'receipt?.byYou ? parseAbout',
    replace: 'receipt ? parseAbout',
    killers: ['test/bots/limited.test.ts'],
  },
  {
    name: 'burned-by-whoever-presses',
    file: 'src/core/vault.ts',
    search: 'await store.burn(id, ownerHashes(keyring, by))',
    replace: 'await store.burn(id, [(await store.look(id))?.owner ?? ownerHashes(keyring, by)[0]])',
    killers: [talk],
  },
  {
    name: 'spent-card-says-more',
    file: 'src/bots/cards.ts',
    search: 'line(spent(receipt, about)))',
    replace: "line(spent(receipt, about)), line('more'))",
    killers: [talk],
  },
  {
    name: 'draft-left-after-sending',
    file: 'src/bots/send.ts',
    search: 'wipeDraft(draft)',
    replace: '',
    killers: [revealing],
  },
  {
    name: 'unsent-secret-kept',
    file: 'src/bots/send.ts',
    search: 'await vault.discard(id)',
    replace: '',
    killers: [talk],
  },
  {
    name: 'lifetime-beyond-the-operators',
    file: 'src/bots/draft-problems.ts',
    search: 'validTtl(lifetimeOf(draft, maxTtlSeconds), maxTtlSeconds)',
    replace: 'validTtl(lifetimeOf(draft, maxTtlSeconds))',
    killers: ['test/bots/limited.test.ts'],
  },
  {
    name: 'press-with-anything-behind-it',
    file: 'src/bots/adapter/press.ts',
    search: 'printPress(press) === text',
    replace: 'true',
    killers: ['test/bots/adapter/press.test.ts'],
  },
]
