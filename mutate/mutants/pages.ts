import type { Mutant } from '../mutant.ts'

const pages = 'test/web/pages.test.ts'
const journeys = 'test/web/journeys.test.ts'
const reveal = 'src/web/pages/reveal.ts'
const shown = 'src/web/pages/reveal-shown.ts'

/** What runs in the browser; each is built into pages of its own. */
export const page: readonly Mutant[] = [
  {
    name: 'fragment-left-in-the-address-bar',
    file: 'src/web/pages/address-bar.ts',
    search: "const given = location.hash.slice(1)\nhistory.replaceState(null, '', location.pathname)",
    replace: 'const given = location.hash.slice(1)',
    killers: [journeys],
    named: 'nothing secret in any address',
  },
  {
    name: 'secret-back-from-the-cache',
    file: reveal,
    search: "addEventListener('pagehide', wipe)",
    replace: '',
    also: [{ search: 'if (persisted) begin()', replace: '' }],
    killers: [journeys],
    named: 'never bring the secret back',
  },
  {
    name: 'retry-with-another-claim-id',
    file: reveal,
    search: 'persist(() => api.claim(link.id, body))',
    replace: 'persist(() => api.claim(link.id, { ...body, claimId: printBase64url(random(16)) }))',
    killers: [journeys],
    named: 'resumes with its own claim id',
  },
  {
    name: 'opens-by-itself',
    file: reveal,
    search: "show('cover')\n  if (cover.kdf) passphrase.focus()",
    replace: "show('cover')\n  void run()",
    killers: [journeys],
    named: 'is left alone by a browser',
  },
  {
    name: 'passphrase-with-its-spaces',
    file: 'src/web/pages/compose.ts',
    search: 'const spoken = passphrase.value.trim()',
    replace: 'const spoken = passphrase.value',
    killers: [journeys],
    named: 'opens with the passphrase alone',
  },
  {
    name: 'passphrase-typed-with-its-spaces',
    file: reveal,
    search: 'const spoken = passphrase.value.trim()',
    replace: 'const spoken = passphrase.value',
    killers: [journeys],
    named: 'opens with the passphrase alone',
  },
  {
    name: 'secret-left-on-the-page',
    file: shown,
    search: "clearInterval(countdown)\n  element('text').textContent = ''",
    replace: 'clearInterval(countdown)',
    killers: [journeys],
    named: 'nothing secret in any address',
  },
  {
    name: 'secret-taken-for-html',
    file: shown,
    search: "element('text').textContent = secret.text()",
    replace: "element('text').innerHTML = secret.text()",
    killers: [journeys],
    named: 'nothing secret in any address',
  },
  {
    name: 'file-under-any-name',
    file: shown,
    search: 'name: safeName(name)',
    replace: 'name',
    killers: [journeys],
    named: 'under a name that is safe to save',
  },
  {
    name: 'scripts-without-integrity',
    file: 'src/web/build.ts',
    search: '${attribute} integrity=',
    replace: '${attribute} data-integrity=',
    killers: [pages],
  },
]
