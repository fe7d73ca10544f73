import { limits } from './limits.ts'
import { escapeMarkdown } from './markdown.ts'

/** A text as markdown that a reader can copy to the letter. */
export interface ExactText {
  readonly markdown: string
  readonly how: 'fenced' | 'escaped'
  /** Line breaks at the beginning and the end, which Discord shows nowhere: they have to be said. */
  readonly breaksBefore: number
  readonly breaksAfter: number
  /** Control characters other than line break and tab are in it. */
  readonly controls: boolean
}

const fence = '```'

/**
 * How to show `text` exactly in an embed's description; undefined when Discord cannot. A fence takes everything but
 * three backticks, which end it whatever its length; those are shown escaped, if that fits.
 */
export function exactText(text: string): ExactText | undefined {
  const [before = ''] = /^\n*/.exec(text) ?? []
  const [after = ''] = /\n*$/.exec(text) ?? []
  const body = text.slice(before.length, text.length - after.length)
  if (body === '') return undefined
  const shown = fenced(body) ?? escaped(body)
  if (shown === undefined || shown.markdown.length > limits.embedDescriptionChars) return undefined
  return {
    ...shown,
    breaksBefore: before.length,
    breaksAfter: after.length,
    controls: [...body].some(isControl),
  }
}

/**
 * How to show what `exactText` cannot, as long as its reader is told how it differs: after every second backtick stands
 * a zero-width space. Only for what nobody here could refuse when it was written.
 */
export function markedText(text: string): ExactText | undefined {
  return text.includes(fence) ? exactText(text.replaceAll('``', '``\u200b')) : undefined
}

function fenced(body: string): Pick<ExactText, 'markdown' | 'how'> | undefined {
  // The line break after the opening fence also keeps a first line from being read as the name of a language.
  if (body.includes(fence)) return undefined
  return { markdown: `${fence}\n${body}\n${fence}`, how: 'fenced' }
}

/** Outside a fence white space at the ends is trimmed away. */
function escaped(body: string): Pick<ExactText, 'markdown' | 'how'> | undefined {
  return body.trim() === body ? { markdown: escapeMarkdown(body), how: 'escaped' } : undefined
}

function isControl(char: string): boolean {
  return (char < ' ' && char !== '\n' && char !== '\t') || char === '\u007f'
}
