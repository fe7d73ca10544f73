/**
 * MDN HTTP Observatory's published tests and score table (algorithm 5), for a single answer. Written from its
 * description of each test: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring
 */

/** One answer to be scored. */
export interface Scored {
  /** The address as people reach it: its scheme decides what TLS is worth. */
  readonly publicUrl: string
  readonly headers: Headers
  readonly html: string
  /** Whether plain HTTP answers too: false when a proxy serves TLS alone or redirects. */
  readonly plainHttp: boolean
}

export interface Finding {
  readonly test: string
  readonly points: number
  readonly why: string
}

export interface Score {
  readonly findings: readonly Finding[]
  readonly score: number
  readonly grade: string
}

type Test = (scored: Scored) => readonly [points: number, why: string]

const broad = ['ftp:', 'http:', 'https:', '*', 'http://*', 'https://*']
const inline = ["'unsafe-inline'", 'data:']
const sixMonths = 15_768_000

const tests: Readonly<Record<string, Test>> = {
  'Content Security Policy': csp,
  Cookies: ({ headers }) =>
    headers.has('set-cookie') ? [-20, 'cookies, which this product has no use for'] : [0, 'none'],
  'Cross-Origin Resource Sharing': ({ headers }) =>
    headers.has('access-control-allow-origin')
      ? [-50, 'other sites may read']
      : [0, 'no other site may read'],
  Redirection: ({ publicUrl, plainHttp }) =>
    plainHttp || !publicUrl.startsWith('https:')
      ? [-20, 'plain HTTP is answered']
      : [0, 'only HTTPS is answered'],
  'Referrer Policy': ({ headers }) => {
    const policy = headers.get('referrer-policy')
    if (policy === null) return [0, 'absent']
    const private_ = ['no-referrer', 'same-origin', 'strict-origin', 'strict-origin-when-cross-origin']
    return private_.includes(policy) ? [5, policy] : [-5, policy]
  },
  'Strict Transport Security': ({ publicUrl, headers }) => {
    if (!publicUrl.startsWith('https:')) return [-20, 'no HTTPS']
    const age = Number(/max-age=(\d+)/.exec(headers.get('strict-transport-security') ?? '')?.[1])
    if (Number.isNaN(age)) return [-20, 'absent']
    return age >= sixMonths ? [0, `${age} s`] : [-10, `only ${age} s`]
  },
  'Subresource Integrity': integrity,
  'X-Content-Type-Options': ({ headers }) =>
    headers.get('x-content-type-options') === 'nosniff' ? [0, 'nosniff'] : [-5, 'absent or another value'],
  'X-Frame-Options': ({ headers }) => {
    if (directives(headers).has('frame-ancestors')) return [5, 'through frame-ancestors']
    const value = headers.get('x-frame-options')?.toLowerCase()
    return value === 'deny' || value === 'sameorigin' ? [5, value] : [-20, 'absent']
  },
  'Cross-Origin Resource Policy': ({ headers }) =>
    oneOf(headers, 'cross-origin-resource-policy', ['same-origin', 'same-site'], ['cross-origin']),
  'Cross-Origin Embedder Policy': ({ headers }) =>
    oneOf(headers, 'cross-origin-embedder-policy', ['require-corp', 'credentialless'], ['unsafe-none']),
  'Cross-Origin Opener Policy': ({ headers }) =>
    oneOf(
      headers,
      'cross-origin-opener-policy',
      ['same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'],
      ['unsafe-none'],
    ),
}

/** Scores one answer. Bonus points count only from 90 on, as the Observatory has it. */
export function observatory(scored: Scored): Score {
  const findings = Object.entries(tests).map(([test, judge]) => {
    const [points, why] = judge(scored)
    return { test, points, why }
  })
  const lost = findings.reduce((sum, { points }) => sum + Math.min(0, points), 100)
  const all = findings.reduce((sum, { points }) => sum + points, 100)
  const score = Math.max(0, lost >= 90 ? all : lost)
  return { findings, score, grade: gradeOf(score) }
}

function csp({ publicUrl, headers }: Scored): readonly [number, string] {
  const policy = directives(headers)
  if (policy.size === 0) return [-25, 'absent']
  const of = (name: string) => policy.get(name) ?? policy.get('default-src') ?? ['*']
  const [script, style, object] = [of('script-src'), of('style-src'), of('object-src')]
  const has = (sources: readonly string[], bad: readonly string[]) =>
    sources.some((source) => bad.includes(source))
  const secure = publicUrl.startsWith('https:')
  const plain = (sources: readonly string[]) =>
    secure && sources.some((source) => source.startsWith('http:') || source.startsWith('ftp:'))
  const passive = [...of('img-src'), ...of('media-src')]
  const active = [...policy]
    .filter(([name]) => name !== 'img-src' && name !== 'media-src')
    .flatMap(([, s]) => s)
  if (has(script, [...broad, ...inline]) || has(object, broad)) return [-20, 'unsafe or broad scripts']
  if (plain(active)) return [-20, 'scripts over plain HTTP']
  if (has([...script, ...style], ["'unsafe-eval'"])) return [-10, 'unsafe-eval']
  if (plain(passive)) return [-10, 'images over plain HTTP']
  if (has(style, [...broad, ...inline])) return [0, 'unsafe styles']
  return policy.get('default-src')?.join(' ') === "'none'"
    ? [10, "default-src 'none'"]
    : [5, 'nothing unsafe']
}

function integrity({ publicUrl, html }: Scored): readonly [number, string] {
  const scripts = [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/g)]
  if (scripts.length === 0) return [0, 'no scripts']
  const foreign = scripts.filter(([, src = '']) => /^(https?:)?\/\//.test(src))
  if (foreign.some(([tag]) => !tag.includes(' integrity="'))) return [-50, 'a foreign script without a hash']
  const hashed = scripts.every(([tag]) => / integrity="sha(256|384|512)-/.test(tag))
  // A relative script counts as loaded securely when its page is.
  return hashed && publicUrl.startsWith('https:') ? [5, 'every script has its hash'] : [0, 'all from here']
}

function directives(headers: Headers): ReadonlyMap<string, readonly string[]> {
  const parts = (headers.get('content-security-policy') ?? '')
    .split(';')
    .map((part) => part.trim().split(/\s+/))
  return new Map(parts.filter(([name]) => name).map(([name = '', ...values]) => [name.toLowerCase(), values]))
}

function oneOf(
  headers: Headers,
  name: string,
  best: readonly string[],
  allowed: readonly string[],
): readonly [number, string] {
  const value = headers.get(name)
  if (value === null) return [0, 'absent']
  return best.includes(value) ? [10, value] : [allowed.includes(value) ? 0 : -5, value]
}

function gradeOf(score: number): string {
  const steps = [
    [100, 'A+'],
    [90, 'A'],
    [85, 'A-'],
    [80, 'B+'],
    [70, 'B'],
    [65, 'B-'],
    [60, 'C+'],
    [50, 'C'],
    [45, 'C-'],
    [40, 'D+'],
    [30, 'D'],
    [25, 'D-'],
  ] as const
  return steps.find(([least]) => score >= least)?.[1] ?? 'F'
}
