import { describe, expect, it } from 'vitest'
import { checkMessageBlocks, checkView } from '../../../doubles/slack/block-kit.ts'
import { Refusal } from '../../../doubles/slack/refusal.ts'
import type { Fields } from '../../../doubles/slack/shapes.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const chars = (count: number) => 'x'.repeat(count)
const many = <T>(count: number, one: (index: number) => T) => Array.from({ length: count }, (_, i) => one(i))
const button = (more: Fields = {}) => ({ type: 'button', text: plain('Go'), ...more })
const actions = (...elements: Fields[]) => ({ type: 'actions', elements })
const section = (text: Fields, more: Fields = {}) => ({ type: 'section', text, ...more })
const option = (text: string, value: string, more: Fields = {}) => ({ text: plain(text), value, ...more })
const input = (element: Fields, more: Fields = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...more,
})
const select = (more: Fields = {}) => ({ type: 'static_select', options: [option('a', 'a')], ...more })
const typed = (more: Fields = {}) => ({ type: 'plain_text_input', ...more })
const rich = (...elements: Fields[]) => ({ type: 'rich_text', elements })
const preformatted = (...elements: Fields[]) => rich({ type: 'rich_text_preformatted', elements })

function problemsOf(check: () => void): string[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const messages = (error.extra['response_metadata'] as { messages: string[] } | undefined)?.messages
    return messages ?? [error.code]
  }
}

const inMessage = (...blocks: unknown[]) => problemsOf(() => checkMessageBlocks(blocks, new Set()))
const view = (more: Fields) =>
  problemsOf(() =>
    checkView({ type: 'modal', title: plain('Title'), blocks: [], ...more }, ['modal'], new Set()),
  )
const inModal = (...blocks: unknown[]) => view({ submit: plain('Go'), blocks })

describe('at the limit', () => {
  it.each([
    ['a section of 3000 characters', section(mrkdwn(chars(3000)))],
    ['a header of 150', { type: 'header', text: plain(chars(150)) }],
    ['25 elements in one row', actions(...many(25, (i) => button({ action_id: `a${i}` })))],
    ['a button of 75 with a value of 2000', actions(button({ text: plain(chars(75)), value: chars(2000) }))],
    ['ids of 255', { ...actions(button({ action_id: chars(255) })), block_id: chars(255) }],
    ['100 options', actions(select({ options: many(100, (i) => option('o', `${i}`)) }))],
    ['an option of 75 and 150', actions(select({ options: [option(chars(75), chars(150))] }))],
    ['ten fields of 2000', { type: 'section', fields: many(10, () => mrkdwn('f')) }],
    ['literal text', preformatted({ type: 'text', text: '<!channel> ```' })],
    ['a confirmation', actions(button({ confirm: { text: mrkdwn(chars(300)), title: plain(chars(100)) } }))],
    ['an image beside text', section(plain('x'), { accessory: { type: 'image', alt_text: 'x' } })],
    ['ten things of context', { type: 'context', elements: many(10, () => mrkdwn('c')) }],
  ])('a message takes %s', (_, block) => {
    expect(inMessage(block)).toEqual([])
  })

  it('a message takes 50 blocks and a modal 100', () => {
    expect(inMessage(...many(50, () => ({ type: 'divider' })))).toEqual([])
    expect(inModal(...many(100, () => ({ type: 'divider' })))).toEqual([])
  })

  it('a modal takes titles of 24, private metadata of 3000 and inputs of 3000', () => {
    expect(view({ title: plain(chars(24)), submit: plain(chars(24)), close: plain(chars(24)) })).toEqual([])
    expect(view({ private_metadata: chars(3000), callback_id: chars(255) })).toEqual([])
    expect(inModal(input(typed({ max_length: 3000, initial_value: chars(3000), multiline: true })))).toEqual(
      [],
    )
    expect(inModal(input({ type: 'multi_users_select', max_selected_items: 3 }))).toEqual([])
  })
})

describe('past the limit', () => {
  it.each([
    ['a section of 3001', section(mrkdwn(chars(3001))), 'less than 3001'],
    ['an empty text', section(plain('')), 'more than 0'],
    ['a section with nothing', { type: 'section' }, 'text or fields'],
    ['a field of 2001', { type: 'section', fields: [plain(chars(2001))] }, 'less than 2001'],
    ['eleven fields', { type: 'section', fields: many(11, () => plain('x')) }, 'no more than 10'],
    ['a header of 151', { type: 'header', text: plain(chars(151)) }, 'less than 151'],
    ['a header in mrkdwn', { type: 'header', text: mrkdwn('x') }, 'value must be one of'],
    ['26 elements', actions(...many(26, () => button())), 'no more than 25'],
    ['no elements', actions(), 'no fewer than 1'],
    ['a button of 76', actions(button({ text: plain(chars(76)) })), 'less than 76'],
    ['a button in mrkdwn', actions(button({ text: mrkdwn('x') })), 'value must be one of'],
    ['a value of 2001', actions(button({ value: chars(2001) })), 'less than 2001'],
    ['a button without text', actions({ type: 'button' }), 'missing required field: text'],
    ['a style that is none', actions(button({ style: 'loud' })), 'value must be one of'],
    ['an action id of 256', actions(button({ action_id: chars(256) })), 'less than 256'],
    ['the same action id twice', actions(button({ action_id: 'a' }), button({ action_id: 'a' })), 'exists'],
    ['101 options', actions(select({ options: many(101, (i) => option('o', `${i}`)) })), 'no more than 100'],
    ['an option of 76', actions(select({ options: [option(chars(76), 'v')] })), 'less than 76'],
    ['an option value of 151', actions(select({ options: [option('o', chars(151))] })), 'less than 151'],
    ['the same option twice', actions(select({ options: many(2, () => option('o', 'v')) })), 'unique'],
    ['an initial option of its own', actions(select({ initial_option: option('b', 'b') })), 'must match'],
    ['a placeholder of 151', actions(select({ placeholder: plain(chars(151)) })), 'less than 151'],
    [
      'eleven things of context',
      { type: 'context', elements: many(11, () => plain('x')) },
      'no more than 10',
    ],
    ['an unknown block', { type: 'hologram' }, 'unsupported type: hologram'],
    ['an unknown key', { type: 'divider', colour: 'red' }, 'invalid additional property: colour'],
    ['emoji in mrkdwn', section({ ...mrkdwn('x'), emoji: false }), 'invalid additional property: emoji'],
    ['a text input in a row', actions(typed()), 'unsupported type: plain_text_input'],
    [
      'a mention inside literal text',
      preformatted({ type: 'user', user_id: 'U1' }),
      'unsupported type: user',
    ],
    ['empty literal text', preformatted({ type: 'text', text: '' }), 'more than 0'],
    ['no literal text', preformatted(), 'no fewer than 1'],
    ['something that is no block', 'divider', 'unsupported type'],
  ])('a message refuses %s', (_, block, why) => {
    expect(inMessage(block).join()).toContain(why)
  })

  it('a message refuses 51 blocks, the same block id twice and 13,201 characters in all', () => {
    expect(inMessage(...many(51, () => ({ type: 'divider' }))).join()).toContain('no more than 50')
    const twice = many(2, () => ({ type: 'divider', block_id: 'b' }))
    expect(inMessage(...twice).join()).toContain('block_id b already exists')
    const long = [...many(4, () => section(plain(chars(3000)))), section(plain(chars(1201)))]
    expect(inMessage(...long)).toEqual(['msg_blocks_too_long'])
  })

  it.each([
    ['a title of 25', { title: plain(chars(25)) }, 'less than 25'],
    ['a title in mrkdwn', { title: mrkdwn('x') }, 'value must be one of'],
    ['a submit button of 25', { submit: plain(chars(25)) }, 'less than 25'],
    ['a close button of 25', { close: plain(chars(25)) }, 'less than 25'],
    ['no title', { title: undefined }, 'missing required field: title'],
    ['101 blocks', { blocks: many(101, () => ({ type: 'divider' })) }, 'no more than 100'],
    ['private metadata of 3001', { private_metadata: chars(3001) }, 'less than 3001'],
    ['a callback id of 256', { callback_id: chars(256) }, 'less than 256'],
    ['inputs without submit', { blocks: [input(typed())] }, 'missing required field: submit'],
    ['an unknown key', { color: 'red' }, 'invalid additional property: color'],
    ['a home view', { type: 'home' }, 'value must be one of'],
    ['markdown', { blocks: [{ type: 'markdown', text: 'x' }] }, 'unsupported type: markdown'],
  ])('a modal refuses %s', (_, more, why) => {
    expect(view(more).join()).toContain(why)
  })

  it.each([
    ['a max_length of 3001', typed({ max_length: 3001 }), 'less than or equal to 3000'],
    ['an initial value over max_length', typed({ max_length: 2, initial_value: 'abc' }), 'less than 3'],
    ['an initial value of 3001', typed({ initial_value: chars(3001) }), 'less than 3001'],
    ['a masked input', typed({ masked: true }), 'invalid additional property: masked'],
    [
      'no items to select',
      { type: 'multi_users_select', max_selected_items: 0 },
      'greater than or equal to 1',
    ],
    ['initial users that are none', { type: 'multi_users_select', initial_users: ['ben'] }, 'invalid id'],
    ['a button as input', button(), 'unsupported type: button'],
    ['a file input without the scope', { type: 'file_input' }, 'files:read'],
    ['eleven checkboxes', { type: 'checkboxes', options: many(11, (i) => option('o', `${i}`)) }, '10 items'],
  ])('a form refuses %s', (_, element, why) => {
    expect(inModal(input(element)).join()).toContain(why)
  })

  it('a form refuses labels of 2001 and two fields that want the focus', () => {
    expect(inModal(input(typed(), { label: plain(chars(2001)) })).join()).toContain('less than 2001')
    const focused = many(2, () => input(typed({ focus_on_load: true })))
    expect(inModal(...focused).join()).toContain('only one element')
  })
})
