import type { Mutant } from '../mutant.ts'

const signatures = 'test/bots/slack/transport/signature.test.ts'
const parsing = 'test/bots/slack/parse.test.ts'
const errors = 'test/bots/slack/errors.test.ts'
const deliveries = 'test/bots/slack/deliveries.test.ts'
const stories = 'test/bots/slack/stories.test.ts'
const rendering = 'test/bots/slack/render.test.ts'
const signature = 'src/bots/slack/transport/signature.ts'
const api = 'src/bots/slack/api.ts'
const surface = 'src/bots/slack/surface.ts'

/** Slack: who is believed, what an answer proves, what is shown to whom. */
export const slack: readonly Mutant[] = [
  {
    name: 'slack-old-requests-taken',
    file: signature,
    search: 'Math.abs(Math.floor(clock.now() / 1000) - Number(timestamp)) >',
    replace: 'Number(timestamp) - Math.floor(clock.now() / 1000) >',
    killers: [signatures],
  },
  {
    name: 'slack-requests-of-the-future-taken',
    file: signature,
    search: 'Math.abs(Math.floor(clock.now() / 1000) - Number(timestamp)) >',
    replace: 'Math.floor(clock.now() / 1000) - Number(timestamp) >',
    killers: [signatures],
  },
  {
    name: 'slack-signature-not-compared',
    file: signature,
    search: '!timingSafeEqual(given, expected)',
    replace: 'given.length === 0',
    killers: [signatures],
  },
  {
    name: 'slack-body-without-bound',
    file: signature,
    search: 'if (bytes > maxBodyBytes) return undefined',
    replace: '',
    killers: [signatures],
    named: 'without a length is cut off',
  },
  {
    name: 'slack-answers-anywhere',
    file: api,
    search: "return protocol === 'https:' && [",
    replace: "return protocol !== '' || [",
    killers: ['test/bots/slack/api.test.ts'],
  },
  {
    name: 'slack-answers-lookalikes',
    file: api,
    search: 'hostname.endsWith(`.${name}`)',
    replace: 'hostname.endsWith(name)',
    killers: ['test/bots/slack/api.test.ts'],
  },
  {
    name: 'slack-calls-repeated-by-the-library',
    file: api,
    search: 'retryConfig: { retries: 0 }',
    replace: 'retryConfig: { retries: 2, minTimeout: 10 }',
    killers: [errors, 'test/bots/slack/adversarial.test.ts'],
  },
  {
    name: 'slack-seals-what-others-typed',
    file: 'src/bots/slack/forms.ts',
    search: "one['ts'] === ts && one['user'] === by.id",
    replace: "one['ts'] === ts",
    killers: [stories, 'test/bots/slack/card.test.ts'],
  },
  {
    name: 'slack-guest-taken-for-a-member',
    file: 'src/bots/slack/parse.ts',
    search: 'return inside ? (organisation ?? own ?? home) : own',
    replace: 'return inside ? (organisation ?? own ?? home) : home',
    killers: [parsing],
  },
  {
    name: 'slack-bots-are-answered',
    file: 'src/bots/slack/parse.ts',
    search: "event['bot_id'] === undefined &&",
    replace: '',
    killers: [parsing],
  },
  {
    name: 'every-delivery-is-the-first',
    file: 'src/bots/adapter/dedupe.ts',
    search: "{ why: 'first', forget } : { why: 'again' }",
    replace: "{ why: 'first', forget } : { why: 'first', forget }",
    killers: [deliveries],
  },
  {
    name: 'trigger-id-stored',
    file: 'src/bots/adapter/dedupe.ts',
    search: "createHash('sha256').update(mark).digest('base64url')",
    replace: 'mark',
    killers: ['test/bots/adapter/dedupe.test.ts'],
  },
  {
    name: 'slack-unknown-code-is-proof',
    file: 'src/bots/slack/errors.ts',
    search: "return { why: 'ambiguous', code: safeCode(code) }",
    replace: "return { why: 'definitive', code: safeCode(code) }",
    killers: [errors],
  },
  {
    name: 'slack-server-error-is-proof',
    file: 'src/bots/slack/errors.ts',
    search: "status === 429 ? 'definitive' : 'ambiguous'",
    replace: "status >= 429 ? 'definitive' : 'ambiguous'",
    killers: [errors],
  },
  {
    name: 'slack-closed-late-is-proof',
    file: 'src/bots/slack/errors.ts',
    search: "attempt <= 1 ? 'definitive' : 'ambiguous'",
    replace: "'definitive'",
    killers: [errors],
  },
  {
    name: 'slack-reset-is-proof',
    file: 'src/bots/adapter/transport-failure.ts',
    search: "return call === 'connect' || call === 'getaddrinfo'",
    replace: 'return true',
    killers: [errors, 'test/bots/adapter/transport-failure.test.ts'],
  },
  {
    name: 'slack-typed-text-is-markup',
    file: 'src/bots/slack/render.ts',
    search: 'if (texts.includes(undefined)) return undefined',
    replace: '',
    also: [
      {
        search: "if ('text' in part) return escapeMrkdwn(part.text)",
        replace:
          "if ('text' in part) return escapeMrkdwn(part.text)\n  if ('verbatim' in part) return part.verbatim",
      },
    ],
    killers: [rendering],
  },
  {
    name: 'slack-address-is-a-link',
    file: 'src/bots/slack/render.ts',
    search: "address === 'to-follow' &&",
    replace: '',
    killers: [rendering],
  },
  {
    name: 'slack-previews-links',
    file: 'src/bots/slack/platform.ts',
    search: 'unfurl_links: false',
    replace: 'unfurl_links: true',
    killers: ['test/bots/slack/link.test.ts'],
  },
  {
    name: 'slack-token-left-in-the-card',
    file: surface,
    search: 'await api.respond(place.reply, { replace_original: true,',
    replace: 'await api.respond(place.reply, { replace_original: false,',
    killers: ['test/bots/slack/card.test.ts'],
  },
]
