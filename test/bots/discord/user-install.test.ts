import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Channel } from '../../../doubles/discord/entities.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  on = await stage()
})

afterEach(() => on.close())

/** Where anna's own installation works and the bot is no member. */
const places = ['annaAndBen', 'group', 'lobby'] as const

describe('where only the sender has installed the application', () => {
  it.each(places)('%s: a card for the first person opens once, and loses its button', async (name) => {
    const { discord } = on
    const { anna, ben } = discord.people
    const channel: Channel = discord.channels[name]
    expect(await sends(anna, { secret: canary, in: channel })).toContain('Sealed for the first person')
    expect(discord.callsTo('followup.create')).toHaveLength(1)
    await ben.presses('Reveal', { in: channel })
    await ben.untilSees(canary)
    await ben.untilSees(/Opened by @ben · /)
    expect(ben.seesButton('Reveal')).toBe(false)
    expect(ben.reads(channel).filter(({ codeBlocks }) => codeBlocks.includes(canary))).toMatchObject([
      { onlyYou: true, pinged: [] },
    ])
    expect(
      anna
        .reads(channel)
        .map(({ text }) => text)
        .join(),
    ).not.toContain(canary)
    await anna.untilSees('opened your secret')
    await discord.advance(60_000)
    await ben.until(() => !ben.sees().includes(canary))
    expect(discord.callsTo('message.edit').filter(({ path }) => path.includes(channel.id))).toEqual([])
  })

  it('a passphrase is asked for, and a wrong one leaves the card as it is', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    const channel = discord.channels.annaAndBen
    await sends(anna, { secret: canary, passphrase: 'the usual place', in: channel })
    for (const words of ['elsewhere', 'the usual place']) {
      await ben.presses('Reveal', { in: channel })
      await ben.untilModal('Open a secret')
      await ben.fills('Passphrase', words)
      await ben.submits()
      await ben.untilSees(words === 'elsewhere' ? '9 tries left' : canary)
      if (words === 'elsewhere') expect(ben.sees()).toContain('Press Reveal on the card for another try.')
    }
    await ben.untilSees(/Opened by @ben/)
  })

  it('the second person is told that it is gone', async () => {
    const { discord } = on
    const { anna, ben, carla } = discord.people
    const channel = discord.channels.group
    await sends(anna, { secret: canary, in: channel })
    const message = ben.reads(channel)[0]
    await ben.presses('Reveal', { in: channel })
    await ben.untilSees(canary)
    await ben.untilSees(/Opened by @ben/)
    const card = channel.messages.get(message?.id ?? '')
    const press = discord.world.history.find((entry) => entry.message === card)?.version?.components
    const customId = /"custom_id":"(c1:open[^"]+)"/.exec(JSON.stringify(press))?.[1] ?? ''
    if (!card) throw new Error('the card is not there')
    await discord.forgePress(carla, customId, card)
    await carla.untilSees('It is gone')
    expect(discord.outboundWith(canary).filter(({ privateTo }) => privateTo !== ben.id)).toEqual([])
  })

  it('a card for somebody whom the bot cannot write to stands there, for that person only', async () => {
    const { discord } = on
    const { anna, ben, felix } = discord.people
    const { lobby } = discord.channels
    const answer = await sends(anna, { to: [felix], secret: canary, in: lobby })
    expect(answer).toContain('@felix takes no messages from me')
    await ben.presses('Reveal', { in: lobby })
    await ben.untilSees('not for you')
    await felix.presses('Reveal', { in: lobby })
    await felix.untilSees(canary)
    await felix.untilSees(/Opened · /)
    expect(felix.seesButton('Reveal')).toBe(false)
  })

  it('expiry is checked at the click, and the card says so then', async () => {
    let now = Date.now()
    await on.close()
    const { sqlite } = await import('../../../doubles/run/stores.ts')
    const opened = await sqlite.open(() => now)
    on = await stage({ opened })
    const { anna, ben } = on.discord.people
    const channel = on.discord.channels.annaAndBen
    await sends(anna, { to: [ben], secret: canary, in: channel })
    expect(ben.seesButton('Reveal', 'dm')).toBe(true)
    ben.user.dmsClosed = true
    await sends(anna, { to: [ben], secret: canary, in: channel })
    now += 3 * 24 * 3_600_000 + 1
    for (let round = 0; round < 10; round++) await on.actors[0]?.notices.round()
    expect(ben.seesButton('Reveal', channel)).toBe(true)
    await ben.presses('Reveal', { in: channel })
    await ben.untilSees('Expired unopened')
    await ben.until(() => !ben.seesButton('Reveal', channel))
    expect(on.discord.outboundWith(canary)).toEqual([])
    await on.actors[0]?.bot.stop(1_000)
    await opened.close()
  })

  it('nothing is kept where a server forces the answers of people’s own applications to be private', async () => {
    const { discord } = on
    const { anna } = discord.people
    const { lobby } = discord.channels
    discord.guilds.elsewhere.externalApps = false
    expect(await sends(anna, { secret: canary, in: lobby })).toContain('Nothing was kept')
    await discord.idle()
    expect(anna.reads(lobby).filter(({ buttons }) => buttons.includes('Reveal'))).toEqual([])
    await anna.types('/secrets')
    await anna.untilSees('no secrets on the way')
  })

  it('what goes beyond five follow-ups is reported and not kept', async () => {
    const { discord } = on
    const { anna } = discord.people
    const crowd = Array.from({ length: 7 }, (_, index) =>
      discord.addPerson(`guest${index}`, { guild: discord.guilds.elsewhere }),
    )
    const answer = await sends(anna, { to: crowd, secret: canary, in: discord.channels.lobby })
    expect(answer.match(/I put the card here instead/g)).toHaveLength(5)
    expect(answer.match(/Nothing was kept for them/g)).toHaveLength(2)
  })
})

describe('where the bot is a member without access', () => {
  it.each(['random', 'news'] as const)('#%s: the card goes through the interaction', async (name) => {
    const { discord } = on
    const { anna, carla } = discord.people
    const channel: Channel = discord.channels[name]
    await sends(anna, { secret: canary, in: channel })
    await carla.presses('Reveal', { in: channel })
    await carla.untilSees(canary)
    await carla.untilSees(/Opened by @carla/)
  })
})
