import { readFileSync } from 'node:fs'
import { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Fields, fieldsOf } from '../../../doubles/slack/shapes.ts'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import { quiet } from './tiny-app.ts'

let slack: SlackDouble
let client: WebClient

const clientOf = (token: string) =>
  new WebClient(token, { slackApiUrl: slack.url, retryConfig: { retries: 0 }, logger: quiet })

beforeEach(async () => {
  slack = await slackDouble({ manifest: 'manifest.yml' })
  client = clientOf(slack.botToken)
})

afterEach(() => slack.close())

/** The code Slack refused with, and the rest of its answer. */
async function refusal(call: Promise<unknown>): Promise<Fields> {
  try {
    await call
  } catch (error) {
    return fieldsOf(fieldsOf(error)['data'])
  }
  throw new Error('it was not refused')
}

const code = async (call: Promise<unknown>) => (await refusal(call))['error']

it('says who the token belongs to', async () => {
  expect(await client.auth.test()).toMatchObject({ team_id: slack.team.id, user_id: slack.bot.id })
})

it('refuses missing, wrong and app-level tokens, and methods it does not know', async () => {
  const none = await fetch(`${slack.url}auth.test`, { method: 'POST' })
  expect(await none.json()).toMatchObject({ ok: false, error: 'not_authed' })
  expect(await code(clientOf('xoxb-nobody').auth.test())).toBe('invalid_auth')
  expect(await code(clientOf(slack.appToken).auth.test())).toBe('not_allowed_token_type')
  expect(await code(client.apiCall('secrets.steal'))).toBe('unknown_method')
  expect(await code(client.apps.connections.open())).toBe('not_allowed_token_type')
})

it('refuses what the manifest has no scope for, and names the scope', async () => {
  const manifest = parse(readFileSync('manifest.yml', 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } }
  }
  manifest.oauth_config.scopes.bot = ['commands']
  await slack.close()
  slack = await slackDouble({ manifest })
  client = clientOf(slack.botToken)
  const { anna } = slack.people
  const refused = await refusal(client.chat.postMessage({ channel: anna.id, text: 'x' }))
  expect(refused).toMatchObject({ error: 'missing_scope', needed: 'chat:write', provided: 'commands' })
  expect(await code(client.conversations.open({ users: anna.id }))).toBe('missing_scope')
  expect(await code(client.users.info({ user: anna.id }))).toBe('missing_scope')
  expect(await code(client.conversations.history({ channel: anna.dm.id }))).toBe('missing_scope')
  expect(await anna.messagesBot('hello?')).toMatchObject({ error: 'not_subscribed' })
})

it('takes arguments as forms, as JSON and as multipart', async () => {
  const { anna } = slack.people
  const blocks = [{ type: 'divider' }]
  await client.chat.postMessage({ channel: anna.id, text: 'form', blocks })
  const headers = { authorization: `Bearer ${slack.botToken}` }
  const json = await fetch(`${slack.url}chat.postMessage`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel: anna.id, text: 'json', blocks }),
  })
  expect(await json.json()).toMatchObject({ ok: true })
  const form = new FormData()
  for (const [key, value] of Object.entries({
    channel: anna.id,
    text: 'multi',
    blocks: JSON.stringify(blocks),
  }))
    form.append(key, value)
  const multipart = await fetch(`${slack.url}chat.postMessage`, { method: 'POST', headers, body: form })
  expect(await multipart.json()).toMatchObject({ ok: true })
  expect(slack.callsTo('chat.postMessage').map(({ args }) => args['blocks'])).toEqual([
    blocks,
    blocks,
    blocks,
  ])
  expect(slack.outboundWith('multi')).toHaveLength(1)
})

it('opens a direct message once, and answers each person who cannot be reached with the code for it', async () => {
  const { anna, dora, nora, felix } = slack.people
  const first = await client.conversations.open({ users: anna.id })
  const second = await client.conversations.open({ users: anna.id, return_im: true })
  expect(first['already_open']).toBeUndefined()
  expect(second).toMatchObject({ already_open: true, channel: { id: first.channel?.id, user: anna.id } })
  const bot = slack.workspace.world.userByName('deploybot')?.id ?? ''
  const stranger = slack.addPerson('stranger', { teamId: slack.workspace.world.foreign.id })
  expect(await code(client.conversations.open({ users: bot }))).toBe('cannot_dm_bot')
  expect(await code(client.conversations.open({ users: dora.id }))).toBe('user_disabled')
  expect(await code(client.conversations.open({ users: nora.id }))).toBe('user_not_visible')
  expect(await code(client.conversations.open({ users: stranger.id }))).toBe('user_not_visible')
  expect(await code(client.conversations.open({ users: 'U0000000000' }))).toBe('user_not_found')
  expect(await code(client.conversations.open({ users: `${anna.id},${nora.id}` }))).toBe('missing_scope')
  expect(await code(client.apiCall('conversations.open'))).toBe('users_list_not_supplied')
  expect(await client.conversations.open({ users: felix.id })).toMatchObject({ ok: true })
  expect(await code(client.chat.postMessage({ channel: bot, text: 'x' }))).toBe('cannot_dm_bot')
  expect(await code(client.chat.postMessage({ channel: dora.id, text: 'x' }))).toBe('channel_not_found')
  expect(await code(client.chat.postMessage({ channel: nora.id, text: 'x' }))).toBe('channel_not_found')
})

it('refuses direct messages when the manifest has no Messages tab', async () => {
  const manifest = parse(readFileSync('manifest.yml', 'utf8')) as {
    features: { app_home: { messages_tab_enabled: boolean } }
  }
  manifest.features.app_home.messages_tab_enabled = false
  await slack.close()
  slack = await slackDouble({ manifest })
  client = clientOf(slack.botToken)
  const posted = client.chat.postMessage({ channel: slack.people.anna.id, text: 'x' })
  expect(await code(posted)).toBe('messages_tab_disabled')
})

it('posts only where the bot is a member', async () => {
  const { general, random, board, archive, annaAndBen, partners } = slack.channels
  const post = (channel: string) => client.chat.postMessage({ channel, text: 'x' })
  expect(await post(general.id)).toMatchObject({ ok: true })
  expect(await post(partners.id)).toMatchObject({ ok: true })
  expect(await code(post(random.id))).toBe('not_in_channel')
  expect(await code(post(board.id))).toBe('channel_not_found')
  expect(await code(post(annaAndBen.id))).toBe('channel_not_found')
  expect(await code(post(archive.id))).toBe('is_archived')
  expect(await code(post('C0000000000'))).toBe('channel_not_found')
})

it('refuses messages without words, with too many, and with blocks that are not blocks', async () => {
  const channel = slack.channels.general.id
  expect(await code(client.chat.postMessage({ channel, text: '' }))).toBe('no_text')
  expect(await code(client.apiCall('chat.postMessage', { channel, text: '', blocks: [] }))).toBe('no_text')
  expect(await code(client.chat.postMessage({ channel, text: 'x'.repeat(40_001) }))).toBe('msg_too_long')
  const refused = await refusal(
    client.chat.postMessage({
      channel,
      text: 'x',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '' } }],
    }),
  )
  expect(refused).toMatchObject({
    error: 'invalid_blocks',
    errors: ['must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    response_metadata: {
      messages: ['[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    },
  })
  const notBlocks = client.apiCall('chat.postMessage', { channel, text: 'x', blocks: '{"no' })
  expect(await code(notBlocks)).toBe('invalid_blocks_format')
})

it('shows an ephemeral message to one member only, until they reload, and never to someone who is away', async () => {
  const { anna, ben, felix } = slack.people
  const channel = slack.channels.general.id
  const post = (user: string) => client.chat.postEphemeral({ channel, user, text: 'psst' })
  const { message_ts: ts } = await post(anna.id)
  expect(anna.sees()).toContain('Sotto (only visible to you): psst')
  expect(ben.sees()).not.toContain('psst')
  expect(await code(client.chat.update({ channel, ts: ts ?? '', text: 'x' }))).toBe('message_not_found')
  anna.reload()
  expect(anna.sees()).not.toContain('psst')
  expect(await code(post(felix.id))).toBe('user_not_in_channel')
  ben.user.away = true
  expect(await post(ben.id)).toMatchObject({ ok: true })
  expect(ben.sees()).not.toContain('psst')
  expect(slack.export()).toEqual([])
})

it('keeps the blocks of an edit that brings none, and removes them with an empty list', async () => {
  const { anna } = slack.people
  const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'the card' } }]
  const { channel = '', ts = '' } = await client.chat.postMessage({ channel: anna.id, text: 'card', blocks })
  await client.chat.update({ channel, ts, text: 'opened' })
  expect(anna.seesMessages()).toBe('Sotto: the card')
  await client.chat.update({ channel, ts, text: 'opened', blocks: [] })
  expect(anna.seesMessages()).toBe('Sotto: opened')
  expect(anna.screen.notifications()).toEqual(['card'])
})

it('lets the bot edit and delete its own messages only', async () => {
  const { anna } = slack.people
  await anna.types('mine', { channel: slack.channels.general })
  const channel = slack.channels.general.id
  const ts = slack.workspace.messages.in(slack.channels.general)[0]?.ts ?? ''
  expect(await code(client.chat.update({ channel, ts, text: 'x' }))).toBe('cant_update_message')
  expect(await code(client.chat.delete({ channel, ts }))).toBe('cant_delete_message')
  expect(await code(client.chat.delete({ channel, ts: '1.000001' }))).toBe('message_not_found')
  const own = await client.chat.postMessage({ channel, text: 'own' })
  expect(await client.chat.delete({ channel, ts: own.ts ?? '' })).toMatchObject({ ok: true })
})

it('gives the history of a direct message in pages, newest first', async () => {
  const { anna } = slack.people
  for (const text of ['one', 'two', 'three']) await client.chat.postMessage({ channel: anna.id, text })
  const channel = anna.dm.id
  const first = await client.conversations.history({ channel, limit: 2 })
  expect(first.messages?.map(({ text }) => text)).toEqual(['three', 'two'])
  const cursor = first.response_metadata?.next_cursor ?? ''
  const second = await client.conversations.history({ channel, limit: 2, cursor })
  expect(second.messages?.map(({ text }) => text)).toEqual(['one'])
  const refused = await refusal(client.conversations.history({ channel: slack.channels.general.id }))
  expect(refused).toMatchObject({ error: 'missing_scope', needed: 'channels:history' })
})

it('tells what kind of account a user is', async () => {
  const { dora } = slack.people
  expect(await client.users.info({ user: dora.id })).toMatchObject({ user: { deleted: true, is_bot: false } })
  const bot = slack.workspace.world.userByName('deploybot')?.id ?? ''
  expect(await client.users.info({ user: bot })).toMatchObject({ user: { is_bot: true } })
  expect(await code(client.users.info({ user: 'U0000000000' }))).toBe('user_not_found')
  const stranger = slack.addPerson('stranger', { teamId: slack.workspace.world.foreign.id })
  expect(await code(client.users.info({ user: stranger.id }))).toBe('user_not_visible')
})

it('exports everything that was ever in a message, edits and deletions included', async () => {
  const channel = slack.channels.general.id
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'before' })
  await client.chat.update({ channel, ts, text: 'after' })
  await client.chat.delete({ channel, ts })
  const texts = slack.export().map(({ what, message }) => [what, fieldsOf(message)['text']])
  expect(texts).toEqual([
    ['posted', 'before'],
    ['edited', 'after'],
    ['deleted', 'after'],
  ])
  expect(JSON.stringify(slack.export()[1])).toContain('before')
})

it('finds what the app sent in any encoding', async () => {
  const canary = 'kanari+en/1 ü'
  const say = (text: string) => client.chat.postMessage({ channel: slack.channels.general.id, text })
  const bytes = Buffer.from(canary)
  for (const text of [canary, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')])
    await say(`-${text}-`)
  await say('something else')
  expect(slack.outboundWith(canary)).toHaveLength(4)
})
