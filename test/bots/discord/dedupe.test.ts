import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Dispatch } from '../../../doubles/discord/entities.ts'
import { Signal } from '../../../doubles/discord/signal.ts'
import { ownTime } from '../../../doubles/run/own-time.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import { pressing, type Show, tellings } from './pressing.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string
let press: ReturnType<typeof pressing>

beforeEach(() => {
  canary = `canary-${crypto.randomUUID()}`
  press = pressing()
})

afterEach(() => on.close())

/** Puts a bot on a store of another kind in the place of the one that is there. */
async function replace(store: (store: SecretStore) => SecretStore, broken?: (show: Show) => Show) {
  await on.bot.stop(1_000)
  await on.join({ store: store(on.opened.another()), twist: press.twist(broken) })
  await on.discord.connected()
}

describe('a captured interaction, sent again after a minute', () => {
  /** Discord forgets that it was answered, so that nothing but the store can know. */
  function revive({ d }: Dispatch): void {
    const interaction = on.discord.interactions.byId.get((d as { id: string }).id)
    if (!interaction) throw new Error('that never happened')
    Object.assign(interaction, { response: undefined, failed: false, at: on.discord.world.clock.now() })
  }

  const cards = () =>
    on.discord.callsTo('message.create').filter(({ body }) => body.includes('c1:open')).length

  const doings: readonly [string, () => Promise<unknown>][] = [
    [
      'a form that sends',
      () => sends(on.discord.people.anna, { to: [on.discord.people.ben], secret: canary }),
    ],
    [
      'a request',
      async () => {
        await on.discord.people.anna.types('/secret-request', { for: 'the vpn' })
        await on.discord.people.anna.untilSees('Give this link')
      },
    ],
  ]

  /** Does it, and lets it arrive twice more. The answers of the store's `first`, once there are two. */
  async function replayed(does: () => Promise<unknown>, everybodyIsFirst = false): Promise<boolean[]> {
    const answers: boolean[] = []
    const heard = new Signal()
    on = await stage()
    await replace((store) => ({
      ...store,
      async first(...args) {
        answers.push((await store.first(...args)) || everybodyIsFirst)
        heard.fire()
        return answers.at(-1) === true
      },
    }))
    const { discord } = on
    await does()
    const captured = discord.lastSent('INTERACTION_CREATE')
    await discord.advance(60_000)
    discord.replay(captured)
    await on.logged((log) => log.find((event) => 'code' in event && event.code === '40060'))
    expect(answers).toEqual([true])
    revive(captured)
    discord.replay(captured)
    await heard.until(
      () => answers.length === 2,
      () => 'nobody asked the store',
    )
    return answers
  }

  it.each(doings)('%s: has no second effect, even when Discord takes it for new', async (_, does) => {
    expect(await replayed(does)).toEqual([true, false])
    // The one that took the first one's place: what it began is done when it has stopped.
    expect(await on.actors.at(-1)?.bot.stop(60_000)).toBe(0)
    expect(cards()).toBe(1)
  })

  it.each(doings)(
    '%s: would make a second card if the store let everyone be first (counter-example)',
    async (_, does) => {
      await replayed(does, true)
      await on.discord.until(() => cards() === 2)
    },
  )
})

describe('a store that does not say in time whether a delivery is the first', () => {
  const silent = (store: SecretStore): SecretStore => ({ ...store, first: () => new Promise(() => {}) })

  /** How long it took `person` to read it, ms. */
  async function reads(person: Stage['discord']['people']['ben'], text: string): Promise<number> {
    const started = ownTime()
    await person.untilSees(text)
    return ownTime() - started
  }

  it('sends, shows and asks nothing, and everybody is told within three seconds', async () => {
    on = await stage()
    const { anna, ben } = on.discord.people
    await sends(anna, { to: [ben], secret: canary })
    await replace(silent)
    const cards = on.discord.callsTo('message.create').length

    expect(await sends(anna, { to: [ben], secret: canary })).toContain('Nothing was sent')
    await anna.types('/secret-request', { for: 'the vpn', from: ben })
    expect(await reads(anna, 'The store cannot be reached right now')).toBeLessThan(3_000)
    await ben.presses('Reveal')
    expect(await reads(ben, 'nothing was shown')).toBeLessThan(3_000)
    expect(on.discord.callsTo('message.create')).toHaveLength(cards)
    expect(on.discord.outboundWith(canary)).toEqual([])
  })

  it('lists and burns all the same, since that may be done twice', async () => {
    on = await stage()
    const { anna, ben } = on.discord.people
    await sends(anna, { to: [ben], secret: canary })
    await replace(silent)
    await anna.presses('Burn')
    await anna.untilModal('Burn this secret?')
    await anna.submits()
    await anna.untilSees('Nobody can open it any more')
    await anna.types('/secrets')
    await anna.untilSees('Burned unread')
  })
})

describe('a store that fails between giving the bytes and recording the claim', () => {
  const failing =
    (when: 'before' | 'after') =>
    (store: SecretStore): SecretStore => ({
      ...store,
      async claim(id, claim) {
        if (when === 'after') await store.claim(id, claim)
        throw Object.assign(new Error(canary), { code: 'ENOSPC' })
      },
    })

  async function pressedTwice(store: (store: SecretStore) => SecretStore, broken?: (show: Show) => Show) {
    on = await stage()
    await replace(store, broken)
    const presses = await press.sealed(on, canary)
    await presses()
    await presses()
    return tellings(on, canary)
  }

  const answers = () => on.discord.people.ben.sees().match(/The store cannot be reached/g)?.length ?? 0

  it.each(['before', 'after'] as const)('(%s it) shows nothing, and each press is answered', async (when) => {
    expect(await pressedTwice(failing(when))).toEqual({ told: 0, places: 0 })
    expect(answers()).toBe(2)
  })

  it('would show a secret twice if it gave the bytes for a claim that it did not keep (counter-example)', async () => {
    const broken = (store: SecretStore): SecretStore => ({
      ...store,
      async claim(id, claim) {
        const result = await store.claim(id, claim)
        await store.release(id, claim.claimId)
        return result
      },
    })
    expect(await pressedTwice(broken)).toEqual({ told: 2, places: 2 })
  })

  it('would leave people without an answer if the adapter kept it to itself (counter-example)', async () => {
    const broken = (show: Show): Show => {
      return async (view, attempt) => (view.view === 'message' ? { why: 'ok' } : await show(view, attempt))
    }
    await pressedTwice(failing('before'), broken)
    expect(answers()).toBe(0)
  })
})
