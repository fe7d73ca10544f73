import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { readMarkdown } from '../../../doubles/discord/markdown.ts'
import { World } from '../../../doubles/discord/world.ts'
import { type ExactText, exactText, markedText } from '../../../src/bots/discord/exact-text.ts'
import { bounds, limits } from '../../../src/bots/discord/limits.ts'
import { escapeMarkdown } from '../../../src/bots/discord/markdown.ts'

const settings = { name: 'Sotto', token: 'x', integrationTypes: [0, 1], privilegedIntents: 0 } as const
const world = new World(doubleClock(), settings)

/** What a reader of the message can copy, with the line breaks that they are told of. */
function copied({ markdown, how, breaksBefore, breaksAfter }: ExactText): string {
  // An embed's description comes back trimmed.
  const { text, codeBlocks } = readMarkdown(world, markdown.trim())
  const body = how === 'fenced' ? (codeBlocks.length === 1 ? codeBlocks[0] : 'broken fence') : text
  return '\n'.repeat(breaksBefore) + body + '\n'.repeat(breaksAfter)
}

const nasty = fc.string({
  unit: fc.constantFrom(
    ...['`', '``', '```', '\n', ' ', '\t', '\\', '*', '_', '~', '|', '>', '#', '-', '<@1>', '<t:1:R>'],
    ...[
      '@everyone',
      'https://a.example/b_c_d',
      '[a](https://b.example)',
      'js',
      'a',
      'é',
      '💥',
      '\u202e',
      '\r',
    ],
  ),
  maxLength: 60,
})

describe('a secret on the screen', () => {
  it('can be copied to the letter, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const shown = exactText(text)
        if (shown) expect(copied(shown)).toBe(text)
        else expect(/^\n*$/.test(text) || text.includes('```')).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('would come out changed from a fence without its line break (counter-example)', () => {
    const text = 'js\nconst a = 1'
    const broken = { ...exactText(text), markdown: `\`\`\`${text}\`\`\`` } as ExactText
    expect(copied(broken)).not.toBe(text)
  })

  it('fits with 4,000 characters', () => {
    for (const text of ['x'.repeat(4_000), '`'.repeat(2) + '_'.repeat(3_998), '💥'.repeat(2_000)]) {
      const shown = exactText(text)
      expect(shown?.how).toBe('fenced')
      expect(shown?.markdown.length).toBeLessThanOrEqual(limits.embedDescriptionChars)
      expect(shown && copied(shown)).toBe(text)
    }
    expect(bounds.maxSecretChars).toBe(4_000)
  })

  it('stands escaped instead of fenced when three backticks are in it', () => {
    const text = 'before ``` after\n```js\n@everyone <@1> ||x||\n```'
    const shown = exactText(text)
    expect(shown?.how).toBe('escaped')
    expect(shown && copied(shown)).toBe(text)
    expect(readMarkdown(world, shown?.markdown ?? '').links).toEqual([])
  })

  it('is said to begin and end with line breaks, which are shown nowhere', () => {
    expect(exactText('\n\n-----BEGIN KEY-----\nabc\n')).toMatchObject({ breaksBefore: 2, breaksAfter: 1 })
  })

  it('is said to hold control characters', () => {
    expect(exactText('a\u0007b')).toMatchObject({ controls: true })
    expect(exactText('a\r\nb')).toMatchObject({ controls: true })
    expect(exactText('a\tb\nc')).toMatchObject({ controls: false })
  })

  it('is shown with marks between its backticks when an outsider’s text can be shown in no exact way', () => {
    const text = `${'_'.repeat(3_000)}\`\`\`\n`
    expect(exactText(text)).toBeUndefined()
    const shown = markedText(text)
    expect(shown && copied(shown).replaceAll('\u200b', '')).toBe(text)
    expect(markedText('plain')).toBeUndefined()
  })

  it('is refused when nothing could show it', () => {
    for (const text of ['', '\n', '\n\n', '``` ends in a space ', '```'.repeat(1_000)]) {
      expect(exactText(text)).toBeUndefined()
    }
  })
})

describe('a note in a line', () => {
  it('is read to the letter, and nothing in it is alive', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 100 })), (note) => {
        const { text, links, codeBlocks } = readMarkdown(world, `For: ${escapeMarkdown(note)}`)
        expect(text).toBe(`For: ${note}`)
        expect(links).toEqual([])
        expect(codeBlocks).toEqual([])
        expect(escapeMarkdown(note).length).toBeLessThanOrEqual(2 * note.length)
      }),
      { numRuns: 1_000 },
    )
  })

  it('would be alive without the escapes (counter-example)', () => {
    const broken = (text: string) => text
    expect(readMarkdown(world, `For: ${broken('https://a.example')}`).links).not.toEqual([])
    expect(readMarkdown(world, `For: ${broken('*a*')}`).text).not.toBe('For: *a*')
  })
})
