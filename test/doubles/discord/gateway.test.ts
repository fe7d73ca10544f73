import { once } from 'node:events'
import type { Client, Message } from 'discord.js'
import {
  GatewayCloseCodes as Close,
  GatewayIntentBits as Intent,
  GatewayOpcodes as Op,
} from 'discord-api-types/v10'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'
import type { Settings } from '../../../doubles/discord/settings.ts'
import { shardOf } from '../../../doubles/discord/snowflake.ts'
import { ready, tinyBot } from './tiny-bot.ts'

let discord: DiscordDouble
const bots: Client[] = []
const sockets: WebSocket[] = []

async function start(settings: Settings = {}): Promise<void> {
  discord = await discordDouble(settings)
}

/** discord.js itself waits 5 s between two identifies; these tests do not. */
const impatient = { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) }

async function joins(options: Parameters<typeof tinyBot>[1] = {}): Promise<Client> {
  const bot = tinyBot(discord, { ws: impatient, ...options })
  bots.push(bot)
  await ready(bot, discord.token)
  return bot
}

/** What a bot hears of direct messages from now on. */
function hears(bot: Client): string[] {
  const heard: string[] = []
  bot.on('messageCreate', (message: Message) => heard.push(message.content))
  return heard
}

afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.destroy()))
  for (const socket of sockets.splice(0)) socket.terminate()
  await discord.close()
})

describe('the gateway', () => {
  it('greets, acknowledges heartbeats, and closes a connection that sends none', async () => {
    await start({ heartbeatMs: 1_000 })
    const bot = await joins()
    await new Promise<void>((resolve) => {
      bot.on('debug', (line) => line.includes('Heartbeat acknowledged') && resolve())
    })
    expect((await once(raw(), 'close'))[0]).toBe(Close.SessionTimedOut)
    expect(discord.gateway).toMatchObject({ identified: 1, resumed: 0 })
  })

  it('lets a bot whose heartbeats go unanswered resume, and delivers what it missed', async () => {
    await start({ heartbeatMs: 1_000 })
    const bot = await joins()
    const heard = hears(bot)
    discord.gateway.acknowledges = false
    await once(bot, 'shardReconnecting')
    discord.gateway.acknowledges = true
    await discord.people.ben.messagesBot('while you were away')
    await once(bot, 'shardResume')
    expect(heard).toEqual(['while you were away'])
    expect(discord.gateway).toMatchObject({ identified: 1, resumed: 1 })
  })

  it.each([
    ['op 7', () => discord.gateway.reconnect()],
    ['a cut', () => discord.gateway.drop()],
    ['code 4000', () => discord.gateway.close(Close.UnknownError)],
  ] as const)('lets a bot resume after %s without losing or repeating anything', async (_, disturb) => {
    await start()
    const bot = await joins()
    const heard = hears(bot)
    await discord.people.ben.messagesBot('before')
    const resumed = once(bot, 'shardResume')
    disturb()
    await once(bot, 'shardReconnecting')
    await discord.people.ben.messagesBot('between')
    await resumed
    await discord.people.ben.messagesBot('after')
    const last = new Promise<void>((resolve) => {
      bot.on('messageCreate', (message) => message.content === 'last' && resolve())
    })
    await discord.people.ben.messagesBot('last')
    await last
    expect(heard).toEqual(['before', 'between', 'after', 'last'])
    expect(discord.gateway).toMatchObject({ identified: 1, resumed: 1 })
  })

  it('makes a bot identify anew when its session is invalid or forgotten', async () => {
    await start()
    const bot = await joins()
    const again = once(bot, 'shardReady')
    discord.gateway.invalidate(false)
    await again
    expect(discord.gateway).toMatchObject({ identified: 2, resumed: 0 })
    const third = once(bot, 'shardReady')
    discord.gateway.drop()
    await discord.until(() => discord.gateway.sessions.length === 0)
    discord.gateway.forget()
    await third
    expect(discord.gateway).toMatchObject({ identified: 3, resumed: 0 })
  })

  it.each([
    [Intent.Guilds | Intent.MessageContent, Close.DisallowedIntents],
    [Intent.Guilds | Intent.GuildMembers, Close.DisallowedIntents],
    [1 << 5, undefined],
    [1 << 30, Close.InvalidIntents],
  ])('judges intents %i with %s', async (intents, code) => {
    await start()
    const socket = raw()
    const closed = once(socket, 'close').then(([closedWith]) => closedWith)
    const isReady = once(socket, 'READY').then(() => undefined)
    await once(socket, 'hello')
    identify(socket, { intents })
    expect(await Promise.race([closed, isReady])).toBe(code)
  })

  it.each([
    ['a wrong token', { token: 'wrong' }, Close.AuthenticationFailed],
    ['a shard that is none', { shard: [2, 2] }, Close.InvalidShard],
    ['no properties', { properties: null }, Close.DecodeError],
  ] as const)('refuses %s', async (_, over, code) => {
    await start()
    const socket = raw()
    await once(socket, 'hello')
    identify(socket, over)
    expect((await once(socket, 'close'))[0]).toBe(code)
  })

  it('refuses what is no payload, an unknown op, a second identify, an early update and version 9', async () => {
    await start()
    const closes = async (...payloads: string[]) => {
      const socket = raw()
      await once(socket, 'hello')
      const closed = once(socket, 'close')
      for (const payload of payloads) socket.send(payload)
      return (await closed)[0]
    }
    const hello = JSON.stringify({ op: Op.Identify, d: identity() })
    expect(await closes('{')).toBe(Close.DecodeError)
    expect(await closes('{"op":99}')).toBe(Close.UnknownOpcode)
    expect(await closes(hello, hello)).toBe(Close.AlreadyAuthenticated)
    expect(await closes('{"op":3,"d":{}}')).toBe(Close.NotAuthenticated)
    expect(await closes(...Array.from({ length: 121 }, () => '{"op":1,"d":null}'))).toBe(Close.RateLimited)
    expect(await closes(JSON.stringify({ op: Op.Resume, d: { token: 'x', session_id: 'x', seq: 1 } }))).toBe(
      Close.AuthenticationFailed,
    )
    const old = raw('v=9&encoding=json')
    expect((await once(old, 'close'))[0]).toBe(Close.InvalidAPIVersion)
  })

  it('tells a session only what its intents ask for, and guards the text of others', async () => {
    await start({ privilegedIntents: Intent.MessageContent })
    const { general } = discord.channels
    const texts = async (intents: number, count: number) => {
      const socket = raw()
      await once(socket, 'hello')
      identify(socket, { intents })
      await once(socket, 'READY')
      const heard: string[] = []
      const all = new Promise<string[]>((resolve) => {
        socket.on('MESSAGE_CREATE', ({ content }: { content: string }) => {
          if (heard.push(content) === count) resolve(heard)
        })
      })
      return { heard, all }
    }
    const nothing = await texts(Intent.Guilds, 1)
    const blind = await texts(Intent.Guilds | Intent.GuildMessages, 2)
    const reader = await texts(Intent.GuildMessages | Intent.MessageContent | Intent.DirectMessages, 3)
    const { anna } = discord.people
    await anna.types('to all', {}, { channel: general })
    await anna.types(`<@${discord.bot.id}> hey`, {}, { channel: general })
    await anna.types('not for the bot', {}, { channel: discord.channels.random })
    await anna.messagesBot('in private')
    expect(await reader.all).toEqual(['to all', `<@${discord.bot.id}> hey`, 'in private'])
    expect(await blind.all).toEqual(['', `<@${discord.bot.id}> hey`])
    expect(nothing.heard).toEqual([])
  })

  it('spreads guilds over shards, and gives two connections on one shard everything twice', async () => {
    await start({ shards: 2 })
    const bot = await joins({ shards: 'auto' })
    expect(bot.ws.shards.size).toBe(2)
    expect(discord.gateway.sessions.map(({ shard }) => shard)).toEqual([
      [0, 2],
      [1, 2],
    ])
    expect(bot.guilds.cache.get(discord.guilds.acme.id)?.shardId).toBe(shardOf(discord.guilds.acme.id, 2))
    const heard = hears(bot)
    const twin = await joins({ shards: [0], shardCount: 2 })
    const twinHeard = hears(twin)
    const both = Promise.all([once(bot, 'messageCreate'), once(twin, 'messageCreate')])
    await discord.people.ben.messagesBot('hi')
    await both
    expect([heard, twinHeard]).toEqual([['hi'], ['hi']])
  })

  it('counts identifies per rate-limit key when asked to', async () => {
    await start({ maxConcurrency: 1 })
    const first = raw()
    await once(first, 'hello')
    identify(first)
    await once(first, 'READY')
    const second = raw()
    await once(second, 'hello')
    identify(second)
    const [invalid] = await once(second, 'invalid')
    expect(invalid).toBe(false)
  })

  it('tells a connected bot of servers that it joins and leaves, and of new channels', async () => {
    await start()
    const bot = await joins()
    const created = once(bot, 'guildCreate')
    discord.setBot(discord.guilds.elsewhere, true)
    expect((await created)[0].name).toBe('Elsewhere')
    const channel = once(bot, 'channelCreate')
    discord.addChannel(discord.guilds.acme, 'new')
    expect((await channel)[0].name).toBe('new')
    const left = once(bot, 'guildDelete')
    discord.setBot(discord.guilds.elsewhere, false)
    expect((await left)[0].name).toBe('Elsewhere')
  })
})

function raw(query = 'v=10&encoding=json'): WebSocket {
  const socket = new WebSocket(`${discord.url.replace('http', 'ws').replace('/api', '/')}?${query}`)
  sockets.push(socket)
  socket.on('message', (data) => {
    const { op, t, d } = JSON.parse(data.toString())
    if (op === Op.Hello) socket.emit('hello', d)
    else if (op === Op.InvalidSession) socket.emit('invalid', d)
    else if (op === Op.Dispatch) socket.emit(t, d)
  })
  return socket
}

function identity(over: object = {}): object {
  const properties = { os: 'linux', browser: 'test', device: 'test' }
  return { token: discord.token, properties, intents: Intent.Guilds, shard: [0, 1], ...over }
}

function identify(socket: WebSocket, over: object = {}): void {
  socket.send(JSON.stringify({ op: Op.Identify, d: identity(over) }))
}
