import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { readMarkdown } from '../../../doubles/discord/markdown.ts'
import { World } from '../../../doubles/discord/world.ts'
import { ownTime } from '../../../doubles/run/own-time.ts'

const now = 1_800_000_000_000
const world = new World(doubleClock({ now: () => now }), {
  name: 'Sotto',
  token: 't',
  integrationTypes: [0, 1],
  privilegedIntents: 0,
})
const ben = world.addUser('ben')
const shown = (text: string) => readMarkdown(world, text)

describe('what a client makes of a text', () => {
  it.each([
    ['**bold**, *slanted*, __under__ and ~~gone~~', 'bold, slanted, under and gone'],
    ['# Heading\n-# small\n> said', 'Heading\nsmall\nsaid'],
    ['\\*\\*not bold\\*\\* \\`x\\`', '**not bold** `x`'],
    ['snake_case_word 2 * 3 * 4', 'snake_case_word 2 * 3 * 4'],
    [`<@${ben.id}> <@123456789012345678>`, '@ben <@123456789012345678>'],
    ['`**code**` and ``a`b``', '**code** and a`b'],
    ['||spoiler||', 'spoiler'],
    [
      `<t:${now / 1000 + 60}:R>, <t:${now / 1000 - 7200}:R>, <t:${now / 1000}:t>`,
      'in 1 minute, 2 hours ago, 08:00',
    ],
  ])('shows %j as %j', (text, seen) => {
    expect(shown(text).text).toBe(seen)
  })

  it('shows a code block to the letter, but for a language line and blank lines at its ends', () => {
    const secret = '**a**\n  <@1>\n\n[x](https://evil.example)'
    expect(shown(`\`\`\`\n${secret}\n\`\`\``).codeBlocks).toEqual([secret])
    expect(shown('```\n\n\nx\n\n```').codeBlocks).toEqual(['x'])
    expect(shown('```password\nrest```').codeBlocks).toEqual(['rest'])
    expect(shown('```one line```').codeBlocks).toEqual(['one line'])
    expect(shown(`\`\`\`\n${secret}\n\`\`\``).links).toEqual([])
  })

  it('shows what a fence inside a secret breaks', () => {
    const { codeBlocks, links } = shown('```\na```b [x](https://evil.example) ```c\n```')
    expect(codeBlocks).toEqual(['a', 'c'])
    expect(links).toEqual([{ label: 'x', url: 'https://evil.example' }])
  })

  it('finds masked and bare links, escaped ones not', () => {
    expect(shown('[here](https://a.example) https://b.example/x. <https://c.example>').links).toEqual([
      { label: 'here', url: 'https://a.example' },
      { label: 'https://b.example/x', url: 'https://b.example/x' },
      { label: 'https://c.example', url: 'https://c.example' },
    ])
    expect(shown('\\[here](javascript:alert)').links).toEqual([])
  })

  it('is quick with four thousand characters of marks', () => {
    const started = ownTime()
    for (const mark of ['*', '_', '`', '[', '<', '~', '|', '\\', '#\n', '> '])
      shown(mark.repeat(4000 / mark.length))
    expect(ownTime() - started).toBeLessThan(3_000)
  })
})
