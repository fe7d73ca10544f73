import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Person } from '../../../doubles/discord/person.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string
let broken: Partial<Conversation>

const sorry = 'Something went wrong here.'

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  broken = {}
  // Looked up at each call, so that it can break when everything is in place.
  on = await stage({
    twist: (conversation) =>
      new Proxy(conversation, {
        get: (whole, name) => ({ ...whole, ...broken })[name as keyof Conversation],
      }),
  })
})

afterEach(() => on.close())

function fails(): never {
  throw new TypeError(canary)
}

/** The one answer, seen by that person alone, and nothing that still waits. */
async function readsIt(person: Person, what: string, channel = person.dm): Promise<void> {
  await person.untilSees(sorry)
  await on.discord.idle()
  expect(person.reads(channel).filter(({ text }) => text.includes(sorry))).toMatchObject([{ onlyYou: true }])
  expect(person.sees()).not.toMatch(/thinking|Sealing…|interaction failed/)
  expect(on.log.filter(({ event }) => event === 'handler-failed')).toEqual([
    { event: 'handler-failed', platform: 'discord', what, code: 'TypeError' },
  ])
  expect(on.printed()).not.toContain(canary)
}

describe('whoever meets a failure that nobody thought of', () => {
  it('reads so in place of “thinking…”', async () => {
    broken = { answer: async () => fails() }
    const { ben } = on.discord.people
    await ben.types('/secrets')
    await readsIt(ben, 'answer')
  })

  it('reads so when not even a form opened', async () => {
    broken = { form: fails }
    const { ben } = on.discord.people
    const { general } = on.discord.channels
    await ben.types('/secret', {}, { channel: general })
    await readsIt(ben, 'form', general)
    expect(ben.notices).toEqual([])
  })

  it('reads so in place of “Sealing…”', async () => {
    broken = { send: async () => fails() }
    const { anna, ben } = on.discord.people
    expect(await sends(anna, { to: [ben], secret: canary })).toContain(sorry)
    await readsIt(anna, 'send')
    expect(ben.seesButton('Reveal')).toBe(false)
  })

  it('reads so below what they typed to the bot', async () => {
    broken = { answer: async () => fails() }
    const { ben } = on.discord.people
    await ben.messagesBot('hello')
    await ben.untilSees(sorry)
  })

  it('reads so beside the list whose page could not be turned, which stays', async () => {
    const { anna, ben } = on.discord.people
    for (let count = 0; count < 11; count++) await sends(anna, { to: [ben], secret: 'x' })
    await anna.types('/secrets')
    await anna.until(() => anna.seesButton('Older'))
    broken = { answer: async () => fails() }
    await anna.presses('Older')
    await readsIt(anna, 'answer')
    expect(anna.seesButton('Older')).toBe(true)
  })

  it.each(['before', 'after'] as const)(
    'reads so %s a secret was shown, and it is wiped in time',
    async (when) => {
      const { discord, actors } = on
      const { anna, ben } = discord.people
      const inner = actors[0]?.conversation.reveal
      await sends(anna, { to: [ben], secret: canary })
      broken = {
        async reveal(event) {
          await (when === 'after' ? inner?.(event) : event.surface.prepare())
          return fails()
        },
      }
      await ben.presses('Reveal')
      await readsIt(ben, 'reveal')
      expect(ben.sees().includes(canary)).toBe(when === 'after')
      await discord.advance(60_000)
      await ben.until(() => !ben.sees().includes(canary))
    },
  )

  it('reads so beside a card that came through an interaction, which keeps its button', async () => {
    const { anna, ben } = on.discord.people
    const channel = on.discord.channels.annaAndBen
    await sends(anna, { secret: canary, in: channel })
    broken = {
      async reveal({ surface }) {
        await surface.prepare()
        return fails()
      },
    }
    await ben.presses('Reveal', { in: channel })
    await readsIt(ben, 'reveal', channel)
    expect(ben.seesButton('Reveal', channel)).toBe(true)
    expect(anna.sees()).not.toContain(sorry)
  })
})
