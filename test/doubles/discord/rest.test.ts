import { REST } from '@discordjs/rest'
import { type APIMessage, Routes } from 'discord-api-types/v10'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'
import {
  fails,
  garbledAfter,
  rateLimited,
  resetAfter,
  resetBefore,
  silentAfter,
  slowAnswer,
  statusAfter,
  statusBefore,
} from '../../../doubles/discord/faults.ts'

let discord: DiscordDouble
let rest: REST

const client = (options = {}) =>
  new REST({ api: discord.url, retries: 0, timeout: 60_000, ...options }).setToken(discord.token)
const general = () => Routes.channelMessages(discord.channels.general.id)
const posts = (body: object, by = rest) => by.post(general(), { body }) as Promise<APIMessage>

beforeEach(async () => {
  discord = await discordDouble()
  rest = client()
})

afterEach(() => discord.close())

describe('the REST API', () => {
  it('wants the bot’s token, a library’s user agent, version 10 and JSON', async () => {
    const stranger = client().setToken('wrong')
    await expect(posts({ content: 'x' }, stranger)).rejects.toMatchObject({
      status: 401,
      rawError: { code: 0 },
    })
    const old = client({ version: '9' })
    await expect(posts({ content: 'x' }, old)).rejects.toMatchObject({ code: 50041 })
    const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' }
    const bare = await fetch(`${discord.url}/v10/users/@me`, { headers })
    expect([bare.status, await bare.json()]).toEqual([
      403,
      { message: 'internal network error', code: 40333 },
    ])
    const agent = { ...headers, 'user-agent': 'DiscordBot (https://example.org, 1)' }
    const text = await fetch(`${discord.url}/v10${general()}`, {
      method: 'POST',
      headers: { ...agent, 'content-type': 'text/plain' },
      body: '{}',
    })
    expect(await text.json()).toMatchObject({
      code: 50035,
      errors: { _errors: [{ code: 'CONTENT_TYPE_INVALID' }] },
    })
    const unknown = await fetch(`${discord.url}/v10/stickers`, { headers: agent })
    expect([unknown.status, await unknown.json()]).toEqual([404, { message: '404: Not Found', code: 0 }])
    expect(discord.complaints.splice(0)).toEqual([
      'a route that this double does not know: GET /api/v10/stickers',
    ])
  })

  it('keeps, edits, lists and deletes the bot’s messages, and leaves other people’s alone', async () => {
    const { mallory, ben } = discord.people
    const first = await posts({ content: '  One  ' })
    const second = await posts({ content: 'Two', message_reference: { message_id: first.id } })
    expect([first.content, second.message_reference?.message_id]).toEqual(['One', first.id])
    await rest.patch(`${general()}/${first.id}`, { body: { content: 'Uno' } })
    await mallory.types('Mine', {}, { channel: discord.channels.general })
    const list = (await rest.get(general(), { query: new URLSearchParams({ limit: '2' }) })) as APIMessage[]
    expect(list.map(({ content }) => content)).toEqual(['Mine', 'Two'])
    const theirs = `${general()}/${list[0]?.id}` as const
    await expect(rest.patch(theirs, { body: { content: 'Yours' } })).rejects.toMatchObject({ code: 50005 })
    await expect(rest.delete(theirs)).rejects.toMatchObject({ code: 50013 })
    await rest.delete(`${general()}/${first.id}`)
    await expect(rest.get(`${general()}/${first.id}`)).rejects.toMatchObject({ code: 10008 })
    expect(ben.sees()).toBe('— #general —\nSotto: Two\nmallory: Mine')
    expect(discord.export().map(({ what }) => what)).toEqual([
      'posted',
      'posted',
      'edited',
      'posted',
      'deleted',
    ])
    expect(JSON.stringify(discord.export())).toContain('"content":"Uno"')
  })

  it('refuses where the bot is no member, may not look or may not write', async () => {
    const { lobby, random, news, annaAndBen } = discord.channels
    const to = (id: string) => rest.post(Routes.channelMessages(id), { body: { content: 'x' } })
    await expect(to(lobby.id)).rejects.toMatchObject({ code: 50001, status: 403 })
    await expect(to(annaAndBen.id)).rejects.toMatchObject({ code: 50001 })
    await expect(to(random.id)).rejects.toMatchObject({ code: 50001 })
    await expect(to(news.id)).rejects.toMatchObject({ code: 50013 })
    await expect(to('123456789012345678')).rejects.toMatchObject({ code: 10003, status: 404 })
    await expect(rest.get(Routes.guild(discord.guilds.elsewhere.id))).rejects.toMatchObject({ code: 50001 })
    expect(await rest.get(Routes.guild(discord.guilds.acme.id))).toMatchObject({ name: 'Acme' })
    const { ben, felix } = discord.people
    expect(await rest.get(Routes.guildMember(discord.guilds.acme.id, ben.id))).toMatchObject({
      user: { id: ben.id },
    })
    await expect(rest.get(Routes.guildMember(discord.guilds.acme.id, felix.id))).rejects.toMatchObject({
      code: 10007,
    })
    expect(await rest.get(Routes.user(felix.id))).toMatchObject({ username: 'felix' })
    expect(await rest.get(Routes.currentApplication())).toMatchObject({ id: discord.applicationId })
    expect(await rest.get(Routes.user())).toMatchObject({ bot: true })
  })

  it('records who would be pinged, and honours allowed_mentions', async () => {
    const { ben, carla } = discord.people
    const content = `@everyone <@${ben.id}> <@${carla.id}>`
    await posts({ content })
    await posts({ content, allowed_mentions: { parse: [] } })
    await posts({ content, allowed_mentions: { users: [ben.id] } })
    const pinged = ben.reads(discord.channels.general).map((message) => message.pinged)
    expect(pinged).toEqual([['@everyone', 'ben', 'carla'], [], ['ben']])
  })

  it('answers the same nonce with the same message when asked to', async () => {
    const body = { content: 'Once', nonce: '42', enforce_nonce: true }
    expect((await posts(body)).id).toBe((await posts(body)).id)
    expect(discord.channels.general.messages.size).toBe(1)
  })

  it('shows to everybody what a bot posts as ephemeral outside an interaction', async () => {
    await posts({ content: 'Not private', flags: 64 })
    expect(discord.people.mallory.sees()).toContain('Sotto: Not private')
  })

  it('takes files beside payload_json, and the record has their bytes', async () => {
    const message = (await rest.post(general(), {
      body: { content: 'A file' },
      files: [{ name: 'key.txt', data: Buffer.from('canary-4711') }],
    })) as APIMessage
    expect(message.attachments).toMatchObject([{ filename: 'key.txt', size: 11 }])
    expect(discord.outboundWith('canary-4711')).toHaveLength(1)
  })

  it('finds a text in a call in any of its spellings', async () => {
    const secret = 'grüne "Ente"\n/?&'
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]
    for (const content of [...forms, 'harmless']) await posts({ content })
    expect(discord.outboundWith(secret)).toHaveLength(forms.length)
  })
})

describe('a scripted fault', () => {
  const applied = () => discord.channels.general.messages.size

  it.each([
    ['a reset before', resetBefore(), 0],
    ['a reset after', resetAfter(), 1],
    ['a 503 before', statusBefore(), 0],
    ['a 502 after', statusAfter(), 1],
    ['a code', fails(50007), 0],
    ['an invented code', fails(999_999), 0],
    ['an answer that is no JSON', garbledAfter(), 1],
  ] as const)('can be %s', async (_, fault, messages) => {
    discord.faults.next('message.create', fault)
    await expect(posts({ content: 'x' })).rejects.toThrow()
    expect(applied()).toBe(messages)
    expect(discord.callsTo('message.create')[0]).toMatchObject({ applied: messages === 1, fault })
    await posts({ content: 'x' })
  })

  it('is slow, or never answers', async () => {
    const hasty = client({ timeout: 60 })
    discord.faults.next('message.create', slowAnswer(5), slowAnswer(60_000), silentAfter())
    await posts({ content: 'x' })
    await expect(posts({ content: 'x' }, hasty)).rejects.toMatchObject({ name: 'AbortError' })
    await expect(posts({ content: 'x' }, hasty)).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(applied).toBe(3)
  })

  it('is a 429 with Retry-After, for a route or for all', async () => {
    const proud = client({ rejectOnRateLimit: () => true })
    discord.faults.next('message.create', rateLimited(3), rateLimited(7, true))
    await expect(posts({ content: 'x' }, proud)).rejects.toMatchObject({ retryAfter: 3_050, global: false })
    const other = client({ rejectOnRateLimit: () => true })
    await expect(posts({ content: 'x' }, other)).rejects.toMatchObject({ retryAfter: 7_050, global: true })
    discord.faults.next('message.create', rateLimited(0.01))
    await posts({ content: 'x' })
    expect(applied()).toBe(1)
  })

  it('hits the bodies it is meant for, for ever or so many times', async () => {
    discord.faults.always('message.create', fails(50013), ({ content }) => content === 'bad')
    discord.faults.when('message.create', ({ content }) => content === 'once', fails(50001))
    await posts({ content: 'good' })
    await expect(posts({ content: 'bad' })).rejects.toMatchObject({ code: 50013 })
    await expect(posts({ content: 'once' })).rejects.toMatchObject({ code: 50001 })
    await posts({ content: 'once' })
    discord.faults.clear('message.create')
    await posts({ content: 'bad' })
  })

  it('is an outage: refused or reset, until Discord is back at the same address', async () => {
    await discord.outage('refuse')
    await expect(posts({ content: 'x' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await discord.recover()
    await posts({ content: 'x' })
    await discord.outage('reset')
    await expect(posts({ content: 'x' })).rejects.toThrow()
    await discord.recover()
    await posts({ content: 'x' })
    expect(applied()).toBe(2)
  })
})

describe('limits without a script', () => {
  it('stop the sixth message in five seconds, and let it through after', async () => {
    await discord.close()
    let now = Date.now()
    discord = await discordDouble({ rateLimits: true, clock: { now: () => now } })
    const proud = client({ rejectOnRateLimit: () => true })
    for (let count = 0; count < 5; count++) await posts({ content: 'x' }, proud)
    const other = client({ rejectOnRateLimit: () => true })
    await expect(posts({ content: 'x' }, other)).rejects.toMatchObject({ global: false, limit: 5 })
    now += 5_000
    await posts({ content: 'x' }, client())
  })
})
