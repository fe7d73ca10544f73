import { type Placed, placedIn, type Values, valueKey } from './inputs.ts'
import { copyOf, type Fields, fieldsOf, listOf, stringsOf, textOf, wordsOf } from './shapes.ts'

/** What a person enters: words, or for selects an option's label, a person, a channel, or several. */
export type Entry = string | { id: string } | (string | { id: string })[]

const idOf = (one: string | { id: string }): string => (typeof one === 'string' ? one : one.id)

function optionsOf(element: Fields): Fields[] {
  return [
    ...listOf(element['options']),
    ...listOf(element['option_groups']).flatMap((group) => listOf(group['options'])),
  ]
}

/**
 * Enters something into a field, as far as Slack's client lets a person do it.
 * @throws when there is no such option, or more are picked than the field takes
 */
export function enter(placed: Placed, values: Values, entry: Entry): void {
  const { element, blockId, actionId, label } = placed
  const type = textOf(element['type'])
  const key = valueKey(type)
  if (key === undefined) throw new Error(`“${label}” is not a field`)
  const entries = Array.isArray(entry) ? entry : [entry]
  const pick = (one: string | { id: string }): unknown => {
    const options = optionsOf(element)
    if (options.length === 0) return idOf(one)
    const option = options.find(
      (each) => wordsOf(each['text']) === idOf(one) || textOf(each['value']) === idOf(one),
    )
    if (!option) {
      const labels = options.map((each) => wordsOf(each['text'])).join(', ')
      throw new Error(`“${label}” has no option “${idOf(one)}”; there are: ${labels}`)
    }
    return copyOf(option)
  }
  const max = element['max_selected_items']
  if (typeof max === 'number' && entries.length > max) throw new Error(`“${label}” takes at most ${max}`)
  const many = type.startsWith('multi_') || type === 'checkboxes'
  const typed = type.endsWith('_input')
  const first = entries[0]
  const value = typed
    ? typedValue(type, first)
    : many
      ? entries.map(pick)
      : first === undefined
        ? null
        : pick(first)
  const block = values[blockId] ?? {}
  values[blockId] = block
  block[actionId] = { type, [key]: value }
}

function typedValue(type: string, entry: string | { id: string } | undefined): unknown {
  const text = entry === undefined ? '' : idOf(entry)
  if (type === 'rich_text_input')
    return {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
    }
  if (type === 'datetimepicker') return Number(text)
  return text === '' ? null : text
}

/** What Slack's client says under the fields instead of submitting: by block id. */
export function clientErrors(blocks: Fields[], values: Values): Map<string, string> {
  const errors = new Map<string, string>()
  for (const { block, element, blockId, actionId } of placedIn(blocks)) {
    if (block['type'] !== 'input') continue
    const key = valueKey(textOf(element['type'])) ?? 'value'
    const held = fieldsOf(values[blockId]?.[actionId])[key]
    const empty = held === null || held === undefined || (Array.isArray(held) && held.length === 0)
    if (empty) {
      if (block['optional'] !== true) errors.set(blockId, 'Please complete this required field.')
      continue
    }
    if (typeof held !== 'string') continue
    const max = Number(element['max_length'] ?? 3000)
    const min = Number(element['min_length'] ?? 0)
    if (held.length > max) errors.set(blockId, `Please enter no more than ${max} characters.`)
    if (held.length < min) errors.set(blockId, `Please enter at least ${min} characters.`)
  }
  return errors
}

/** The ids of the blocks that can carry an error: input blocks. */
export function inputBlockIds(blocks: Fields[]): string[] {
  return stringsOf(blocks.filter((block) => block['type'] === 'input').map((block) => block['block_id']))
}
