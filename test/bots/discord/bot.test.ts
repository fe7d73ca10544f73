import { afterEach, describe, expect, it } from 'vitest'
import { fails, slowAnswer } from '../../../doubles/discord/faults.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage

afterEach(() => on.close())

describe('a Discord bot', () => {
  it('registers its commands again after a minute when Discord would not', async () => {
    on = await stage()
    const { discord } = on
    await on.bot.stop(1_000)
    discord.world.commands.clear()
    discord.faults.next('commands.put', fails(50_001, 403))
    await on.join()
    await on.logged((log) => log.find((event) => 'call' in event && event.call === 'register-commands'))
    expect(discord.world.commands.size).toBe(0)
    await discord.advance(60_000)
    await discord.until(() => discord.world.commands.size > 0)
  })

  it('finishes what is under way before it stops, and hears nobody new', async () => {
    on = await stage()
    const { discord, bot } = on
    const { anna, ben } = discord.people
    const canary = `canary-${crypto.randomUUID()}`
    await sends(anna, { to: [ben], secret: canary })
    discord.faults.when('original.edit', (body) => JSON.stringify(body).includes(canary), slowAnswer(400))
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    expect(await bot.stop(60_000)).toBe(0)
    await anna.untilSees('opened your secret')
    expect(ben.sees()).not.toContain(canary)
    expect(bot.connected()).toBe(false)
    const { calls } = discord
    const before = calls.length
    await ben.messagesBot('hello')
    expect(discord.calls).toHaveLength(before)
  })

  it('says how much it had to leave unfinished', async () => {
    on = await stage()
    const { discord, bot } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: 'x' })
    discord.faults.next('original.edit', slowAnswer(60_000))
    await ben.presses('Reveal')
    await ben.untilSees('wipes itself')
    expect(await bot.stop(2_100)).toBe(1)
  })

  it('outlives payloads of any shape', async () => {
    on = await stage()
    const { discord } = on
    const { ben } = discord.people
    const user = { id: ben.id }
    for (const d of [{}, { type: 2, user }, { type: 3, user, data: {} }, { type: 5, user, data: null }]) {
      discord.world.dispatch({ t: 'INTERACTION_CREATE', d })
    }
    await ben.types('/secrets')
    await ben.untilSees('no secrets on the way')
    expect(on.log.filter(({ event }) => event === 'malformed')).toHaveLength(3)
  })

  it('answers a button that it does not know, and notes it without its text', async () => {
    on = await stage()
    const { discord } = on
    const { ben } = discord.people
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    const [message] = ben.screen.messages(ben.dm)
    if (!message) throw new Error('no message')
    await discord.forgePress(ben, 'canary-button', message)
    await ben.untilSees('too old or damaged')
    expect(on.log).toContainEqual({ event: 'malformed', platform: 'discord', what: 'button' })
    expect(on.printed()).not.toContain('canary-button')
  })

  it('refuses a button with an id that is none of Discord’s as one that it does not know', async () => {
    on = await stage()
    const { discord } = on
    const { ben } = discord.people
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    const [message] = ben.screen.messages(ben.dm)
    if (!message) throw new Error('no message')
    const token = `c1.${'A'.repeat(43)}`
    const forged = ['c1:new:abc', 'c1:seal-typed:abc', `c1:open:${token}:abc:1:u`]
    for (const [at, customId] of forged.entries()) {
      await discord.forgePress(ben, customId, message)
      await ben.until(() => ben.sees().split('too old or damaged').length > at + 1)
      expect(ben.seesModal()).toBeUndefined()
    }
    const malformed = { event: 'malformed', platform: 'discord', what: 'button' }
    expect(on.log.filter(({ event }) => event !== 'platform-up')).toEqual(forged.map(() => malformed))
  })

  it('asks for no privileged intent and for messages in its own conversations alone', async () => {
    on = await stage()
    const [session] = on.discord.gateway.sessions
    expect(session?.intents).toBe((1 << 0) | (1 << 12))
  })

  it('opens a form within the time there is, for a hundred people at once', async () => {
    on = await stage()
    const crowd = Array.from({ length: 100 }, (_, index) => on.discord.addPerson(`person${index}`))
    const outcomes = await Promise.all(
      crowd.map((person) => person.types('/secret', {}, { channel: on.discord.channels.general })),
    )
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
    expect(crowd.every((person) => person.seesModal()?.title === 'Send a secret')).toBe(true)
  })
})
