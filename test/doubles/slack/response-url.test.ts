import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Fields } from '../../../doubles/slack/shapes.ts'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import type { Channel } from '../../../doubles/slack/world.ts'

let slack: SlackDouble

beforeEach(async () => {
  slack = await slackDouble({ manifest: 'manifest.yml' })
})

afterEach(() => slack.close())

const typedIn = (channel: Channel): string => slack.workspace.responseUrls.make(slack.people.anna.id, channel)

const clickedOn = (channel: Channel): string => {
  const message = slack.workspace.messages.post(channel, slack.bot.id, { text: 'the card' })
  return slack.workspace.responseUrls.make(slack.people.ben.id, channel, message)
}

async function post(url: string, body: Fields): Promise<{ status: number; body: Fields }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Fields }
}

it('answers a command to one person by default and to all on request, also where the bot is not a member', async () => {
  const { anna, ben } = slack.people
  const { annaAndBen } = slack.channels
  await post(typedIn(annaAndBen), { text: 'only anna' })
  expect(anna.sees()).toContain('only anna')
  expect(ben.sees()).not.toContain('only anna')
  await post(typedIn(annaAndBen), { text: 'both', response_type: 'in_channel' })
  expect(ben.sees()).toContain('Sotto: both')
  expect(slack.outboundWith('only anna')).toMatchObject([{ via: 'response_url' }])
})

it('works five times within thirty minutes, and not once more', async () => {
  const url = typedIn(slack.channels.random)
  for (let time = 1; time <= 5; time += 1)
    expect(await post(url, { text: `time ${time}`, response_type: 'ephemeral' })).toMatchObject({
      status: 200,
    })
  expect(await post(url, { text: 'once more' })).toEqual({
    status: 404,
    body: { ok: false, error: 'used_url' },
  })
  const other = typedIn(slack.channels.random)
  slack.workspace.clock.advance(30 * 60_000)
  expect(await post(other, { text: 'late' })).toMatchObject({ status: 404, body: { error: 'expired_url' } })
  const unknown = `${slack.workspace.responseUrls.base}/commands/T1/1/a`
  expect(await post(unknown, { text: 'x' })).toMatchObject({ status: 404, body: { error: 'no_service' } })
})

it('replaces what was clicked unless told otherwise, and a command has nothing to replace', async () => {
  const { ben } = slack.people
  const { random } = slack.channels
  await post(clickedOn(random), { text: 'opened' })
  expect(ben.sees()).not.toContain('the card')
  await post(clickedOn(random), { text: 'for you', response_type: 'ephemeral', replace_original: false })
  expect(ben.sees()).toContain('Sotto: the card')
  expect(ben.sees()).toContain('Sotto (only visible to you): for you')
  await post(typedIn(random), { text: 'again', replace_original: true, response_type: 'in_channel' })
  expect(ben.sees()).toContain('Sotto: again')
})

it('deletes what was clicked, when that is all it is asked for', async () => {
  const { ben } = slack.people
  const { random } = slack.channels
  const url = clickedOn(random)
  const both = await post(url, { delete_original: true, text: 'gone' })
  expect(both.body).toMatchObject({ ok: false, error: 'invalid_arguments' })
  expect(ben.sees()).toContain('the card')
  expect(await post(url, { delete_original: true })).toMatchObject({ body: { ok: true } })
  expect(ben.sees()).not.toContain('the card')
  expect(await post(typedIn(random), { delete_original: true })).toMatchObject({ status: 400 })
})

it('edits an ephemeral message through a click on it', async () => {
  const { ben } = slack.people
  const { general } = slack.channels
  const message = slack.workspace.messages.postEphemeral(general, slack.bot.id, ben.id, { text: 'psst' })
  const url = slack.workspace.responseUrls.make(ben.id, general, message)
  await post(url, { text: 'done', replace_original: true })
  expect(ben.sees()).toContain('done')
  expect(ben.sees()).not.toContain('psst')
  await post(url, { delete_original: true })
  expect(ben.sees()).not.toContain('done')
  expect(slack.export()).toEqual([])
})

it('refuses bad blocks with an error in the body: status 400 for a command and 200 for a click', async () => {
  const bad = { blocks: [{ type: 'hologram' }], response_type: 'ephemeral' }
  const { random } = slack.channels
  expect(await post(typedIn(random), bad)).toMatchObject({ status: 400, body: { error: 'invalid_blocks' } })
  expect(await post(clickedOn(random), bad)).toMatchObject({ status: 200, body: { error: 'invalid_blocks' } })
  expect(await post(typedIn(random), { response_type: 'loud', text: 'x' })).toMatchObject({ status: 400 })
  expect(await post(typedIn(random), {})).toMatchObject({ body: { error: 'no_text' } })
  expect(await post(typedIn(random), { text: 'x', colour: 'red' })).toMatchObject({ status: 400 })
})
