import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite, stores } from '../../../doubles/run/stores.ts'
import { freshKeys } from '../../../doubles/run/wired.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import { join, reveal, send, type World, type WorldParts, world } from './harness.ts'

let opened: OpenedStore
let here: World | undefined
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  opened = await sqlite.open()
})

afterEach(async () => {
  await here?.close()
  here = undefined
  await opened.close()
})

async function open(parts: Partial<WorldParts> = {}): Promise<World> {
  here = await world({ store: opened.store, ...parts })
  return here
}

describe.each(stores)('over $name', (kind) => {
  it('whatever is delivered five times, by two processes, has one effect', async () => {
    const both = await kind.open()
    const keys = freshKeys()
    const { slack, ...first } = await world({ store: both.store, keys })
    const second = await join(slack, { store: both.another(), keys })
    await slack.connected(2)
    const { anna, ben } = slack.people
    const again = async (name: string) => {
      const sent = slack.lastSent(name)
      await Promise.all([1, 2, 3, 4].map(() => slack.replay(sent)))
      await slack.advance(60_000)
      await slack.replay(sent)
    }

    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await again('/secret')
    expect(slack.workspace.views.stack(anna.id)).toHaveLength(1)
    await anna.fills('Secret', canary)
    await anna.fills('Passphrase', 'the usual place')
    await anna.submits()
    await again('view_submission')
    await anna.untilModal('Sealed for')
    const cards = slack.callsTo('chat.postMessage').filter(({ args }) => args['channel'] === ben.dm.id)
    expect(cards).toHaveLength(1)

    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    await again('block_actions')
    await ben.fills('Passphrase', 'wrong')
    await ben.submits()
    await again('view_submission')
    await ben.untilModal('9 tries left')
    await ben.fills('Passphrase', 'the usual place')
    await ben.submits()
    await again('view_submission')
    await ben.untilModal(canary)
    await anna.untilSees('opened your secret')
    expect(slack.outboundWith(canary)).toHaveLength(1)
    expect(anna.sees().match(/opened your secret/g)).toHaveLength(1)

    await ben.dismissesModal()
    await ben.messagesBot('hello')
    await again('message')
    await ben.untilSees('Shall I seal that for someone?')
    expect(ben.sees().match(/Shall I seal/g)).toHaveLength(1)

    await anna.dismissesModal()
    await anna.types('/secret help', { channel: slack.channels.general })
    await again('/secret')
    await anna.untilSees('What it cannot do')
    expect(anna.sees().match(/What it cannot do/g)).toHaveLength(1)

    await Promise.all([first.stop(), second.stop()])
    await slack.close()
    await both.close()
  })
})

describe('deliveries', () => {
  it('would have their effect again and again if the store did not remember them', async () => {
    const forgetful: SecretStore = { ...opened.store, first: async () => true }
    const { slack } = await open({ store: forgetful })
    const { ben } = slack.people
    await ben.messagesBot('hello')
    await slack.replay(slack.lastSent('message'))
    await ben.until(() => ben.sees().match(/Shall I seal/g)?.length === 2)
  })
})

describe('a store that cannot be reached', () => {
  const calls = [
    'put',
    'confirm',
    'claim',
    'settle',
    'release',
    'look',
    'list',
    'burn',
    'first',
    'due',
    'now',
  ] as const

  function breaking(store: SecretStore): { store: SecretStore; broken: Set<string> } {
    const broken = new Set<string>()
    return {
      broken,
      store: new Proxy(store, {
        get(target, name: keyof SecretStore) {
          const method = target[name] as (...given: unknown[]) => Promise<unknown>
          return (...given: unknown[]) => {
            if (broken.has(name))
              return Promise.reject(Object.assign(new Error('gone'), { code: 'unavailable' }))
            return method.apply(target, given)
          }
        },
      }),
    }
  }

  it('is told to everyone who acts, within three seconds', async () => {
    const { store, broken } = breaking(opened.store)
    const { slack } = await open({ store })
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await anna.dismissesModal()
    for (const call of calls) broken.add(call)

    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    expect(await anna.submits()).toMatchObject({ ok: true })
    expect((await anna.untilModal('store cannot be reached')).errors['Secret']).toContain('Nothing was sent')
    await anna.dismissesModal()
    await anna.presses('Burn', { in: 'dm' })
    await anna.untilSees('The store cannot be reached right now')
    await anna.opensHome()
    await anna.until(() => anna.seesHome().includes('The store cannot be reached right now'))

    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    expect(await ben.submits()).toMatchObject({ ok: true })
    await ben.untilModal('nothing was shown')
    await ben.dismissesModal()
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that for someone?')
    expect(slack.outboundWith(canary)).toEqual([])

    broken.clear()
    await reveal(ben)
    await ben.untilModal(canary)
  })

  it.each(['put', 'claim', 'settle', 'confirm', 'due', 'look'] as const)(
    'only at %s still shows nothing without a recorded claim, and answers',
    async (call) => {
      const { store, broken } = breaking(opened.store)
      const { slack } = await open({ store })
      const { anna, ben } = slack.people
      if (call === 'put' || call === 'confirm') {
        broken.add(call)
        await send(slack, anna, { to: [ben], secret: canary })
        expect(slack.outboundWith(canary)).toEqual([])
        return
      }
      await send(slack, anna, { to: [ben], secret: canary })
      broken.add(call)
      await reveal(ben)
      if (call === 'claim') {
        await ben.untilModal('nothing was shown')
        expect(slack.outboundWith(canary)).toEqual([])
      } else {
        await ben.untilModal(canary)
        expect(slack.outboundWith(canary)).toHaveLength(1)
      }
    },
  )

  it('that never answers is told too', async () => {
    const silent: SecretStore = { ...opened.store, first: () => new Promise(() => {}) }
    const { slack } = await open({ store: silent })
    const { anna } = slack.people
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    const outcome = await anna.submits()
    expect(outcome).toMatchObject({ ok: true })
    expect(outcome.ms).toBeLessThan(3_000)
    expect(anna.seesModal()?.errors['Secret']).toContain('Nothing was sent')
  })

  it('that never answers asks nobody, since that may not be done twice, and burns all the same', async () => {
    const { store } = opened
    let isSilent = false
    const first: SecretStore['first'] = (...given) =>
      isSilent ? new Promise(() => {}) : store.first(...given)
    const { slack } = await open({ store: { ...store, first } })
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await anna.dismissesModal()
    const posts = slack.callsTo('chat.postMessage').length
    isSilent = true
    await anna.types('/secret request @ben the vpn', { channel: slack.channels.general })
    await anna.untilSees('The store cannot be reached right now')
    expect(slack.callsTo('chat.postMessage')).toHaveLength(posts)
    await anna.presses('Burn', { in: 'dm' })
    await anna.untilSees('Burned unread')
  })
})

describe('a fault of ours', () => {
  it('is answered all the same, and logged without content', async () => {
    const { slack, log } = await open({
      with: ({ notices }) => ({
        notices: { ...notices, announce: () => Promise.reject(new RangeError(canary)) },
      }),
    })
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await reveal(ben)
    await ben.untilSees('Something went wrong here')
    expect(log).toContainEqual({
      event: 'handler-failed',
      platform: 'slack',
      what: 'submit',
      code: 'RangeError',
    })
    expect(JSON.stringify(log)).not.toContain(canary)
  })
})
