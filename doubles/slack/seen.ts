import { placedIn, type Values, valueKey } from './inputs.ts'
import type { Message } from './messages.ts'
import { type Fields, fieldsOf, isFields, listOf, stringsOf, textOf, wordsOf } from './shapes.ts'
import type { OpenView } from './views.ts'
import type { World } from './world.ts'

/** An open modal as a person sees it. */
export interface SeenModal {
  title: string
  /** The whole view as plain text. */
  text: string
  /** Labels of the fields. */
  fields: string[]
  /** Labels of the buttons inside, without submit and close. */
  buttons: string[]
  submit: string
  close: string
  /** Messages under fields by label, and above the form under the empty label. */
  errors: Record<string, string>
  id: string
  hash: string
}

/** What mrkdwn turns into on the screen: mentions by name, links as "label (address)", entities decoded. */
export function readMrkdwn(world: World, text: string): string {
  return text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${world.users.get(id)?.name ?? id}`)
    .replace(/<#([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `#${world.channels.get(id)?.name ?? id}`)
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<([a-z]+:[^|>]+)\|([^>]*)>/g, '$2 ($1)')
    .replace(/<([a-z]+:[^>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function readText(world: World, text: unknown): string {
  const words = wordsOf(text)
  return fieldsOf(text)['type'] === 'mrkdwn' ? readMrkdwn(world, words) : words
}

function readInline(world: World, element: Fields): string {
  if (element['type'] === 'text') return textOf(element['text'])
  if (element['type'] === 'link') return textOf(element['text']) || textOf(element['url'])
  if (element['type'] === 'user') return `@${world.users.get(textOf(element['user_id']))?.name}`
  if (element['type'] === 'channel') return `#${world.channels.get(textOf(element['channel_id']))?.name}`
  if (element['type'] === 'emoji') return `:${textOf(element['name'])}:`
  if (element['type'] === 'broadcast') return `@${textOf(element['range'])}`
  if (element['type'] === 'date')
    return textOf(element['fallback']) || new Date(Number(element['timestamp']) * 1_000).toISOString()
  return textOf(element['value'])
}

/** The text of a rich_text block, byte by byte as it is shown. */
export function readRichText(world: World, elements: unknown): string {
  return listOf(elements)
    .map((part) =>
      part['type'] === 'rich_text_list'
        ? listOf(part['elements'])
            .map((item) => `• ${readRichText(world, [item])}`)
            .join('\n')
        : listOf(part['elements'])
            .map((element) => readInline(world, element))
            .join(''),
    )
    .join('\n')
}

function readValue(world: World, value: Fields | undefined): string {
  const key = valueKey(textOf(value?.['type']))
  const held = key === undefined ? undefined : value?.[key]
  const one = (item: unknown): string => {
    if (isFields(item)) return wordsOf(item['text']) || readRichText(world, item['elements'])
    const id = String(item)
    const user = world.users.get(id)
    const channel = world.channels.get(id)
    return user ? `@${user.name}` : channel ? `#${channel.name}` : id
  }
  if (held === null || held === undefined) return ''
  return Array.isArray(held) ? held.map(one).join(', ') : one(held)
}

/** Blocks as lines of plain text: `[Button]` for what can be pressed, `Label: value` for fields. */
export function readBlocks(world: World, blocks: Fields[], values: Values = {}): string[] {
  return blocks.flatMap((block) => {
    const type = textOf(block['type'])
    const lines: string[] = []
    if (type === 'divider') lines.push('———')
    if (type === 'header' || type === 'section') {
      if (block['text'] !== undefined) lines.push(readText(world, block['text']))
      for (const field of listOf(block['fields'])) lines.push(readText(world, field))
    }
    if (type === 'markdown') lines.push(textOf(block['text']))
    if (type === 'context')
      lines.push(
        listOf(block['elements'])
          .map((element) => readText(world, element) || textOf(element['alt_text']))
          .join('  '),
      )
    if (type === 'image') lines.push(`(${textOf(block['alt_text'])})`)
    if (type === 'rich_text') lines.push(readRichText(world, block['elements']))
    const placed = placedIn([block])
    const pressed = placed.filter(({ element }) => element['type'] === 'button')
    for (const { element, label, blockId, actionId } of placed) {
      if (element['type'] === 'button') continue
      const value = readValue(world, values[blockId]?.[actionId])
      const hint = wordsOf(block['hint'])
      lines.push(`${label}: ${value}${hint ? `  (${hint})` : ''}`)
    }
    if (pressed.length > 0)
      lines.push(pressed.map(({ element }) => `[${wordsOf(element['text'])}]`).join(' '))
    return lines
  })
}

/** One message as lines: who, then the blocks, or the text when there are none. */
export function readMessage(world: World, message: Message): string[] {
  const author = message.bySlack ? 'Slackbot' : (world.users.get(message.user)?.realName ?? message.user)
  const lines =
    message.blocks.length > 0 ? readBlocks(world, message.blocks) : [readMrkdwn(world, message.text)]
  const note = message.ephemeralTo !== undefined ? ' (only visible to you)' : ''
  return [`${author}${note}: ${lines[0] ?? ''}`, ...lines.slice(1).map((line) => `  ${line}`)]
}

/** An open view as a person sees it. */
export function readModal(world: World, view: OpenView): SeenModal {
  const { definition, blocks } = view
  const placed = placedIn(blocks)
  const errors: Record<string, string> = view.banner ? { '': view.banner } : {}
  for (const [blockId, message] of view.errors) {
    const label = placed.find((one) => one.blockId === blockId)?.label ?? blockId
    errors[label] = message
  }
  const isButton = ({ element }: { element: Fields }) => element['type'] === 'button'
  return {
    title: wordsOf(definition['title']),
    text: readBlocks(world, blocks, view.values).join('\n'),
    fields: placed.filter((one) => !isButton(one)).map(({ label }) => label),
    buttons: placed.filter(isButton).map(({ element }) => wordsOf(element['text'])),
    submit: wordsOf(definition['submit']),
    close: wordsOf(definition['close']) || 'Cancel',
    errors,
    id: view.id,
    hash: view.hash,
  }
}

/** Markup in a message that a reader's client would make live: mentions of everyone or of people, and links. */
export function liveMarkup(text: string, blocks: unknown): string[] {
  const found: string[] = []
  const scan = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) scan(one)
    if (!isFields(value)) return
    if (value['type'] === 'mrkdwn') found.push(...(textOf(value['text']).match(/<[@#!a-z][^>]*>/gi) ?? []))
    if (['broadcast', 'user', 'usergroup', 'link'].includes(textOf(value['type'])))
      found.push(JSON.stringify(value))
    for (const one of Object.values(value)) scan(one)
  }
  found.push(...(text.match(/<[@#!a-z][^>]*>/gi) ?? []))
  scan(blocks)
  return stringsOf(found)
}
