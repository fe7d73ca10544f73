import type { Mutant } from '../mutant.ts'

const headers = 'test/web/headers.test.ts'
const policy = 'test/web/policy.test.ts'
const hardening = 'test/web/hardening.test.ts'
const inert = 'test/web/inert.test.ts'
const api = 'test/web/api.test.ts'
const table = 'src/web/server/headers.ts'
const body = 'src/web/api/body.ts'
const server = 'src/web/server/server.ts'

/** The server of the links and its API. */
export const web: readonly Mutant[] = [
  {
    name: 'csp-lets-inline-scripts-run',
    file: table,
    search: '"script-src \'self\'",',
    replace: "\"script-src 'self' 'unsafe-inline'\",",
    killers: [policy],
  },
  {
    name: 'csp-without-trusted-types',
    file: table,
    search: '"require-trusted-types-for \'script\'",',
    replace: '',
    killers: [policy],
  },
  {
    name: 'csp-lets-everything-load',
    file: table,
    search: 'const pagePolicy = [\n  "default-src \'none\'",',
    replace: 'const pagePolicy = [',
    killers: [policy],
  },
  {
    name: 'csp-of-pages-framed-by-anybody',
    file: table,
    search: '"frame-ancestors \'none\'",\n  "require',
    replace: '"require',
    killers: [policy],
  },
  {
    name: 'no-hsts',
    file: table,
    search: "...(secure && { 'strict-transport-security'",
    replace: "...(!secure && { 'strict-transport-security'",
    killers: [headers],
  },
  {
    name: 'pages-kept-by-caches',
    file: table,
    search: ": 'no-store',",
    replace: ": 'private',",
    killers: [policy],
  },
  {
    name: 'errors-without-headers',
    file: 'src/web/api/problems.ts',
    search: "...securityHeaders('data', publicUrl),",
    replace: '',
    killers: [headers],
  },
  {
    name: 'broken-requests-without-headers',
    file: server,
    search: "...securityHeaders('data', publicUrl),\n    connection: 'close',",
    replace: "connection: 'close',",
    killers: [headers],
  },
  {
    name: 'another-site-may-call',
    file: 'src/web/api/csrf.ts',
    search: "if (site !== null && site !== 'same-origin')",
    replace: 'if (false)',
    killers: [inert],
  },
  {
    name: 'a-sibling-site-may-call',
    file: 'src/web/api/csrf.ts',
    search: "site !== 'same-origin'",
    replace: "!site.startsWith('same-')",
    killers: [inert],
  },
  {
    name: 'a-form-may-call',
    file: 'src/web/api/csrf.ts',
    search: 'if (headers.get(ourHeader.name) !== ourHeader.value)',
    replace: 'if (false)',
    killers: [headers],
  },
  {
    name: 'text-may-call',
    file: body,
    search: "if (type.trim().toLowerCase() !== 'application/json')",
    replace: 'if (false)',
    killers: [inert],
  },
  {
    name: 'body-as-large-as-it-says',
    file: body,
    search: 'if (!(maxBytes <= limit))',
    replace: 'if (false)',
    killers: [hardening],
  },
  {
    name: 'body-as-large-as-it-comes',
    file: body,
    search: 'if (size > limit) {',
    replace: 'if (false) {',
    killers: [hardening],
  },
  {
    name: 'bodies-without-a-budget',
    file: body,
    search: 'if (inFlight + maxBytes > budget)',
    replace: 'if (false)',
    killers: [hardening],
    named: 'keep what they hold in memory below the cap',
  },
  {
    name: 'slow-headers-waited-for',
    file: server,
    search: 'headersTimeout: limits.headersMs,',
    replace: 'headersTimeout: 0,',
    killers: ['test/web/trickle.test.ts'],
    named: 'headers that trickle',
  },
  {
    name: 'slow-bodies-waited-for',
    file: server,
    search: 'requestTimeout: limits.requestMs,',
    replace: 'requestTimeout: 0,',
    killers: ['test/web/trickle.test.ts'],
    named: 'a body that trickles',
  },
  {
    name: 'connections-without-a-cap',
    file: 'src/web/server/connections.ts',
    search: 'if (count > most) {',
    replace: 'if (false) {',
    killers: [hardening],
  },
  {
    name: 'refusal-repeats-what-it-was-sent',
    file: 'src/web/api/serve.ts',
    search: "parsed.error.issues.map(({ path }) => path.join('.'))",
    replace: 'parsed.error.issues.map((issue) => JSON.stringify(issue))',
    killers: [api],
  },
  {
    name: 'settled-by-anybody-on-the-web',
    file: 'src/web/api/secrets.ts',
    search: "if (!(await vault.settle(id, claimId))) throw new Refused('not-holder')",
    replace: 'await vault.settle(id, claimId)',
    killers: [api],
  },
]
