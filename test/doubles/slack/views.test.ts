import type { HomeView, ModalView } from '@slack/types'
import { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fieldsOf } from '../../../doubles/slack/shapes.ts'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import { quiet } from './tiny-app.ts'

let slack: SlackDouble
let client: WebClient

beforeEach(async () => {
  slack = await slackDouble({ manifest: 'manifest.yml', clock: { now: () => 1_800_000_000_000 } })
  client = new WebClient(slack.botToken, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    logger: quiet,
  })
})

afterEach(() => slack.close())

const modal = (title: string, more: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: title },
  blocks: [],
  ...more,
})

const trigger = (viewId?: string) => slack.workspace.triggers.make(slack.people.anna.id, viewId)

const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    (error) => fieldsOf(error.data)['error'],
  )

it('opens a modal with a fresh trigger id, once', async () => {
  const { anna } = slack.people
  const trigger_id = trigger()
  const { view } = await client.views.open({ trigger_id, view: modal('First', { callback_id: 'first' }) })
  expect(view).toMatchObject({ type: 'modal', callback_id: 'first', previous_view_id: null })
  expect(view?.root_view_id).toBe(view?.id)
  expect(anna.seesModal()).toMatchObject({ title: 'First', id: view?.id, hash: view?.hash })
  expect(await code(client.views.open({ trigger_id, view: modal('Again') }))).toBe('exchanged_trigger_id')
})

it('refuses trigger ids after three seconds, and those it never gave out', async () => {
  const late = trigger()
  slack.workspace.clock.advance(2_999)
  const justInTime = trigger()
  slack.workspace.clock.advance(1)
  expect(await code(client.views.open({ trigger_id: late, view: modal('Late') }))).toBe('expired_trigger_id')
  slack.workspace.clock.advance(2_900)
  expect(await code(client.views.open({ trigger_id: justInTime, view: modal('In time') }))).toBe('ok')
  const forged = `${'1'.repeat(13)}.${'2'.repeat(12)}.${'a'.repeat(32)}`
  expect(await code(client.views.open({ trigger_id: forged, view: modal('x') }))).toBe('invalid_trigger_id')
  expect(await code(client.views.open({ trigger_id: 'x', view: modal('x') }))).toBe('invalid_arguments')
})

it('does not use a trigger id up on a view it refuses', async () => {
  const trigger_id = trigger()
  const long = modal('A title of more than 24 characters')
  expect(await code(client.views.open({ trigger_id, view: long }))).toBe('invalid_arguments')
  expect(await code(client.views.open({ trigger_id, view: modal('Short') }))).toBe('ok')
})

it('changes the hash with every update, and refuses an old one', async () => {
  const { view } = await client.views.open({ trigger_id: trigger(), view: modal('One') })
  const view_id = view?.id ?? ''
  const hash = view?.hash ?? ''
  const second = await client.views.update({ view_id, hash, view: modal('Two') })
  expect(second.view?.hash).not.toBe(hash)
  expect(await code(client.views.update({ view_id, hash, view: modal('Three') }))).toBe('hash_conflict')
  expect(slack.people.anna.seesModal()?.title).toBe('Two')
  slack.workspace.clock.advance(40 * 60_000)
  expect(await code(client.views.update({ view_id, view: modal('Much later') }))).toBe('ok')
})

it('refuses to update what is closed, replaced or lost in a reload', async () => {
  const { anna } = slack.people
  const open = async () =>
    (await client.views.open({ trigger_id: trigger(), view: modal('One') })).view?.id ?? ''
  const update = (view_id: string) => code(client.views.update({ view_id, view: modal('Two') }))
  const closed = await open()
  await anna.closesModal()
  expect(await update(closed)).toBe('not_found')
  const replaced = await open()
  const current = await open()
  expect(await update(replaced)).toBe('not_found')
  expect(await update(current)).toBe('ok')
  anna.reload()
  expect(await update(current)).toBe('not_found')
  expect(await code(client.views.update({ view_id: 'V0000000000', view: modal('x') }))).toBe('not_found')
})

it('stacks three views and no more, and shows the one below when one is closed', async () => {
  const { anna } = slack.people
  const { view } = await client.views.open({ trigger_id: trigger(), view: modal('One') })
  const root = view?.id ?? ''
  const two = await client.views.push({ trigger_id: trigger(root), view: modal('Two') })
  expect(two.view).toMatchObject({ root_view_id: root, previous_view_id: root })
  await client.views.push({ trigger_id: trigger(two.view?.id), view: modal('Three') })
  const four = client.views.push({ trigger_id: trigger(root), view: modal('Four') })
  expect(await code(four)).toBe('push_limit_reached')
  await anna.closesModal()
  expect(anna.seesModal()?.title).toBe('Two')
  await anna.dismissesModal()
  expect(anna.seesModal()).toBeUndefined()
  const outside = client.views.push({ trigger_id: trigger(), view: modal('x') })
  expect(await code(outside)).toBe('not_found')
})

it('finds views by an external id, which must be free', async () => {
  const external_id = 'mine'
  await client.views.open({ trigger_id: trigger(), view: modal('One', { external_id }) })
  expect(await code(client.views.update({ external_id, view: modal('Two', { external_id }) }))).toBe('ok')
  const { ben } = slack.people
  const other = client.views.open({
    trigger_id: slack.workspace.triggers.make(ben.id),
    view: modal('Other', { external_id }),
  })
  expect(await code(other)).toBe('duplicate_external_id')
  await slack.people.anna.dismissesModal()
  expect(await code(client.views.update({ external_id, view: modal('Three') }))).toBe('not_found')
})

it('keeps what a person typed through an update, where block and action stay the same', async () => {
  const { anna } = slack.people
  const form = (block_id: string): ModalView =>
    modal('Form', {
      submit: { type: 'plain_text', text: 'Go' },
      blocks: [
        {
          type: 'input',
          block_id,
          label: { type: 'plain_text', text: 'Words' },
          element: { type: 'plain_text_input', action_id: 'words', initial_value: 'old' },
        },
      ],
    })
  const { view } = await client.views.open({ trigger_id: trigger(), view: form('a') })
  const view_id = view?.id ?? ''
  await anna.fills('Words', 'typed')
  await client.views.update({ view_id, view: form('a') })
  expect(anna.seesModal()?.text).toBe('Words: typed')
  await client.views.update({ view_id, view: form('b') })
  expect(anna.seesModal()?.text).toBe('Words: old')
})

it('publishes App Home per person, with the same rules for its hash', async () => {
  const { anna, felix } = slack.people
  const home = (text: string): HomeView => ({
    type: 'home',
    blocks: [{ type: 'section', text: { type: 'plain_text', text } }],
  })
  const first = await client.views.publish({ user_id: anna.id, view: home('one') })
  const hash = first.view?.hash ?? ''
  await client.views.publish({ user_id: anna.id, view: home('two'), hash })
  expect(anna.seesHome()).toBe('two')
  const stale = client.views.publish({ user_id: anna.id, view: home('three'), hash })
  expect(await code(stale)).toBe('hash_conflict')
  expect(await code(client.views.publish({ user_id: felix.id, view: home('x') }))).toBe('invalid_arguments')
  const wrong = client.views.publish({ user_id: anna.id, view: modal('x') as unknown as HomeView })
  expect(await code(wrong)).toBe('invalid_arguments')
})

it('refuses views over 250 kB', async () => {
  const text = 'x'.repeat(3_000)
  const blocks = Array.from({ length: 90 }, () => ({
    type: 'section',
    text: { type: 'plain_text', text },
  }))
  const large = client.views.open({ trigger_id: trigger(), view: modal('Large', { blocks }) })
  expect(await code(large)).toBe('view_too_large')
})
