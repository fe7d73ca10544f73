import { Client, Events, GatewayDispatchEvents, GatewayIntentBits, Partials } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fails, silentBefore, statusBefore } from '../../../doubles/discord/faults.ts'
import { post, silence } from '../../../doubles/discord/message.ts'
import { words } from '../../../src/bots/words.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  on = await stage()
})

afterEach(() => on.close())

describe('what is typed to the bot', () => {
  it('is answered, the very first message too, and neither kept nor repeated', async () => {
    const { ben } = on.discord.people
    await ben.messagesBot(canary)
    await ben.untilSees('Shall I seal that for someone?')
    expect(ben.reads().at(-1)?.buttons).toEqual([
      'Seal what I just typed',
      'New secret',
      'My secrets',
      'Help',
    ])
    expect(ben.seesMessages()).toContain('A bot cannot delete your message')
    expect(on.discord.outboundWith(canary)).toEqual([])
    expect(on.printed()).not.toContain(canary)
    expect((await on.opened.dump()).includes(canary)).toBe(false)
  })

  it('would not be answered at first without the partial channels (counter-example)', async () => {
    const { discord } = on
    await on.bot.stop(1_000)
    const heard = async (partials: Partials[], name: string) => {
      const client = new Client({
        intents: [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages],
        partials,
        rest: { api: discord.url },
      })
      const messages: string[] = []
      client.on(Events.MessageCreate, ({ content }) => messages.push(content))
      const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve))
      await client.login(discord.token)
      await ready
      const [first, second] = [discord.addPerson(name), discord.addPerson(`${name}2`)]
      await first.messagesBot('first')
      await second.messagesBot('second')
      // The gateway keeps the order: when this arrives, whatever was heard has been heard.
      const seen = new Promise((resolve) => client.ws.once(GatewayDispatchEvents.ChannelUpdate, resolve))
      discord.world.dispatch({ t: 'CHANNEL_UPDATE', d: { id: '1' } })
      await seen
      await client.destroy()
      return messages
    }
    expect(await heard([], 'without')).toEqual([])
    expect(await heard([Partials.Channel], 'with')).toEqual(['first', 'second'])
  })

  it('is put into the form when its author presses, and into no other call', async () => {
    const { discord } = on
    const { ben, carla } = discord.people
    await ben.messagesBot(canary)
    await ben.untilSees('Shall I seal that')
    await ben.presses('Seal what I just typed')
    const modal = await ben.untilModal('Send a secret')
    expect(modal.text).toContain(canary)
    expect(discord.outboundWith(canary).map(({ route }) => route)).toEqual(['callback'])
    await ben.fills('To whom?', [carla])
    await ben.submits()
    await ben.untilSees('Sealed for @carla')
    await carla.presses('Reveal')
    await carla.untilSees(canary)
  })

  it.each([
    ['late', silentBefore()],
    ['refused', statusBefore(503)],
  ])(
    'leaves the form empty when fetching it is %s, which the form says, and it opens in time',
    async (_, fault) => {
      const { discord } = on
      const { ben } = discord.people
      await ben.messagesBot(canary)
      await ben.untilSees('Shall I seal that')
      discord.faults.next('message.get', fault)
      const { ms, ok } = await ben.presses('Seal what I just typed')
      expect(ok).toBe(true)
      expect(ms).toBeLessThan(3_000)
      const { text } = await ben.untilModal('Send a secret')
      expect(text).not.toContain(canary)
      expect(text).toContain(words.compose.typedLost)
    },
  )

  it('is not the bot’s own private message, which the gateway brings back to it', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    const echoes = discord.sent.filter(
      ({ t, d }) => t.startsWith('MESSAGE_') && JSON.stringify(d).includes(canary),
    )
    expect(echoes.length).toBeGreaterThan(0)
    await discord.idle()
    expect(ben.sees()).not.toContain('Shall I seal that')
    expect(discord.outboundWith(canary)).toHaveLength(1)
  })

  it('is not answered when another bot wrote it', async () => {
    const { discord } = on
    const robot = discord.addPerson('robot', { bot: true })
    const { ben } = discord.people
    const channel = discord.world.dmWith(robot.user)
    post(discord.world, { channel, author: robot.user }, { ...silence, content: 'beep' })
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    expect(robot.reads(channel)).toHaveLength(1)
  })

  it('is answered at the next delivery when the first answer was not posted', async () => {
    const { discord } = on
    const { ben } = discord.people
    discord.faults.next('message.create', fails(20_028, 403))
    await ben.messagesBot('hello')
    const typed = discord.lastSent('MESSAGE_CREATE')
    await on.logged((log) => log.find((event) => 'call' in event && event.call === 'answer'))
    discord.replay(typed)
    await ben.untilSees('Shall I seal that')
    discord.replay(typed)
    await discord.idle()
    expect(ben.sees().match(/Shall I seal that/g)).toHaveLength(1)
  })

  it('is answered even when the store is down', async () => {
    await on.close()
    on = await stage()
    const { ben } = on.discord.people
    await on.opened.store.close()
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
  })
})

describe('the buttons beside it', () => {
  it('open an empty form, the list and help, each for this person alone', async () => {
    const { ben } = on.discord.people
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    await ben.presses('New secret')
    const modal = await ben.untilModal('Send a secret')
    expect(modal.text).toContain('Each of them gets a copy')
    ben.closesModal()
    await ben.presses('My secrets')
    await ben.untilSees('no secrets on the way')
    await ben.presses('Help', { in: 'dm' })
    await ben.untilSees('What it cannot do')
    const answers = ben.reads().filter(({ text }) => /no secrets|What it cannot/.test(text))
    expect(answers.every(({ onlyYou }) => onlyYou)).toBe(true)
  })

  it('explain in the help the commands that are there, and no others', async () => {
    const { ben } = on.discord.people
    await ben.messagesBot('hello')
    await ben.until(() => ben.seesButton('Help'))
    await ben.presses('Help', { in: 'dm' })
    const help = await ben.untilSees('What it cannot do')
    const registered = [...on.discord.world.commands.values()].map(({ name }) => `/${name}`)
    const named = help.match(/\/[a-z-]+/g) ?? []
    expect(named).toContain('/secret-request')
    expect(registered).toEqual(expect.arrayContaining(named))
  })
})
