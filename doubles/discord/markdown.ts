import type { World } from './world.ts'

/** A text as a client shows it. */
export interface Shown {
  /** Plain text, without the marks; code to the letter. */
  readonly text: string
  /** The contents of the code blocks, in order. */
  readonly codeBlocks: readonly string[]
  /** What can be clicked: the words, and where they lead. */
  readonly links: readonly { readonly label: string; readonly url: string }[]
}

interface Reading {
  readonly world: World
  readonly codeBlocks: string[]
  readonly links: { label: string; url: string }[]
}

type Rule = readonly [pattern: RegExp, read: (match: RegExpExecArray, reading: Reading) => string]

const inner = (match: RegExpExecArray, reading: Reading) => read(match[1] ?? '', reading)

const code: readonly Rule[] = [
  // The first line is a language when it looks like one; blank lines at both ends go.
  [
    /^```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```/i,
    ([, content = ''], { codeBlocks }) => {
      codeBlocks.push(content)
      return content
    },
  ],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , content = '']) => content],
]

const marks: readonly Rule[] = [
  [/^\\([^0-9A-Za-z\s])/, ([, char = '']) => char],
  [
    /^<@!?(\d+)>/,
    ([whole, id = ''], { world }) => (world.users.get(id) ? `@${world.users.get(id)?.name}` : whole),
  ],
  [/^<@&(\d+)>/, () => '@role'],
  [/^<#(\d+)>/, ([, id = ''], { world }) => `#${world.channels.get(id)?.name ?? 'unknown'}`],
  [
    /^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/,
    ([, seconds = '0', style = 'f'], { world }) => time(world, seconds, style),
  ],
  [/^<a?(:\w+:)\d+>/, ([, name = '']) => name],
  [/^<\/([^:>]+):\d+>/, ([, name = '']) => `/${name}`],
  [
    /^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s)>]+)>?(?:\s+"[^"]*")?\)/,
    ([, words = '', url = ''], reading) => {
      const label = read(words, reading)
      reading.links.push({ label, url })
      return `${label} (${url})`
    },
  ],
  [/^<(https?:\/\/[^\s>]+)>/, ([, url = ''], { links }) => link(url, links)],
  [/^https?:\/\/[^\s<]+[^<.,:;"')\]\s]/, ([url], { links }) => link(url, links)],
  [/^\*\*\*((?:\\[\s\S]|[^\\])+?)\*\*\*/, inner],
  [/^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, inner],
  [/^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, inner],
  [/^~~((?:\\[\s\S]|[^\\])+?)~~/, inner],
  [/^\|\|((?:\\[\s\S]|[^\\])+?)\|\|/, inner],
  [/^\*(?=\S)((?:\\[\s\S]|[^\\*])+?)\*(?!\*)/, inner],
  [/^_((?:\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])/, inner],
]

const lineStarts: readonly Rule[] = [
  [/^(?:#{1,3}|-#|>>>|>) /, () => ''],
  [/^ *[-*] /, () => '• '],
]

/** Reads Discord's markdown. What a user typed and is not escaped shows its effects here: mentions, links, styles. */
export function readMarkdown(world: World, text: string): Shown {
  const reading: Reading = { world, codeBlocks: [], links: [] }
  return { text: read(text, reading), codeBlocks: reading.codeBlocks, links: reading.links }
}

function read(text: string, reading: Reading): string {
  let shown = ''
  let at = 0
  // Only these characters can begin something; everything else is copied in runs.
  const plain = /[^`\\<[h*_~|\n#>-]+/y
  while (at < text.length) {
    const start = at === 0 || text[at - 1] === '\n'
    const rest = text.slice(at)
    const rules = start ? [...code, ...lineStarts, ...marks] : [...code, ...marks]
    const found = first(rules, rest)
    if (found) {
      const [match, rule] = found
      shown += rule[1](match, reading)
      at += match[0].length
      continue
    }
    plain.lastIndex = at
    const run = plain.exec(text)?.[0] ?? text[at] ?? ''
    shown += run
    at += run.length
  }
  return shown
}

function first(rules: readonly Rule[], rest: string): readonly [RegExpExecArray, Rule] | undefined {
  for (const rule of rules) {
    const match = rule[0].exec(rest)
    if (match) return [match, rule]
  }
  return undefined
}

function link(url: string, links: { label: string; url: string }[]): string {
  links.push({ label: url, url })
  return url
}

function time(world: World, seconds: string, style: string): string {
  const at = Number(seconds) * 1_000
  if (style === 'R') return relative(at - world.clock.now())
  const iso = new Date(at).toISOString()
  const [day, hour] = [iso.slice(0, 10), iso.slice(11, 16)]
  if (style === 't') return hour
  if (style === 'T') return iso.slice(11, 19)
  return style.toLowerCase() === 'd' ? day : `${day} ${hour}`
}

function relative(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const
  const [name, size] = units.find(([, unitMs]) => Math.abs(ms) >= unitMs) ?? ['second', 1_000]
  return new Intl.RelativeTimeFormat('en').format(Math.round(ms / size), name)
}
