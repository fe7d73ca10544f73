import { shortId } from './ids.ts'
import { copyOf, type Fields, fieldsOf, isFields, listOf, textOf } from './shapes.ts'

/** What a person has entered: values by block id and action id, as `state.values` carries them. */
export type Values = Record<string, Record<string, Fields>>

/** An element a person can enter something into or press, with the block it sits in. */
export interface Placed {
  block: Fields
  element: Fields
  blockId: string
  actionId: string
  /** What a person reads beside it: the input's label, the button's text, the placeholder. */
  label: string
}

const keys: Record<string, { value: string; initial: string; empty: unknown }> = {
  plain_text_input: { value: 'value', initial: 'initial_value', empty: null },
  email_text_input: { value: 'value', initial: 'initial_value', empty: null },
  url_text_input: { value: 'value', initial: 'initial_value', empty: null },
  number_input: { value: 'value', initial: 'initial_value', empty: null },
  rich_text_input: { value: 'rich_text_value', initial: 'initial_value', empty: undefined },
  static_select: { value: 'selected_option', initial: 'initial_option', empty: null },
  radio_buttons: { value: 'selected_option', initial: 'initial_option', empty: null },
  multi_static_select: { value: 'selected_options', initial: 'initial_options', empty: [] },
  checkboxes: { value: 'selected_options', initial: 'initial_options', empty: [] },
  users_select: { value: 'selected_user', initial: 'initial_user', empty: null },
  multi_users_select: { value: 'selected_users', initial: 'initial_users', empty: [] },
  conversations_select: { value: 'selected_conversation', initial: 'initial_conversation', empty: null },
  multi_conversations_select: {
    value: 'selected_conversations',
    initial: 'initial_conversations',
    empty: [],
  },
  channels_select: { value: 'selected_channel', initial: 'initial_channel', empty: null },
  multi_channels_select: { value: 'selected_channels', initial: 'initial_channels', empty: [] },
  datepicker: { value: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { value: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { value: 'selected_date_time', initial: 'initial_date_time', empty: null },
  file_input: { value: 'files', initial: 'initial_files', empty: [] },
}

/** The field of a state value that holds what was entered, such as `selected_option`. */
export const valueKey = (type: string): string | undefined => keys[type]?.value

/** A deep copy of blocks with the ids Slack gives to blocks and elements that have none. */
export function named(blocks: unknown): Fields[] {
  const copy = listOf(copyOf(blocks))
  for (const block of copy) {
    completeTexts(block)
    block['block_id'] ??= shortId()
    for (const element of elementsOf(block))
      if (element['type'] !== 'image' && block['type'] !== 'context') element['action_id'] ??= shortId()
  }
  return copy
}

function completeTexts(value: unknown): void {
  if (Array.isArray(value)) for (const one of value) completeTexts(one)
  if (!isFields(value)) return
  if (value['type'] === 'plain_text') value['emoji'] ??= true
  if (value['type'] === 'mrkdwn') value['verbatim'] ??= false
  for (const one of Object.values(value)) completeTexts(one)
}

function elementsOf(block: Fields): Fields[] {
  if (block['type'] === 'input') return [fieldsOf(block['element'])]
  if (block['type'] === 'section') return isFields(block['accessory']) ? [block['accessory']] : []
  if (block['type'] === 'actions') return listOf(block['elements'])
  return []
}

/** Every element of the blocks that can be pressed or filled, in the order of the screen. */
export function placedIn(blocks: Fields[]): Placed[] {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter((element) => element['type'] !== 'image')
      .map((element) => ({
        block,
        element,
        blockId: textOf(block['block_id']),
        actionId: textOf(element['action_id']),
        label:
          textOf(fieldsOf(block['label'])['text']) ||
          textOf(fieldsOf(element['text'])['text']) ||
          (block['type'] === 'section' ? textOf(fieldsOf(block['text'])['text']) : '') ||
          textOf(fieldsOf(element['placeholder'])['text']),
      })),
  )
}

/** The values blocks start with; what was entered before stays where block, action and type are the same. */
export function startingValues(blocks: Fields[], before: Values = {}): Values {
  const values: Values = {}
  for (const { element, blockId, actionId } of placedIn(blocks)) {
    const type = textOf(element['type'])
    const rule = keys[type]
    if (!rule) continue
    const kept = before[blockId]?.[actionId]
    const here = values[blockId] ?? {}
    values[blockId] = here
    here[actionId] =
      kept?.['type'] === type ? kept : { type, [rule.value]: copyOf(element[rule.initial] ?? rule.empty) }
  }
  return values
}

/**
 * The values as some clients send them: empty lists are missing, and so is what the person did not touch
 * (seen with multi-selects and initial options).
 */
export function sloppyValues(values: Values, blocks: Fields[]): Values {
  const copy = copyOf(values)
  const fresh = startingValues(blocks)
  for (const [blockId, actions] of Object.entries(copy))
    for (const [actionId, value] of Object.entries(actions)) {
      const key = valueKey(textOf(value['type']))
      if (key === undefined) continue
      const list = Array.isArray(value[key])
      const untouched = JSON.stringify(value) === JSON.stringify(fresh[blockId]?.[actionId])
      if (list && untouched) delete value[key]
    }
  return copy
}
