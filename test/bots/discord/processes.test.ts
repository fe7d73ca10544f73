import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stores } from '../../../doubles/run/stores.ts'
import { type Stage, sends, stage } from './stage.ts'

describe.each(stores)('several processes over $name', (store) => {
  let on: Stage
  let canary: string

  beforeEach(async () => {
    canary = `canary-${crypto.randomUUID()}`
    on = await stage({ on: store })
  })

  afterEach(() => on.close())

  /** Two more processes on the same account, each with its own handle on the store. */
  async function joined(): Promise<void> {
    for (let process = 0; process < 2; process++) await on.join({ store: on.opened.another() })
    await on.discord.connected(3)
  }

  it('send, answer and show once what all of them hear', async () => {
    await joined()
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await discord.idle()
    expect(ben.reads().filter(({ buttons }) => buttons.includes('Reveal'))).toHaveLength(1)
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    await discord.idle()
    expect(discord.outboundWith(canary)).toHaveLength(1)
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    await discord.idle()
    expect(ben.sees().match(/Shall I seal that/g)).toHaveLength(1)
    expect(anna.sees().match(/opened your secret/g)).toHaveLength(1)
  })

  it('do nothing again when everything is delivered five times more, at once and a minute later', async () => {
    await joined()
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary, passphrase: 'the usual place' })
    await ben.presses('Reveal')
    await ben.fills('Passphrase', 'the usual place')
    await ben.submits()
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    await discord.idle()
    const acts = discord.sent.filter(
      ({ t, d }) =>
        t === 'INTERACTION_CREATE' || (t === 'MESSAGE_CREATE' && JSON.stringify(d).includes('"hello"')),
    )
    expect(acts.length).toBeGreaterThanOrEqual(5)
    const written = () =>
      discord.calls.filter(({ applied, route }) => applied && !/^(gateway|user)$/.test(route)).length
    const before = written()
    for (const ms of [0, 60_000]) {
      await discord.advance(ms)
      await discord.idle()
      const after = written()
      for (let time = 0; time < 5; time++) for (const act of acts) discord.replay(act)
      await on.logged((log) => log.filter((event) => 'code' in event && event.code === '40060').length >= 15)
      await discord.idle()
      expect(written()).toBe(after)
    }
    expect(written()).toBeLessThanOrEqual(before + 1)
    expect(discord.outboundWith(canary)).toHaveLength(1)
  })

  it('would answer what is typed more than once if the store let everyone be first (counter-example)', async () => {
    for (let process = 0; process < 2; process++) {
      const store = on.opened.another()
      await on.join({ store: { ...store, first: async () => true } })
    }
    const { ben } = on.discord.people
    await ben.messagesBot('hello')
    await ben.until(() => (ben.sees().match(/Shall I seal that/g)?.length ?? 0) > 1)
  })

  it('are found out when they share a shard, in one line', async () => {
    await on.join({ store: on.opened.another() })
    const { discord } = on
    await discord.connected(2)
    const { ben } = discord.people
    for (let time = 0; time < 4; time++) {
      await ben.types('/secrets')
      await ben.untilSees('no secrets on the way')
    }
    await on.logged((log) => log.find(({ event }) => event === 'shard-shared'))
    await discord.idle()
    const lines = on.log.filter(({ event }) => event === 'shard-shared')
    // At most one line from each of the two, whichever of them was the slower.
    expect(lines.length).toBeLessThanOrEqual(2)
    expect(lines[0]).toEqual({ event: 'shard-shared', platform: 'discord', shard: 0 })
  })

  it('finish what another began: the notice, and the reveal of what it sent', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await on.bot.stop(1_000)
    const { notices } = await on.join({ store: on.opened.another() })
    await discord.connected()
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    await notices.round()
    expect(anna.sees().match(/opened your secret/g)).toHaveLength(1)
  })
})

describe('shards', () => {
  it('are as many as Discord recommends, or as the operator says', async () => {
    const on = await stage({ settings: { shards: 3 } })
    await on.discord.connected(3)
    expect(on.discord.gateway.sessions.map(({ shard }) => shard)).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ])
    expect(on.bot.connected()).toBe(true)
    const { ben } = on.discord.people
    await ben.types('/secrets', {}, { channel: on.discord.channels.general })
    await ben.untilSees('no secrets on the way')
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    await on.close()
    const fixed = await stage({ env: { DISCORD_SHARDS: '2' } })
    await fixed.discord.connected(2)
    expect(fixed.discord.gateway.sessions).toHaveLength(2)
    await fixed.close()
  })
})
