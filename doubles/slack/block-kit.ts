import { checkElement } from './block-elements.ts'
import { Problems, type Surface } from './problems.ts'
import { Refusal } from './refusal.ts'
import { checkRichText } from './rich-text.ts'
import { type Fields, fieldsOf, isFields, textOf } from './shapes.ts'

const selects = ['static_select', 'users_select', 'conversations_select', 'channels_select']
const choices = [...selects, ...selects.map((type) => `multi_${type}`), 'checkboxes', 'radio_buttons']
const pickers = ['datepicker', 'timepicker']
const inActions = ['button', 'overflow', 'datetimepicker', 'rich_text_input', ...choices, ...pickers]
const inSection = ['button', 'overflow', 'image', ...choices, ...pickers]
const inInput = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
  'datetimepicker',
  ...choices,
  ...pickers,
]
const anyText = ['plain_text', 'mrkdwn']

interface Rule {
  required?: string[]
  optional?: string[]
  surfaces?: Surface[]
  check: (problems: Problems, at: string, block: Fields) => void
}

function checkElements(problems: Problems, at: string, block: Fields): void {
  const actionIds = new Set<string>()
  for (const [index, element] of problems.list(`${at}/elements`, block['elements'], 25).entries()) {
    checkElement(problems, `${at}/elements/${index}`, element, inActions)
    const id = textOf(fieldsOf(element)['action_id'])
    if (id && actionIds.has(id))
      problems.add(`${at}/elements/${index}/action_id`, `action_id ${id} already exists`)
    actionIds.add(id)
  }
}

const rules: Record<string, Rule> = {
  section: {
    optional: ['text', 'fields', 'accessory', 'expand'],
    check: (problems, at, block) => {
      if (block['text'] === undefined && block['fields'] === undefined)
        problems.add(at, 'missing required field: text or fields')
      problems.text(`${at}/text`, block['text'], 3000, anyText)
      for (const [index, field] of problems.list(`${at}/fields`, block['fields'], 10).entries())
        problems.text(`${at}/fields/${index}`, field, 2000, anyText)
      problems.boolean(`${at}/expand`, block['expand'])
      if (block['accessory'] !== undefined)
        checkElement(problems, `${at}/accessory`, block['accessory'], inSection)
    },
  },
  actions: { required: ['elements'], check: checkElements },
  context: {
    required: ['elements'],
    check: (problems, at, block) => {
      for (const [index, element] of problems.list(`${at}/elements`, block['elements'], 10).entries()) {
        const here = `${at}/elements/${index}`
        if (fieldsOf(element)['type'] === 'image') checkElement(problems, here, element, ['image'])
        else problems.text(here, element, 3000, anyText)
      }
    },
  },
  divider: { check: () => {} },
  header: {
    required: ['text'],
    check: (problems, at, block) => problems.text(`${at}/text`, block['text'], 150),
  },
  image: {
    required: ['alt_text'],
    optional: ['image_url', 'slack_file', 'title'],
    check: (problems, at, block) => {
      problems.string(`${at}/alt_text`, block['alt_text'], 2000)
      problems.text(`${at}/title`, block['title'], 2000)
      problems.url(`${at}/image_url`, block['image_url'])
    },
  },
  input: {
    required: ['label', 'element'],
    optional: ['hint', 'optional', 'dispatch_action'],
    check: (problems, at, block) => {
      problems.inputs += 1
      problems.text(`${at}/label`, block['label'], 2000)
      problems.text(`${at}/hint`, block['hint'], 2000)
      problems.boolean(`${at}/optional`, block['optional'])
      problems.boolean(`${at}/dispatch_action`, block['dispatch_action'])
      checkElement(problems, `${at}/element`, block['element'], inInput)
    },
  },
  rich_text: {
    required: ['elements'],
    check: (problems, at, block) => checkRichText(problems, at, block['elements']),
  },
  markdown: {
    required: ['text'],
    surfaces: ['message'],
    check: (problems, at, block) => {
      problems.string(`${at}/text`, block['text'], 12_000)
      problems.characters += textOf(block['text']).length
    },
  },
}

function checkBlocks(problems: Problems, at: string, blocks: unknown, max: number): void {
  for (const [index, value] of problems.list(at, blocks, max, 0).entries()) {
    const here = `${at}/${index}`
    const type = textOf(fieldsOf(value)['type'])
    const rule = rules[type]
    if (!rule || (rule.surfaces && !rule.surfaces.includes(problems.surface))) {
      problems.add(here, `unsupported type: ${type || 'none'}`)
      continue
    }
    const block = problems.object(
      here,
      value,
      ['type', ...(rule.required ?? [])],
      ['block_id', ...(rule.optional ?? [])],
    )
    if (!block) continue
    const id = block['block_id']
    problems.string(`${here}/block_id`, id, 255)
    if (typeof id === 'string') {
      if (problems.blockIds.has(id)) problems.add(`${here}/block_id`, `block_id ${id} already exists`)
      problems.blockIds.add(id)
    }
    rule.check(problems, here, block)
  }
}

/**
 * Checks the blocks of a message.
 * @throws {Refusal} `invalid_blocks_format`, `invalid_blocks` or `msg_blocks_too_long` (the last at 13,200
 * characters, which is not documented: bolt-js #2509).
 */
export function checkMessageBlocks(blocks: unknown, scopes: ReadonlySet<string>): void {
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format')
  const problems = new Problems('message', scopes)
  checkBlocks(problems, '/blocks', blocks, 50)
  if (problems.found.length > 0)
    throw new Refusal('invalid_blocks', problems.found, { errors: problems.found })
  if (problems.characters > 13_200) throw new Refusal('msg_blocks_too_long')
}

/**
 * Checks a modal or home view.
 * @throws {Refusal} `invalid_arguments` with one message per problem, or `view_too_large` over 250 kB.
 */
export function checkView(view: unknown, kinds: ('modal' | 'home')[], scopes: ReadonlySet<string>): Fields {
  if (!isFields(view)) throw new Refusal('invalid_arguments', ['must provide an object [json-pointer:/view]'])
  if (Buffer.byteLength(JSON.stringify(view)) > 250_000) throw new Refusal('view_too_large')
  const kind = view['type']
  const surface = kind === 'home' ? 'home' : 'modal'
  const problems = new Problems(surface, scopes)
  const modal = ['title', 'submit', 'close', 'clear_on_close', 'notify_on_close', 'submit_disabled']
  problems.object(
    '/view',
    view,
    ['type', 'blocks', ...(surface === 'modal' ? ['title'] : [])],
    ['private_metadata', 'callback_id', 'external_id', ...(surface === 'modal' ? modal.slice(1) : [])],
  )
  problems.oneOf('/view/type', kind, kinds)
  for (const key of ['title', 'submit', 'close']) problems.text(`/view/${key}`, view[key], 24)
  problems.string('/view/private_metadata', view['private_metadata'], 3000, 0)
  problems.string('/view/callback_id', view['callback_id'], 255, 0)
  problems.string('/view/external_id', view['external_id'], 255, 0)
  problems.boolean('/view/clear_on_close', view['clear_on_close'])
  problems.boolean('/view/notify_on_close', view['notify_on_close'])
  checkBlocks(problems, '/view/blocks', view['blocks'], 100)
  if (surface === 'modal' && problems.inputs > 0 && !view['submit'])
    problems.add('/view', 'missing required field: submit (there are input blocks)')
  if (problems.found.length > 0) throw new Refusal('invalid_arguments', problems.found)
  return view
}
