import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { fails, rateLimited, resetBefore, silentBefore } from '../../../doubles/slack/faults.ts'
import type { ConversationParts } from '../../../src/bots/conversation.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import type { Vault } from '../../../src/core/vault.ts'
import { reveal, send, type World, type WorldParts, world } from './harness.ts'

let opened: OpenedStore
let here: World
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  opened = await sqlite.open()
})

afterEach(async () => {
  await here.close()
  await opened.close()
})

async function open(parts: Partial<WorldParts> = {}): Promise<World> {
  here = await world({ store: opened.store, ...parts })
  return here
}

describe('a secret on the screen', () => {
  /** The conversation's clock is behind, so that its minute is over in a moment. */
  const soon = { with: { clock: () => Date.now() - 59_700 } }

  it('wipes itself when its minute is over', async () => {
    const { slack } = await open(soon)
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await reveal(ben)
    await ben.untilModal(canary)
    expect((await ben.untilModal('Wiped')).text).not.toContain(canary)
  })

  it('wipes itself when its answer was lost too', async () => {
    const { slack } = await open(soon)
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.when(
      'views.update',
      (args) => JSON.stringify(args).includes(canary),
      fails('frobnicated'),
      3,
    )
    await reveal(ben)
    await ben.untilModal('Wiped')
  })

  it('is wiped on a second try when Slack refuses the first', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await reveal(ben)
    await ben.untilModal(canary)
    slack.faults.next('views.update', rateLimited(1))
    await ben.presses('I have it, wipe now')
    await ben.untilModal('Wiped')
  })
})

describe('an account of the same id', () => {
  it('in another workspace is refused, and consumes nothing', async () => {
    const { slack } = await open()
    const { anna, ben, felix } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    const twin = { id: ben.id, teamId: felix.teamId }
    await slack.impersonatePress(twin, ben, 'Reveal', 'dm')
    await ben.untilModal('not for you')
    await ben.dismissesModal()
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    const { ack } = await slack.impersonateSubmit(twin, ben)
    expect(ack.ok).toBe(true)
    await ben.untilModal('not for you')
    expect(slack.outboundWith(canary)).toEqual([])
    await reveal(ben)
    await ben.untilModal(canary)
  })

  it('would get it if only the id counted', async () => {
    const { slack } = await open({ with: withoutTenants })
    const { anna, ben, felix } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    await slack.impersonateSubmit({ id: ben.id, teamId: felix.teamId }, ben)
    await ben.untilModal(canary)
  })

  it('in an Enterprise Grid organisation is the same person, and one of another workspace is not', async () => {
    const { slack } = await open({ settings: { enterprise: { id: 'E0000000001', name: 'Acme Group' } } })
    const { anna, ben, felix } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await slack.impersonatePress({ id: ben.id, teamId: felix.teamId }, ben, 'Reveal', 'dm')
    await ben.untilModal('not for you')
    await reveal(ben)
    await ben.untilModal(canary)
    await anna.untilSees('opened your secret')
    await anna.opensHome()
    await anna.until(() => anna.seesHome().includes('Opened · '))
  })
})

describe('a failure that proves that nothing was shown', () => {
  it.each([
    ['expired_trigger_id', fails('expired_trigger_id')],
    ['429', rateLimited(30)],
    ['not_found on the first attempt', fails('not_found')],
  ])('(%s) seals it again, and a later press shows it once', async (_, fault) => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.when('views.update', (args) => JSON.stringify(args).includes(canary), fault)
    await reveal(ben)
    await ben.untilModal('It was not shown, and is still sealed')
    await reveal(ben)
    await ben.untilModal(canary)
    expect(slack.outboundWith(canary).filter(({ call }) => call?.applied)).toHaveLength(1)
    await anna.untilSees('opened your secret')
  })

  it('(no connection came about) seals it again', async () => {
    let cut = async () => {}
    const store: SecretStore = {
      ...opened.store,
      async claim(id, claim) {
        const result = await opened.store.claim(id, claim)
        await cut()
        // Until the closed connections are known here, a request would be written into one of them.
        for (let turn = 0; turn < 20; turn++) await setImmediate()
        return result
      },
    }
    const { slack } = await open({ store })
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    cut = () => slack.outage('refuse')
    await reveal(ben)
    await expect
      .poll(() => here.log.map((one) => one.event === 'platform-call-failed' && one.call))
      .toContain('show')
    cut = async () => {}
    await slack.recover()
    await slack.connected()
    expect(slack.outboundWith(canary)).toEqual([])
    await reveal(ben)
    await ben.untilModal(canary)
    await anna.untilSees('opened your secret')
  })

  it('is told elsewhere when the window takes nothing any more', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.always('views.update', rateLimited(30))
    await reveal(ben)
    await ben.untilSees('It was not shown, and is still sealed')
    slack.faults.clear()
    await reveal(ben)
    await ben.untilModal(canary)
  })
})

describe('a failure that proves nothing', () => {
  it.each([
    ['an unknown code', fails('frobnicated')],
    ['internal_error', fails('internal_error')],
    ['a dead connection', resetBefore()],
  ])('(%s) counts as shown after three attempts', async (_, fault) => {
    const { slack, log } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.always('views.update', fault, (args) => JSON.stringify(args).includes(canary))
    await reveal(ben)
    await anna.untilSees('may have been shown')
    slack.faults.clear()
    expect(slack.outboundWith(canary)).toHaveLength(3)
    expect(log).toContainEqual(expect.objectContaining({ event: 'unconfirmed', platform: 'slack' }))
    await ben.untilSees('It may have been shown')
    expect(ben.seesButton('Reveal', 'dm')).toBe(false)
  })

  it('(a closed window after a doubt) is no proof any more', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    const shows = (args: Record<string, unknown>) => JSON.stringify(args).includes(canary)
    slack.faults.when('views.update', shows, resetBefore())
    slack.faults.when('views.update', shows, fails('not_found'), 2)
    await reveal(ben)
    await anna.untilSees('may have been shown')
  })

  it('(no answer at all) is over within the lease', async () => {
    const { slack } = await open({ with: { leaseMs: 5_500 } })
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.always('views.update', silentBefore(), (args) => JSON.stringify(args).includes(canary))
    await reveal(ben)
    await anna.untilSees('may have been shown')
    slack.faults.clear()
  })
})

/** A vault that does not tell tenants apart. */
function withoutTenants({ vault }: ConversationParts): Partial<ConversationParts> {
  const anywhere = <T extends { readonly tenant: string }>(party: T) => ({ ...party, tenant: '' })
  const broken: Vault = {
    ...vault,
    share: (order) => vault.share({ ...order, recipient: anywhere(order.recipient) }),
    peek: (attempt) => vault.peek({ ...attempt, by: anywhere(attempt.by) }),
    reveal: (attempt) => vault.reveal({ ...attempt, by: anywhere(attempt.by) }),
  }
  return { vault: broken }
}
