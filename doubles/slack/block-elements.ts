import { checkOptions } from './options.ts'
import type { Problems } from './problems.ts'
import { checkRichText } from './rich-text.ts'
import { type Fields, fieldsOf, isFields, textOf } from './shapes.ts'

interface Rule {
  required?: string[]
  optional?: string[]
  check?: (problems: Problems, at: string, element: Fields) => void
}

const picks = ['placeholder', 'confirm', 'focus_on_load']
const types = ['dispatch_action_config', 'focus_on_load', 'placeholder']

function checkConfirm(problems: Problems, at: string, value: unknown): void {
  if (value === undefined) return
  const confirm = problems.object(at, value, ['text'], ['title', 'confirm', 'deny', 'style'])
  if (!confirm) return
  problems.text(`${at}/title`, confirm['title'], 100)
  problems.text(`${at}/text`, confirm['text'], 300, ['plain_text', 'mrkdwn'])
  problems.text(`${at}/confirm`, confirm['confirm'], 30)
  problems.text(`${at}/deny`, confirm['deny'], 30)
  problems.oneOf(`${at}/style`, confirm['style'], ['primary', 'danger'])
}

function checkTyped(problems: Problems, at: string, element: Fields): void {
  problems.integer(`${at}/min_length`, element['min_length'], 0, 3000)
  problems.integer(`${at}/max_length`, element['max_length'], 1, 3000)
  const max = typeof element['max_length'] === 'number' ? element['max_length'] : 3000
  if (typeof element['min_length'] === 'number' && element['min_length'] > max)
    problems.add(at, 'min_length must be less than or equal to max_length')
  problems.string(`${at}/initial_value`, element['initial_value'], max, 0)
  problems.boolean(`${at}/multiline`, element['multiline'])
}

const many = (problems: Problems, at: string, element: Fields): void =>
  problems.integer(`${at}/max_selected_items`, element['max_selected_items'], 1, 100)

function initialIds(key: string, prefix: RegExp) {
  return (problems: Problems, at: string, element: Fields): void => {
    many(problems, at, element)
    const value = element[key]
    const ids = value === undefined ? [] : Array.isArray(value) ? value : [value]
    for (const id of ids) if (!prefix.test(textOf(id))) problems.add(`${at}/${key}`, `invalid id: ${id}`)
    const max = element['max_selected_items']
    if (typeof max === 'number' && ids.length > max)
      problems.add(`${at}/${key}`, `no more than ${max} items allowed`)
  }
}

const people = /^[UW][A-Z0-9]{8,}$/
const places = /^[CDG][A-Z0-9]{8,}$/

const rules: Record<string, Rule> = {
  button: {
    required: ['text'],
    optional: ['value', 'url', 'style', 'confirm', 'accessibility_label'],
    check: (problems, at, element) => {
      problems.text(`${at}/text`, element['text'], 75)
      problems.string(`${at}/value`, element['value'], 2000)
      problems.url(`${at}/url`, element['url'])
      problems.oneOf(`${at}/style`, element['style'], ['primary', 'danger'])
      problems.string(`${at}/accessibility_label`, element['accessibility_label'], 75)
    },
  },
  checkboxes: {
    required: ['options'],
    optional: ['initial_options', 'confirm', 'focus_on_load'],
    check: checkOptions(10, 'checkboxes'),
  },
  radio_buttons: {
    required: ['options'],
    optional: ['initial_option', 'confirm', 'focus_on_load'],
    check: checkOptions(10, 'radio_buttons'),
  },
  overflow: { required: ['options'], optional: ['confirm'], check: checkOptions(5, 'overflow') },
  static_select: {
    optional: [...picks, 'options', 'option_groups', 'initial_option'],
    check: checkOptions(100, 'static_select'),
  },
  multi_static_select: {
    optional: [...picks, 'options', 'option_groups', 'initial_options', 'max_selected_items'],
    check: (problems, at, element) => {
      many(problems, at, element)
      checkOptions(100, 'multi_static_select')(problems, at, element)
    },
  },
  users_select: { optional: [...picks, 'initial_user'], check: initialIds('initial_user', people) },
  multi_users_select: {
    optional: [...picks, 'initial_users', 'max_selected_items'],
    check: initialIds('initial_users', people),
  },
  conversations_select: {
    optional: [
      ...picks,
      'initial_conversation',
      'default_to_current_conversation',
      'filter',
      'response_url_enabled',
    ],
    check: initialIds('initial_conversation', places),
  },
  multi_conversations_select: {
    optional: [
      ...picks,
      'initial_conversations',
      'default_to_current_conversation',
      'filter',
      'max_selected_items',
    ],
    check: initialIds('initial_conversations', places),
  },
  channels_select: {
    optional: [...picks, 'initial_channel', 'response_url_enabled'],
    check: initialIds('initial_channel', places),
  },
  multi_channels_select: {
    optional: [...picks, 'initial_channels', 'max_selected_items'],
    check: initialIds('initial_channels', places),
  },
  datepicker: {
    optional: [...picks, 'initial_date'],
    check: (problems, at, element) => {
      const date = element['initial_date']
      if (date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(textOf(date)))
        problems.add(`${at}/initial_date`, 'must be a date in the form YYYY-MM-DD')
    },
  },
  timepicker: { optional: [...picks, 'initial_time', 'timezone'] },
  datetimepicker: { optional: ['initial_date_time', 'confirm', 'focus_on_load'] },
  plain_text_input: {
    optional: [...types, 'initial_value', 'multiline', 'min_length', 'max_length'],
    check: checkTyped,
  },
  email_text_input: { optional: [...types, 'initial_value'] },
  url_text_input: { optional: [...types, 'initial_value'] },
  number_input: {
    required: ['is_decimal_allowed'],
    optional: [...types, 'initial_value', 'min_value', 'max_value'],
  },
  rich_text_input: {
    optional: [...types, 'initial_value', 'min_lines', 'max_lines'],
    check: (problems, at, element) => {
      if (isFields(element['initial_value']))
        checkRichText(problems, `${at}/initial_value`, element['initial_value']['elements'])
    },
  },
  file_input: {
    optional: ['filetypes', 'max_files'],
    check: (problems, at) => {
      if (!problems.scopes.has('files:read')) problems.add(at, 'file_input requires the files:read scope')
    },
  },
  image: {
    required: ['alt_text'],
    optional: ['image_url', 'slack_file'],
    check: (problems, at, element) => {
      problems.string(`${at}/alt_text`, element['alt_text'], 2000)
      problems.url(`${at}/image_url`, element['image_url'])
    },
  },
}

/** Checks one block element that must be of one of the allowed types (docs.slack.dev, Block elements). */
export function checkElement(problems: Problems, at: string, value: unknown, allowed: string[]): void {
  const type = textOf(fieldsOf(value)['type'])
  const rule = rules[type]
  if (!rule || !allowed.includes(type)) {
    problems.add(at, `unsupported type: ${type || 'none'}`)
    return
  }
  const named = type === 'image' ? [] : ['action_id']
  const element = problems.object(
    at,
    value,
    ['type', ...(rule.required ?? [])],
    [...named, ...(rule.optional ?? [])],
  )
  if (!element) return
  problems.string(`${at}/action_id`, element['action_id'], 255)
  problems.text(`${at}/placeholder`, element['placeholder'], 150)
  problems.boolean(`${at}/focus_on_load`, element['focus_on_load'])
  if (element['focus_on_load'] === true && ++problems.focused > 1)
    problems.add(at, 'only one element can have focus_on_load set to true')
  checkConfirm(problems, `${at}/confirm`, element['confirm'])
  if (element['dispatch_action_config'] !== undefined) {
    const config = problems.object(
      `${at}/dispatch_action_config`,
      element['dispatch_action_config'],
      [],
      ['trigger_actions_on'],
    )
    for (const one of problems.list(
      `${at}/dispatch_action_config/trigger_actions_on`,
      config?.['trigger_actions_on'],
      2,
    ))
      problems.oneOf(`${at}/dispatch_action_config`, one, ['on_enter_pressed', 'on_character_entered'])
  }
  rule.check?.(problems, at, element)
}
