import { describe, expect, it } from 'vitest'
import { checkMessageBlocks, checkView } from '../../../doubles/slack/block-kit.ts'
import type { About } from '../../../src/bots/about.ts'
import type { Message, Part, Place } from '../../../src/bots/adapter/view.ts'
import { line, plain } from '../../../src/bots/blocks.ts'
import { card, spentCard } from '../../../src/bots/cards.ts'
import { notice, receiptCard } from '../../../src/bots/receipts.ts'
import { begin } from '../../../src/bots/slack/begin.ts'
import { bounds, clip, limits } from '../../../src/bots/slack/limits.ts'
import { printMetadata } from '../../../src/bots/slack/metadata.ts'
import { content } from '../../../src/bots/slack/platform.ts'
import { renderBlocks } from '../../../src/bots/slack/render.ts'
import {
  composeView,
  homeView,
  loadingView,
  messageView,
  openingView,
  revealView,
  sealingView,
  wipedView,
} from '../../../src/bots/slack/views.ts'
import { span, words } from '../../../src/bots/words.ts'
import { lifetimes } from '../../../src/core/format/expiry.ts'
import { printId } from '../../../src/core/format/id.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { parseChatToken } from '../../../src/core/format/token.ts'
import type { ReceiptView } from '../../../src/core/receipt.ts'
import type { State } from '../../../src/core/store.ts'

const scopes = new Set<string>()
const longId = `U${'X'.repeat(23)}`
const place: Place = {
  channel: 'C'.repeat(24),
  kind: 'channel',
  reply: `https://hooks.slack.com/${'x'.repeat(400)}`,
}
const press = {
  act: 'open',
  token: parseChatToken(`c1.${'A'.repeat(43)}`)!,
  from: longId,
  passphrase: true,
  audience: 'person',
} as const
const about: About = {
  platform: 'slack',
  from: longId,
  audience: 'person',
  to: longId,
  note: 'n'.repeat(bounds.maxNoteChars),
}
const states: readonly State[] = [
  'asked',
  'staged',
  'sealed',
  'claimed',
  'revealed',
  'unconfirmed',
  'lost',
  'burned',
  'locked',
  'expired',
]

function receipt(state: State): ReceiptView {
  return {
    id: printId(new Uint8Array(16)),
    kind: 'c1',
    state,
    createdAt: 0,
    changedAt: 9e14,
    expiresAt: 9e14,
    about: new Uint8Array(),
    claimed: true,
    actor: { platform: 'slack', tenant: 'T1', id: longId },
  }
}

/** Every text of `words`, with its path; functions are asked with the longest that they can be given. */
function* texts(value: unknown, path: string): Generator<readonly [string, string | readonly Part[]]> {
  if (typeof value === 'string') yield [path, value]
  else if (typeof value === 'function') {
    const said: string | readonly Part[] = value(
      path.startsWith('problem.ttl') ? '10 minutes' : 3_000,
      '30 days',
    )
    yield [path, typeof said === 'string' ? said : said.map(longest)]
  } else if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) yield* texts(one, `${path}.${at}`)
  } else {
    for (const [key, one] of Object.entries(value as object)) yield* texts(one, path ? `${path}.${key}` : key)
  }
}

function longest(part: Part): Part {
  if ('when' in part) return { ...part, when: 9e14 }
  if ('person' in part) return { person: longId }
  if ('verbatim' in part) return { verbatim: about.note }
  return 'channel' in part ? { channel: longId } : part
}

/** Where a text is put in Slack, and how long it may be there. */
function limitOf(path: string): number {
  if (/^buttons\.(show|send|cancel|close)$/.test(path)) return limits.modalTitle
  if (path.startsWith('buttons.')) return limits.buttonText
  if (/^(compose|confirm)\.(title|shownTitle)$/.test(path) || path === 'help.title') return limits.modalTitle
  if (/^(list|home)\.title$/.test(path)) return limits.header
  if (path === 'sure.title') return limits.confirmTitle
  if (path === 'sure.text') return limits.confirmText
  if (/^sure\.(yes|no)$/.test(path)) return limits.confirmButton
  if (/^(compose|confirm)\.\w+Hint$/.test(path)) return limits.hint
  if (/^compose\.(to|secret|passphrase|ttl|note)$/.test(path)) return limits.label
  return limits.section
}

const all = [...texts(words, ''), ...texts(begin, 'begin')]

function tooLong(limit: (path: string) => number): readonly string[] {
  return all
    .filter(([path, text]) => (typeof text === 'string' ? text : JSON.stringify(text)).length > limit(path))
    .map(([path]) => path)
}

describe('every text', () => {
  it('fits where Slack puts it', () => {
    expect(all.length).toBeGreaterThan(100)
    expect(tooLong(limitOf)).toEqual([])
  })

  it('would be found if it did not', () => {
    expect(tooLong((path) => (path === 'confirm.title' ? 5 : limitOf(path)))).toEqual(['confirm.title'])
  })

  it('of a lifetime fits an option', () => {
    for (const ttlSeconds of lifetimes) expect(span(ttlSeconds).length).toBeLessThanOrEqual(limits.optionText)
  })
})

describe('every message', () => {
  const messages: Message[] = [
    ...[about, { ...about, audience: 'place' as const }].flatMap((one) => [
      card(one, press, 9e14, true),
      card(one, press, 9e14, false),
      ...states.flatMap((state) => [
        receiptCard(receipt(state), one, true),
        ...(state === 'asked' || state === 'staged' || state === 'sealed' || state === 'claimed'
          ? []
          : [spentCard(receipt(state), one), notice(receipt(state), one) ?? plain('x', line('x'))]),
      ]),
    ]),
    // Ten recipients, each with the two longest lines.
    plain(
      words.sent.summary,
      ...Array.from({ length: bounds.maxRecipients }, () => [
        line(words.sent.fallback(longId)),
        line(words.sent.doubtful(longId)),
      ]).flat(),
    ),
    ...all.map(([path, text]) => plain('summary', line(typeof text === 'string' ? `${path} ${text}` : text))),
  ]

  it('is taken by Slack, in a message, a modal and App Home', () => {
    for (const message of messages) {
      checkMessageBlocks(content(message).blocks, scopes)
      checkView(messageView(message, place), ['modal'], scopes)
      checkView(homeView(message, message), ['home'], scopes)
    }
  })

  it('with a page of ten receipts is taken everywhere too', () => {
    const row = (state: State) => receiptCard(receipt(state), about).blocks
    const page = plain(words.list.summary, ...states.flatMap(row))
    checkMessageBlocks(renderBlocks(page), scopes)
    checkView(homeView(page, page), ['home'], scopes)
  })
})

describe('every form', () => {
  const secret = () => Secret.fromText('\u0000'.repeat(bounds.maxSecretChars))

  it('is taken by Slack', () => {
    const to = Array.from({ length: 20 }, (_, at) => `U${'0'.repeat(10)}${at}`)
    const views = [
      composeView(
        {
          form: 'compose',
          to,
          place,
          secret: secret(),
          problem: words.compose.typedLong(3000),
          hasLinks: true,
        },
        { maxTtlSeconds: 30 * 86_400, secretAction: 'x'.repeat(60) },
      ),
      composeView({ form: 'compose', to: [] }, { maxTtlSeconds: 600 }),
      ...[loadingView, sealingView, openingView, wipedView],
      revealView(
        { view: 'confirm', form: { form: 'confirm', press, problem: words.confirm.busy } },
        press,
        place,
      ),
      revealView(
        { view: 'shown', id: printId(new Uint8Array(16)), secret: secret(), from: longId, wipeAt: 9e14 },
        press,
        place,
      ),
    ]
    for (const view of views) checkView(view, ['modal'], scopes)
  })

  it('offers three days at first, or the longest that the operator allows', () => {
    const chosen = (maxTtlSeconds: number) =>
      JSON.stringify(composeView({ form: 'compose', to: [] }, { maxTtlSeconds })).match(
        /"initial_option":\{"text":\{[^}]*"text":"([^"]*)"/,
      )?.[1]
    expect(chosen(30 * 86_400)).toBe('3 days')
    expect(chosen(7_200)).toBe('1 hour')
    expect(chosen(600)).toBe('10 minutes')
  })

  it('carries metadata that fits', () => {
    expect(printMetadata({ press, place }).length).toBeLessThan(limits.metadata)
  })
})

describe('cutting', () => {
  it('happens to words of ours only when they are too long', () => {
    expect(clip('abc', 3)).toBe('abc')
    expect(clip('abcd ef', 6)).toBe('abcd…')
  })

  it('never happens to a secret', () => {
    const text = 's'.repeat(bounds.maxSecretChars)
    const view = revealView(
      {
        view: 'shown',
        id: printId(new Uint8Array(16)),
        secret: Secret.fromText(text),
        from: 'U1',
        wipeAt: 0,
      },
      press,
      place,
    )
    expect(JSON.stringify(view)).toContain(text)
  })
})
