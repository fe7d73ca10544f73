import { afterEach, describe, expect, it } from 'vitest'
import { ownPause, ownTime } from '../../../doubles/run/own-time.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage | undefined

afterEach(() => on?.close())

const downs = (stage: Stage) => stage.log.filter(({ event }) => event === 'platform-down')

describe('without Discord', () => {
  it.each(['refuse', 'reset'] as const)(
    'a bot starts, tries again and says so once a minute (%s)',
    async (how) => {
      on = await stage()
      const { discord } = on
      await on.bot.stop(1_000)
      await discord.outage(how)
      const { bot } = await on.join()
      expect(bot.connected()).toBe(false)
      await on.logged((log) => log.find(({ event }) => event === 'platform-down'))
      for (let minute = 1; minute <= 3; minute++) {
        await discord.advance(60_000)
        expect(downs(on)).toHaveLength(1 + minute)
      }
      await discord.recover()
      await discord.advance(60_000)
      await on.logged((log) => log.find(({ event }) => event === 'platform-up'))
      expect(bot.connected()).toBe(true)
      const { ben } = discord.people
      await ben.types('/secrets')
      await ben.untilSees('no secrets on the way')
    },
  )

  it('a running bot comes back by itself', async () => {
    on = await stage()
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: 'x' })
    await discord.outage('refuse')
    await expect.poll(() => on?.bot.connected()).toBe(false)
    await discord.advance(15_000)
    await on.logged((log) => log.find(({ event }) => event === 'platform-down'))
    await discord.recover()
    await discord.connected()
    await on.logged((log) => log.find(({ event }) => event === 'platform-up'))
    await ben.presses('Reveal')
    await ben.untilSees('wipes itself')
  })

  it('a dropped, an invalid and a zombie connection are each taken up again without a word', async () => {
    on = await stage()
    const { discord } = on
    const { ben } = discord.people
    for (const act of ['drop', 'reconnect', 'invalidate'] as const) {
      const { identified, resumed } = discord.gateway
      discord.gateway[act](true)
      await discord.until(() => discord.gateway.identified + discord.gateway.resumed > identified + resumed)
      await expect.poll(() => on?.bot.connected()).toBe(true)
      await ben.types('/secrets')
      await ben.untilSees('no secrets on the way')
    }
    expect(downs(on)).toEqual([])
  })

  it('a bot with a wrong token goes on trying, and the process lives', async () => {
    on = await stage()
    await on.join({ token: 'wrong.token.here' })
    await on.logged((log) =>
      log.find((event) => event.event === 'platform-down' && event.code === 'TokenInvalid'),
    )
    expect(on.printed()).not.toContain('wrong.token')
  })

  it('a bot can be stopped while it is away', async () => {
    on = await stage()
    const { discord } = on
    await discord.outage('refuse')
    await expect.poll(() => on?.bot.connected()).toBe(false)
    const started = ownTime()
    expect(await on.bot.stop(5_000)).toBe(0)
    expect(ownTime() - started).toBeLessThan(4_000)
    await discord.recover()
    // Nothing can be awaited: it is that nothing comes. The library would be back after half a second.
    await ownPause(1_200)
    expect(discord.gateway.sessions).toHaveLength(0)
  })
})
