import { afterEach, beforeEach, expect, it } from 'vitest'
import { readMarkdown } from '../../../doubles/discord/markdown.ts'
import { readMessage } from '../../../doubles/discord/seen.ts'
import { exactText } from '../../../src/bots/discord/exact-text.ts'
import { bounds } from '../../../src/bots/discord/limits.ts'
import { printParts } from '../../../src/bots/discord/markdown.ts'
import { words } from '../../../src/bots/words.ts'
import { type Stage, sends, stage } from './stage.ts'

const seeds = [
  '@everyone',
  '@here',
  '<@100000000000000001>',
  '<@!100000000000000001>',
  '<@&100000000000000001>',
  '<#100000000000000001>',
  '</secret:100000000000000001>',
  '<:x:100000000000000001>',
  '<a:x:100000000000000001>',
  '<t:0:R>',
  '<id:customize>',
  'https://evil.example/a_b_c',
  '<https://evil.example>',
  '[your bank](https://evil.example)',
  '[a](<https://evil.example> "b")',
  '# big',
  '-# small',
  '> quoted',
  '>>> quoted',
  '- item',
  '1. item',
  '**b** *i* __u__ ~~s~~ ||x||',
  '`code`',
  '``co`de``',
  '\\',
  '\\*',
  '¯\\_(ツ)_/¯',
  '<script>alert(1)</script>',
  '&amp;',
  '\u202eevil\u202c',
  '\u200b@everyone',
  'ﬁ💥é',
]
const shells = [
  (text: string) => text,
  (text: string) => `${text}\n`,
  (text: string) => `a ${text} b`,
  (text: string) => `\n${text}`,
  (text: string) => `\`${text}`,
  (text: string) => `${text}\``,
  (text: string) => `x\n${text}\ny`,
  (text: string) => `\`\`\`${text}`,
  (text: string) => `\`\`\`js\n${text}\n\`\`\``,
  (text: string) => `*${text}`,
]
const payloads = seeds.flatMap((seed) => shells.map((shell) => shell(seed)))

let on: Stage

beforeEach(async () => {
  on = await stage()
})

afterEach(() => on.close())

it('shows 300 hostile texts to the letter, as secrets and as notes, and none of them acts', () => {
  const { world } = on.discord
  expect(payloads.length).toBeGreaterThanOrEqual(300)
  for (const payload of payloads) {
    const secret = exactText(payload)
    if (!secret) throw new Error(`cannot be shown: ${payload}`)
    const { text, codeBlocks, links } = readMarkdown(world, secret.markdown.trim())
    const body = secret.how === 'fenced' ? codeBlocks[0] : text
    expect(`${'\n'.repeat(secret.breaksBefore)}${body}${'\n'.repeat(secret.breaksAfter)}`).toBe(payload)
    expect(codeBlocks).toHaveLength(secret.how === 'fenced' ? 1 : 0)
    expect(links).toEqual([])
    const note = readMarkdown(world, printParts(words.card.note(payload)))
    expect(note).toEqual({ text: `For: ${payload}`, codeBlocks: [], links: [] })
  }
})

it('carries them over the wire as they are, and pings nobody', async () => {
  const { discord } = on
  const { anna, ben } = discord.people
  const everything = payloads
    .filter((payload) => !payload.includes('```'))
    .join('\n')
    .trim()
    .slice(0, 4_000)
  const note = '@everyone <@1> https://evil.example [a](https://b.example) ``` # x'
  expect(note.length).toBeLessThanOrEqual(bounds.maxNoteChars)
  await sends(anna, { to: [ben], secret: everything, note, in: discord.channels.general })
  await ben.untilSees(note)
  await ben.presses('Reveal')
  await ben.untilSees('wipes itself')
  expect(ben.reads().at(-1)?.codeBlocks).toEqual([everything])
  for (const { message, version } of discord.world.history) {
    const seen = readMessage(discord.world, message, version)
    expect(seen.pinged).toEqual([])
    expect(seen.links).toEqual([])
  }
  // The counter-example: a plain message of the library's default pings everyone whom it names.
  const body = JSON.stringify({ content: '@everyone' })
  const headers = {
    authorization: `Bot ${discord.token}`,
    'content-type': 'application/json',
    'user-agent': 'DiscordBot (https://counter-example.example, 1)',
  }
  const url = `${discord.url}/v10/channels/${discord.channels.general.id}/messages`
  await fetch(url, { method: 'POST', headers, body })
  expect(ben.reads(discord.channels.general).at(-1)?.pinged).toEqual(['@everyone'])
})
