import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type Fault,
  fails,
  garbledAfter,
  rateLimited,
  resetAfter,
  resetBefore,
  silentAfter,
  silentBefore,
  statusAfter,
  statusBefore,
} from '../../../doubles/discord/faults.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  on = await stage()
})

afterEach(() => on.close())

const hasCanary = (body: unknown) => JSON.stringify(body).includes(canary)

describe('the update that shows a secret', () => {
  const doubtful: readonly [string, Fault][] = [
    ['the connection dies before', resetBefore()],
    ['the connection dies after', resetAfter()],
    ['a 502 after', statusAfter(502)],
    ['a 503 before', statusBefore(503)],
    ['an answer that is no JSON', garbledAfter()],
    ['a code that nobody knows', fails(99_999)],
    ['already acknowledged', fails(40_060)],
  ]

  it.each(doubtful)(
    'is made three times on the same message when it meets %s, and never elsewhere',
    async (_, fault) => {
      const { discord, log } = on
      const { anna, ben } = discord.people
      await sends(anna, { to: [ben], secret: canary })
      discord.faults.always('original.edit', fault, hasCanary)
      await ben.presses('Reveal')
      await anna.untilSees('may have been shown')
      const shown = discord.outboundWith(canary)
      expect(shown).toHaveLength(3)
      expect(new Set(shown.map(({ path }) => path)).size).toBe(1)
      expect(log.filter(({ event }) => event === 'unconfirmed')).toHaveLength(1)
      await ben.untilSees('It may have been shown')
      expect(ben.seesButton('Reveal')).toBe(false)
      expect(on.printed()).not.toContain(canary)
    },
  )

  const sure: readonly [string, Fault][] = [
    ['too many requests', rateLimited(30)],
    ['an interaction token that is over', fails(50_027, 401)],
    ['an unknown webhook', fails(10_015, 404)],
    ['a message that is gone', fails(10_008, 404)],
  ]

  it.each(sure)(
    'leaves the secret sealed when it meets %s, and a later press shows it once',
    async (_, fault) => {
      const { discord } = on
      const { anna, ben } = discord.people
      await sends(anna, { to: [ben], secret: canary })
      discord.faults.when('original.edit', hasCanary, fault)
      await ben.presses('Reveal')
      await ben.untilSees('still sealed')
      expect(ben.sees()).not.toContain(canary)
      await ben.presses('Reveal')
      await ben.untilSees(canary)
      await anna.untilSees('opened your secret')
      expect(discord.outboundWith(canary)).toHaveLength(2)
    },
  )

  it('is taken to be made when a refusal follows a doubt', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    discord.faults.when('original.edit', hasCanary, resetAfter())
    discord.faults.always('original.edit', fails(10_008, 404), hasCanary)
    await ben.presses('Reveal')
    await anna.untilSees('may have been shown')
    expect(ben.seesButton('Reveal')).toBe(false)
  })

  it('is over with its lease when no answer comes', async () => {
    await on.close()
    on = await stage({ leaseMs: 5_500 })
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    discord.faults.always('original.edit', silentAfter(), hasCanary)
    await ben.presses('Reveal')
    await anna.untilSees('may have been shown')
    expect(discord.outboundWith(canary)).toHaveLength(1)
  })

  it('shows what 4,000 characters and line breaks at both ends were, and says what cannot be seen', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    const secret = `\n\n${'-----BEGIN KEY-----\n'.repeat(20)}`
    const long = `${secret}${'x'.repeat(4_000 - secret.length - 1)}\n`
    expect(long).toHaveLength(4_000)
    await sends(anna, { to: [ben], secret: long })
    await ben.presses('Reveal')
    await ben.untilSees('BEGIN KEY')
    const shown = ben.reads().at(-1)
    expect(shown?.codeBlocks).toEqual([long.replace(/^\n+|\n+$/g, '')])
    expect(shown?.text).toContain('2 at its beginning, 1 at its end')
    expect(discord.outboundWith('x'.repeat(3_000)).map(({ route }) => route)).toEqual(['original.edit'])
  })
})

describe('the private message', () => {
  const broken: readonly [string, Fault][] = [
    ['later than three seconds', fails(10_062, 404)],
    ['acknowledged before', fails(40_060)],
    ['an unknown refusal', fails(99_999)],
    ['a connection that dies before', resetBefore()],
    ['a connection that dies after', resetAfter()],
    ['no answer', silentBefore()],
    ['too many requests', rateLimited(30)],
  ]

  it.each(broken)('has to be there before anything is consumed: %s', async (_, fault) => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    discord.faults.next('callback', fault)
    const before = discord.callsTo('callback').length
    void ben.presses('Reveal')
    await on.logged((log) => log.find((event) => 'call' in event && event.call === 'prepare'))
    expect(discord.outboundWith(canary)).toEqual([])
    // Sent once: the library would have sent it four times.
    expect(discord.callsTo('callback')).toHaveLength(before + 1)
    expect(on.log.filter((event) => 'call' in event && event.call === 'prepare')).toHaveLength(1)
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    expect(discord.outboundWith(canary)).toHaveLength(1)
  })

  it('says that nothing was done when only the answer to its acknowledgement was lost', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    discord.faults.next('callback', resetAfter())
    await ben.presses('Reveal')
    await ben.untilSees('so nothing was done')
    await ben.presses('Reveal')
    await ben.untilSees(canary)
  })

  it('is wiped by its reader at once, and deleted after a minute', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary, in: discord.channels.general })
    await ben.presses('Reveal')
    await ben.untilSees('wipes itself')
    await ben.presses('I have it, wipe now')
    await ben.untilSees('Wiped.')
    expect(ben.sees()).not.toContain(canary)
    await discord.advance(60_000)
    await ben.until(() => !ben.sees().includes('Wiped.'))
    await discord.idle()
    expect(discord.callsTo('original.delete')).toHaveLength(1)
    expect(discord.callsTo('message.delete')).toEqual([])
  })

  it('is deleted even when the first attempt fails', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    discord.faults.next('original.delete', statusBefore(503), resetBefore())
    await discord.idle()
    await discord.advance(60_000)
    await ben.until(() => !ben.sees().includes(canary))
  })

  it('does not outlive the process that showed it', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    expect(await on.bot.stop(2_500)).toBe(0)
    expect(ben.sees()).not.toContain(canary)
  })
})
