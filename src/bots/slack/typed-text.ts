import type { Fields } from './fields.ts'
import { fields, list, string } from './fields.ts'

/**
 * What a person typed, from the message that Slack keeps: the rich text it was sent as, where links and entities are
 * still as typed, else its `text` with Slack's escapes taken back.
 */
export function typedText(message: Fields): string {
  const blocks = list(message['blocks']).filter((block) => block['type'] === 'rich_text')
  if (blocks.length > 0) return blocks.map((block) => lines(block['elements'])).join('\n')
  return unescapeMrkdwn(string(message['text']) ?? '')
}

function lines(elements: unknown): string {
  return list(elements).map(part).join('\n')
}

/** Sections, quotes and preformatted text hold inline elements; lists hold sections. */
function part(element: Fields): string {
  const inner = list(element['elements'])
  return element['type'] === 'rich_text_list' ? inner.map(part).join('\n') : inner.map(inline).join('')
}

function inline(element: Fields): string {
  switch (element['type']) {
    case 'link':
      return string(element['text']) ?? string(element['url']) ?? ''
    case 'emoji':
      return `:${string(element['name']) ?? ''}:`
    case 'user':
      return `@${string(element['user_id']) ?? ''}`
    case 'channel':
      return `#${string(element['channel_id']) ?? ''}`
    case 'broadcast':
      return `@${string(element['range']) ?? ''}`
    default:
      return string(fields(element)['text']) ?? ''
  }
}

/** Text without `&lt;`, `&gt;`, `&amp;`, and the links that Slack makes by itself (docs.slack.dev, Formatting message text). */
export function unescapeMrkdwn(text: string): string {
  return text
    .replace(
      /<((?:https?|mailto|tel):[^|>]+)(?:\|([^>]*))?>/g,
      (_, url: string, label?: string) => label ?? url,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
