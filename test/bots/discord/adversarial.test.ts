import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stores } from '../../../doubles/run/stores.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { printToken } from '../../../src/core/format/token.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string

beforeEach(() => {
  canary = `canary-${crypto.randomUUID()}`
})

afterEach(() => on.close())

describe('whoever is not the recipient', () => {
  it('is refused in words that tell nothing, with the card’s own press and with a form', async () => {
    on = await stage()
    const { discord } = on
    const { anna, ben, mallory } = discord.people
    await sends(anna, { to: [ben], secret: canary, passphrase: 'the usual place' })
    await discord.impersonatePress(mallory, ben, 'Reveal')
    await mallory.fills('Passphrase', 'the usual place')
    await mallory.submits()
    await mallory.untilSees('not for you')
    await ben.presses('Reveal')
    await ben.fills('Passphrase', 'the usual place')
    await discord.impersonateSubmit(mallory, ben)
    await mallory.until(() => mallory.sees().match(/not for you/g)?.length === 2)
    expect(discord.outboundWith(canary)).toEqual([])
    await ben.presses('Reveal')
    await ben.fills('Passphrase', 'the usual place')
    await ben.submits()
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    expect(discord.outboundWith(canary)).toHaveLength(1)
  })

  it('would be seen with the secret if the press said who acts (counter-example)', async () => {
    let recipient = ''
    on = await stage({
      twist: (conversation) => ({
        ...conversation,
        reveal: (event) => conversation.reveal({ ...event, by: { tenant: '', id: recipient } }),
      }),
    })
    const { anna, ben, mallory } = on.discord.people
    recipient = ben.id
    await sends(anna, { to: [ben], secret: canary })
    await on.discord.impersonatePress(mallory, ben, 'Reveal')
    await mallory.untilSees(canary)
  })

  it('is a namesake on another platform too: what was sent there stays there', async () => {
    on = await stage()
    const { discord } = on
    const { anna, ben } = discord.people
    const there = (id: string) => ({ platform: 'slack', tenant: '', id })
    const shared = await on.actors[0]?.vault.share({
      content: Secret.fromText(canary),
      ttlSeconds: 3_600,
      recipient: there(ben.id),
      owner: there(anna.id),
      about: new Uint8Array(),
      stagedMs: 60_000,
    })
    if (shared?.why !== 'sealed') throw new Error('not sealed')
    await ben.messagesBot('hello')
    await ben.untilSees('Shall I seal that')
    const [message] = ben.screen.messages(ben.dm)
    if (!message) throw new Error('no message')
    await discord.forgePress(ben, `c1:open:${printToken(shared.token)}:${anna.id}:0:u`, message)
    await ben.untilSees('not for you')
    await anna.types('/secrets')
    await anna.untilSees('no secrets on the way')
    expect(discord.outboundWith(canary)).toEqual([])
  })

  it('learns nothing from a button that was made up', async () => {
    on = await stage()
    const { discord } = on
    const { anna, ben, mallory } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    const card = discord.world.history.find(({ message }) => message.channel === ben.dm)?.message
    if (!card) throw new Error('no card')
    for (const customId of [
      `c1:open:c1.${'A'.repeat(43)}:${anna.id}:0:u`,
      `c1:open:c1.${'A'.repeat(43)}:${anna.id}:0:p`,
      `c1:tell:c1.${'A'.repeat(43)}:u`,
      `c1:burn:${'A'.repeat(22)}`,
      'c1:seal-typed:1',
      'c0:anything',
    ]) {
      await discord.forgePress(mallory, customId, card)
      if (mallory.seesModal()) await mallory.submits({ careless: true }).catch(() => mallory.closesModal())
    }
    await mallory.untilSees('too old or damaged')
    await discord.idle()
    expect(mallory.sees()).not.toMatch(/c1\.|opened it|anna/)
    expect(ben.seesButton('Reveal')).toBe(true)
  })
})

describe.each(stores)('a store that fails, $name', (store) => {
  /** Rejects the next calls of a method, before or after the store did its part. */
  function failing(inner: SecretStore) {
    const failures = new Map<string, { left: number; when: 'before' | 'after' }>()
    const proxy = new Proxy(inner, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver)
        if (typeof method !== 'function') return method
        return async (...args: unknown[]) => {
          const failure = failures.get(String(name))
          const hit = failure && failure.left-- > 0
          if (hit && failure.when === 'before') throw Object.assign(new Error(canary), { code: 'ENOSPC' })
          const result = await method.apply(target, args)
          if (hit) throw Object.assign(new Error(canary), { code: 'ECONNRESET' })
          return result
        }
      },
    })
    return {
      proxy,
      fail: (name: keyof SecretStore, times: number, when: 'before' | 'after') =>
        failures.set(name, { left: times, when }),
    }
  }

  it.each([
    ['claim', 'before'],
    ['claim', 'after'],
    ['first', 'before'],
    ['settle', 'before'],
    ['settle', 'after'],
    ['due', 'before'],
  ] as const)('at %s (%s) never shows without a recorded claim, and answers', async (method, when) => {
    on = await stage({ on: store })
    const { proxy, fail } = failing(on.opened.another())
    await on.bot.stop(1_000)
    await on.join({ store: proxy, leaseMs: 6_000 })
    await on.discord.connected()
    const { anna, ben } = on.discord.people
    await sends(anna, { to: [ben], secret: canary })
    fail(method, 4, when)
    await ben.presses('Reveal')
    await ben.untilSees(method === 'settle' || method === 'due' ? canary : 'store cannot be reached')
    await on.discord.idle()
    expect(on.discord.outboundWith(canary)).toHaveLength(method === 'settle' || method === 'due' ? 1 : 0)
    expect(on.printed()).not.toContain(canary)
  })

  it.each(['put', 'first', 'now'] as const)('at %s sends nothing, and says so', async (method) => {
    on = await stage({ on: store })
    const { proxy, fail } = failing(on.opened.another())
    await on.bot.stop(1_000)
    await on.join({ store: proxy })
    await on.discord.connected()
    const { anna, ben } = on.discord.people
    fail(method, 4, 'before')
    expect(await sends(anna, { to: [ben], secret: canary })).toContain('The store cannot be reached')
    expect(ben.seesButton('Reveal')).toBe(false)
  })
})

describe('the process', () => {
  const connects = vi.spyOn(Socket.prototype, 'connect')

  /** Where sockets were opened to, as host:port. */
  const opened = () =>
    connects.mock.calls.map(([target]) => {
      const [options] = (Array.isArray(target) ? target : [target]) as [{ host?: string; port?: number }]
      return `${options.host}:${options.port}`
    })

  it('talks to Discord and to nobody else, and a counter-example that calls home is seen', async () => {
    connects.mockClear()
    on = await stage()
    const { anna, ben } = on.discord.people
    await sends(anna, { to: [ben], secret: canary })
    await ben.presses('Reveal')
    await ben.untilSees(canary)
    await anna.untilSees('opened your secret')
    const home = new URL(on.discord.url).host
    expect(new Set(opened())).toEqual(new Set([home]))
    new Socket().on('error', () => {}).connect({ host: '127.0.0.1', port: 9 })
    expect(new Set(opened())).toContain('127.0.0.1:9')
  })
})
