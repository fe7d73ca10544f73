import { userId } from './ids.ts'
import { bounds, clip } from './limits.ts'
import { unescapeMrkdwn } from './typed-text.ts'

/** What stands after a command: the people it names, a known word, or a request. Other words are dropped here. */
export type CommandText =
  | { readonly to: readonly string[] }
  | 'help'
  | 'list'
  | 'link'
  | 'other'
  /** `name`: how the person is called, for a page outside to show. */
  | { readonly ask: readonly string[]; readonly name: string; readonly note: string }

/**
 * Mentions arrive as `<@U…|name>`. Everything that is neither a mention nor a known word may be a secret; after
 * `request` come the people who are asked, and what for.
 */
export function parseCommandText(text: string, name = ''): CommandText {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const [known = ''] = words.map((word) => word.toLowerCase())
  if (words.length === 1 && (known === 'help' || known === 'list' || known === 'link')) return known
  const asks = known === 'request'
  const mentioned = words.slice(asks ? 1 : 0).map(mention)
  const first = mentioned.indexOf(undefined)
  const to = [
    ...new Set(mentioned.slice(0, first < 0 ? undefined : first).filter((one) => one !== undefined)),
  ]
  if (!asks) return first < 0 ? { to } : 'other'
  if (to.length > bounds.maxRecipients) return 'help'
  const note = first < 0 ? '' : unescapeMrkdwn(words.slice(first + 1).join(' '))
  return { ask: to, name, note: clip(note, bounds.maxNoteChars) }
}

function mention(word: string): string | undefined {
  return userId(/^<@([^<>|]+)(?:\|[^<>|]*)?>$/.exec(word)?.[1])
}
