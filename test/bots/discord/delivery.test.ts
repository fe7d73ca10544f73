import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fault, fails, rateLimited, resetAfter, statusAfter } from '../../../doubles/discord/faults.ts'
import type { Delivery } from '../../../src/bots/adapter/platform.ts'
import { pressing, type Show, tellings } from './pressing.ts'
import { type Stage, stage } from './stage.ts'

let on: Stage
let canary: string
let press: ReturnType<typeof pressing>

beforeEach(() => {
  canary = `canary-${crypto.randomUUID()}`
  press = pressing()
})

afterEach(() => on.close())

const hasCanary = (body: unknown) => JSON.stringify(body).includes(canary)

/** The outcome of each attempt is read in another way. */
const readAs =
  (read: (delivery: Delivery) => Delivery) =>
  (show: Show): Show => {
    return async (view, attempt) => read(await show(view, attempt))
  }

describe('an update that was made, and whose answer was lost', () => {
  async function lostThenPressedAgain(broken?: (show: Show) => Show) {
    on = await stage({ twist: press.twist(broken) })
    const presses = await press.sealed(on, canary)
    for (const fault of [resetAfter(), statusAfter(502), resetAfter()]) {
      on.discord.faults.when('original.edit', hasCanary, fault)
    }
    await presses()
    on.discord.faults.clear()
    await presses()
    return tellings(on, canary)
  }

  it('is repeated where it was made, three times at most, and a second press shows nothing', async () => {
    expect(await lostThenPressedAgain()).toEqual({ told: 3, places: 1 })
    await on.discord.people.anna.untilSees('may have been shown')
  })

  it('would stand in a second place if doubt counted as proof (counter-example)', async () => {
    const broken = readAs((delivery) =>
      delivery.why === 'ambiguous' ? { why: 'definitive', code: delivery.code } : delivery,
    )
    expect(await lostThenPressedAgain(broken)).toMatchObject({ places: 2 })
  })

  it('would be sent more often if the adapter tried again by itself too, as the library does (counter-example)', async () => {
    const broken = (show: Show): Show => {
      return async (view, attempt) => {
        const first = await show(view, attempt)
        return first.why === 'ambiguous' ? await show(view, attempt + 1).then(() => first) : first
      }
    }
    expect((await lostThenPressedAgain(broken)).told).toBeGreaterThan(3)
  })
})

describe('an update that was certainly not made', () => {
  const refusals: readonly [string, Fault][] = [
    ['a token that is over', fails(50_027, 401)],
    ['too many requests', rateLimited(30)],
  ]

  async function refusedThenPressedAgain(fault: Fault, broken?: (show: Show) => Show) {
    on = await stage({ twist: press.twist(broken) })
    const presses = await press.sealed(on, canary)
    on.discord.faults.always('original.edit', fault, hasCanary)
    await presses()
    on.discord.faults.clear()
    await presses()
    await presses()
    return tellings(on, canary).places
  }

  it.each(refusals)(
    'because of %s leaves the secret sealed, and later it is shown once',
    async (_, fault) => {
      expect(await refusedThenPressedAgain(fault)).toBe(1)
      await on.discord.people.anna.untilSees('opened your secret')
    },
  )

  it.each(refusals)(
    'because of %s would cost the secret if proof counted as doubt (counter-example)',
    async (_, fault) => {
      const broken = readAs((delivery) =>
        delivery.why === 'definitive' ? { why: 'ambiguous', code: delivery.code } : delivery,
      )
      expect(await refusedThenPressedAgain(fault, broken)).toBe(0)
    },
  )

  it('because nobody listened leaves the secret sealed, and later it is shown once', async () => {
    const outcomes: Delivery[] = []
    const inOutage = (show: Show): Show => {
      return async (view, attempt) => {
        if (view.view !== 'shown' || outcomes.length > 0) return await show(view, attempt)
        await on.discord.outage('refuse')
        await expect.poll(() => on.bot.connected()).toBe(false)
        outcomes.push(await show(view, attempt))
        await on.discord.recover()
        return outcomes[0] as Delivery
      }
    }
    on = await stage({ twist: press.twist(inOutage) })
    const presses = await press.sealed(on, canary)
    await presses()
    expect(outcomes).toEqual([{ why: 'definitive', code: 'ECONNREFUSED' }])
    await on.discord.people.ben.untilSees('still sealed')
    await on.discord.connected()
    await presses()
    await presses()
    expect(tellings(on, canary)).toEqual({ told: 1, places: 1 })
  })
})
