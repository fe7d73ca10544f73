import type { Problems } from './problems.ts'
import { fieldsOf, textOf } from './shapes.ts'

const styles = ['bold', 'italic', 'strike', 'code', 'underline', 'highlight', 'client_highlight', 'unlink']

const inline: Record<string, { required: string[]; optional: string[] }> = {
  text: { required: ['text'], optional: ['style'] },
  link: { required: ['url'], optional: ['text', 'unsafe', 'style'] },
  user: { required: ['user_id'], optional: ['style'] },
  usergroup: { required: ['usergroup_id'], optional: ['style'] },
  channel: { required: ['channel_id'], optional: ['style'] },
  team: { required: ['team_id'], optional: ['style'] },
  emoji: { required: ['name'], optional: ['unicode', 'url', 'style'] },
  broadcast: { required: ['range'], optional: ['style'] },
  color: { required: ['value'], optional: ['style'] },
  date: { required: ['timestamp', 'format'], optional: ['url', 'fallback', 'style'] },
}

function checkInline(problems: Problems, at: string, value: unknown, only?: string[]): void {
  const type = textOf(fieldsOf(value)['type'])
  const rule = inline[type]
  if (!rule || (only && !only.includes(type))) {
    problems.add(at, `unsupported type: ${type}`)
    return
  }
  const element = problems.object(at, value, ['type', ...rule.required], rule.optional)
  if (!element) return
  problems.string(`${at}/text`, element['text'], 40_000)
  problems.characters += textOf(element['text']).length
  problems.url(`${at}/url`, element['url'])
  if (type === 'broadcast') problems.oneOf(`${at}/range`, element['range'], ['here', 'channel', 'everyone'])
  if (type === 'date') problems.integer(`${at}/timestamp`, element['timestamp'], 0, 1e12)
  if (element['style'] !== undefined) problems.object(`${at}/style`, element['style'], [], styles)
}

function checkPart(problems: Problems, at: string, value: unknown): void {
  const type = textOf(fieldsOf(value)['type'])
  const optional: Record<string, string[]> = {
    rich_text_section: [],
    rich_text_preformatted: ['border', 'language'],
    rich_text_quote: ['border'],
    rich_text_list: ['border', 'indent', 'offset', 'style'],
  }
  const keys = optional[type]
  if (!keys) {
    problems.add(at, `unsupported type: ${type}`)
    return
  }
  const part = problems.object(at, value, ['type', 'elements'], keys)
  if (!part) return
  problems.integer(`${at}/border`, part['border'], 0, 1)
  problems.integer(`${at}/indent`, part['indent'], 0, 8)
  if (type === 'rich_text_list') problems.oneOf(`${at}/style`, part['style'], ['bullet', 'ordered'])
  const elements = problems.list(
    `${at}/elements`,
    part['elements'],
    1_000,
    type === 'rich_text_section' ? 0 : 1,
  )
  for (const [index, element] of elements.entries()) {
    const here = `${at}/elements/${index}`
    if (type === 'rich_text_list') {
      if (fieldsOf(element)['type'] !== 'rich_text_section') problems.add(here, 'must be a rich_text_section')
      else checkPart(problems, here, element)
    } else {
      checkInline(problems, here, element, type === 'rich_text_preformatted' ? ['text', 'link'] : undefined)
    }
  }
}

/** Checks the `elements` of a `rich_text` block (docs.slack.dev, Rich text block). */
export function checkRichText(problems: Problems, at: string, elements: unknown): void {
  for (const [index, part] of problems.list(`${at}/elements`, elements, 1_000).entries())
    checkPart(problems, `${at}/elements/${index}`, part)
}
