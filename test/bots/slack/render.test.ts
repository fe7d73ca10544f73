import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkMessageBlocks } from '../../../doubles/slack/block-kit.ts'
import { liveMarkup, readBlocks } from '../../../doubles/slack/seen.ts'
import { type Fields, isFields, listOf } from '../../../doubles/slack/shapes.ts'
import { World } from '../../../doubles/slack/world.ts'
import type { Block, Message, Part } from '../../../src/bots/adapter/view.ts'
import { plain } from '../../../src/bots/blocks.ts'
import { content } from '../../../src/bots/slack/platform.ts'
import { renderBlocks, rich } from '../../../src/bots/slack/render.ts'
import { messageView, revealView } from '../../../src/bots/slack/views.ts'
import { printId } from '../../../src/core/format/id.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { parseChatToken, printToken } from '../../../src/core/format/token.ts'

const world = new World('Sotto')
const person = world.addUser('anna').id
const token = parseChatToken(`c1.${'A'.repeat(43)}`)!
const press = {
  act: 'open',
  token,
  from: person,
  passphrase: false,
  audience: 'person',
} as const

const pieces = [
  ...[
    '<!channel>',
    '<!here|x>',
    '<!everyone>',
    `<@${person}>`,
    '<#C0000000001>',
    '<!subteam^S1>',
    '<!date^0^{date}|x>',
  ],
  ...[
    '<https://x.example|bank>',
    'https://x.example',
    'x@example.com',
    '&lt;!channel&gt;',
    '&amp;',
    '[a](http://x.example)',
  ],
  ...[
    '*b*',
    '_i_',
    '~s~',
    '`c`',
    '```',
    '\n```\n',
    '> q',
    '• l',
    ':bomb:',
    '@everyone',
    '@here',
    '#general',
    '\u202e',
    '\u200b',
  ],
  ...[
    '\u0000',
    '\u001b[31m',
    '"',
    '\\',
    '</script>',
    "'; --",
    '{{7*7}}',
    '%00',
    '\r\n',
    '\t',
    ' ',
    'ﷺ',
    '🏳️‍🌈',
    'a',
    '1',
  ],
]

/** 300 different strings, each made of what has done harm somewhere. */
const hostile = fc.sample(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((some) => some.join('')),
  { numRuns: 300, seed: 23 },
)

type Render = (message: Message) => unknown

function noteMessages(text: string): readonly Message[] {
  const parts: readonly Part[] = [{ text: 'For: ' }, { verbatim: text }, { when: 0, as: 'day' }]
  const blocks: readonly Block[] = [
    { block: 'line', parts },
    { block: 'line', parts, quiet: true },
    {
      block: 'line',
      parts,
      button: { label: 'Burn', press: { act: 'burn', id: printId(new Uint8Array(16)) } },
    },
  ]
  return blocks.map((block) => plain('A note.', block))
}

/** The strings that a way of rendering changes, or lets act. */
function harmed(render: Render): readonly string[] {
  return hostile.filter((text) =>
    noteMessages(text).some((message) => {
      const blocks = listOf(render(message))
      const shown = readBlocks(world, blocks).join('\n')
      return (
        liveMarkup('', blocks).some((found) => !/^<!date\^0\^[^|]*\|[^>]*>$/.test(found)) ||
        !shown.includes(text)
      )
    }),
  )
}

describe('what people typed', () => {
  it('is shown to the letter and does nothing, in every kind of line', () => {
    expect(hostile).toHaveLength(300)
    expect(harmed(renderBlocks)).toEqual([])
  })

  it('would be found if it were rendered as mrkdwn', () => {
    const broken: Render = (message) =>
      JSON.parse(
        JSON.stringify(renderBlocks(message)).replaceAll('"type":"rich_text"', '"type":"section"'),
        (_, value) =>
          isFields(value) && value['type'] === 'section'
            ? {
                type: 'section',
                text: { type: 'mrkdwn', text: readBlocks(world, [{ ...value, type: 'rich_text' }]).join('') },
              }
            : value,
      )
    expect(harmed(broken).length).toBeGreaterThan(100)
  })

  it('is taken by Slack', () => {
    for (const text of hostile)
      for (const message of noteMessages(text)) checkMessageBlocks(content(message).blocks, new Set())
  })

  it('never reaches the fallback that push and e-mail show', () => {
    for (const message of noteMessages('hunter2')) expect(content(message).text).not.toContain('hunter2')
  })
})

describe('a shown secret', () => {
  it('is the text of one preformatted element, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...hostile), fc.string({ minLength: 1, unit: 'binary' })),
        (text) => {
          fc.pre(text.isWellFormed())
          const view = revealView(
            {
              view: 'shown',
              id: printId(new Uint8Array(16)),
              secret: Secret.fromText(text),
              from: person,
              wipeAt: 0,
            },
            press,
            { channel: 'C1', kind: 'channel', reply: 'https://hooks.slack.com/actions/T/1/x' },
          )
          const holding = preformattedIn(JSON.parse(JSON.stringify(view)))
          expect(holding).toEqual([[{ type: 'text', text }]])
          expect(withoutPreformatted(view)).not.toContain(printToken(token))
        },
      ),
    )
  })

  it('stands in a view without its token and without its answering address', () => {
    const secret = Secret.fromText('canary')
    const shown = JSON.stringify(
      revealView({ view: 'shown', id: printId(new Uint8Array(16)), secret, from: person, wipeAt: 0 }, press, {
        channel: 'C1',
        kind: 'channel',
        reply: 'https://hooks.slack.com/actions/T/1/x',
      }),
    )
    expect(shown).not.toContain(printToken(token))
    expect(shown).not.toContain('hooks.slack.com')
  })
})

describe('a token', () => {
  it('stands in values and private metadata only, never in an id', () => {
    const message = plain('x', {
      block: 'buttons',
      buttons: [
        { label: 'Reveal', press },
        { label: 'Tell', press: { act: 'tell', token, audience: 'person' } },
      ],
    })
    const views = [
      messageView(message, { channel: 'C1', kind: 'channel' }),
      revealView({ view: 'confirm', form: { form: 'confirm', press } }, press, undefined),
    ]
    const keys = views.flatMap((view) => keysHolding(view, printToken(token)))
    expect(new Set(keys)).toEqual(new Set(['value', 'private_metadata']))
  })
})

describe('a line', () => {
  it('tells moments in the zone of its reader, with a fallback', () => {
    expect(rich([{ when: Date.UTC(2026, 10, 24, 14, 2), as: 'time' }]).elements[0]).toEqual({
      type: 'rich_text_section',
      elements: [
        { type: 'date', timestamp: 1_795_528_920, format: '{time}', fallback: '2026-11-24 14:02 UTC' },
      ],
    })
  })

  it('escapes its small print', () => {
    const [block] = renderBlocks(
      plain('x', { block: 'line', parts: [{ text: 'a < b & <!here>' }], quiet: true }),
    )
    expect(JSON.stringify(block)).toContain('a &lt; b &amp; &lt;!here&gt;')
  })

  it('asks before a burn', () => {
    const sure = { title: 'Burn?', text: 'Gone.', yes: 'Burn', no: 'Keep' }
    const burn = {
      label: 'Burn',
      press: { act: 'burn', id: printId(new Uint8Array(16)) },
      tone: 'danger',
      sure,
    } as const
    const [block] = renderBlocks(plain('x', { block: 'buttons', buttons: [burn] }))
    expect(JSON.stringify(block)).toContain('"confirm":{"title"')
  })
})

function preformattedIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(preformattedIn)
  if (!isFields(value)) return []
  if (value['type'] === 'rich_text_preformatted') return [value['elements']]
  return Object.values(value).flatMap(preformattedIn)
}

function withoutPreformatted(view: object): string {
  return JSON.stringify(view, (_, value: unknown) =>
    isFields(value) && value['type'] === 'rich_text_preformatted' ? undefined : value,
  )
}

function keysHolding(value: unknown, text: string, key = ''): string[] {
  if (typeof value === 'string') return value.includes(text) ? [key] : []
  if (Array.isArray(value)) return value.flatMap((one) => keysHolding(one, text, key))
  return Object.entries((value ?? {}) as Fields).flatMap(([name, one]) => keysHolding(one, text, name))
}
