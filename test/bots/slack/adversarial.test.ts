import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite, stores } from '../../../doubles/run/stores.ts'
import { type Fault, fails, rateLimited, resetAfter } from '../../../doubles/slack/faults.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import type { Delivery, Surface } from '../../../src/bots/adapter/platform.ts'
import type { SecretId } from '../../../src/core/format/id.ts'
import type { NewRecord, SecretStore } from '../../../src/core/store.ts'
import type { Hold } from '../../../src/core/vault.ts'
import type { Changes } from '../sotto.ts'
import { reveal, send, type World, type WorldParts, world } from './harness.ts'

let opened: OpenedStore
let here: World
let canary: string

beforeEach(() => {
  canary = `canary-${crypto.randomUUID()}`
})

afterEach(async () => {
  await here.close()
  await opened.close()
})

async function open(parts: Partial<WorldParts> = {}, kind = sqlite): Promise<World> {
  opened = await kind.open()
  here = await world({ store: opened.store, ...parts })
  return here
}

const shows = (args: Record<string, unknown>) => JSON.stringify(args).includes(canary)

/** A counter-example whose surface shows in another way. */
const showing =
  (show: (surface: Surface, ...given: Parameters<Surface['show']>) => Promise<Delivery>) =>
  (conversation: Conversation): Conversation => ({
    ...conversation,
    reveal: (event) =>
      conversation.reveal({
        ...event,
        surface: { ...event.surface, show: (...given) => show(event.surface, ...given) },
      }),
  })

/** A counter-example that does something else with what it has claimed. */
const holding =
  (change: (hold: Hold) => Partial<Hold>): Changes =>
  ({ vault }) => ({
    vault: {
      ...vault,
      async reveal(attempt) {
        const got = await vault.reveal(attempt)
        return got.why === 'opened' ? { ...got, ...change(got) } : got
      },
    },
  })

/** Takes whatever failed for a proof, or for a doubt. */
const taking = (why: 'definitive' | 'ambiguous') =>
  showing(async (surface, ...given) => {
    const delivery = await surface.show(...given)
    return delivery.why === 'ok' ? delivery : { ...delivery, why }
  })

/** Ben presses Reveal on whatever card he still has; the one in the channel stays until it is pressed. */
async function pressAgain({ slack }: World): Promise<void> {
  const { ben } = slack.people
  await ben.dismissesModal()
  if (!ben.seesButton('Reveal')) return
  await reveal(ben)
  await ben.until(() => !/one minute|Opening…/.test(ben.seesModal()?.text ?? ''))
}

describe('an update that Slack applies before the connection dies', () => {
  /** How often the secret was sent to each screen, after one more press for it. */
  async function sent(parts: Partial<WorldParts> = {}): Promise<readonly number[]> {
    const world = await open(parts)
    const { slack } = world
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.always('views.update', resetAfter(), shows)
    await reveal(ben)
    await ben.untilSees(/It may have been shown|is still sealed/)
    await pressAgain(world)
    const screens = slack.outboundWith(canary).map(({ call }) => call?.args['view_id'])
    return [...new Set(screens)].map((screen) => screens.filter((one) => one === screen).length)
  }

  it('is made again on the same screen, three times at most, and nowhere after', async () => {
    expect(await sent()).toEqual([3])
  })

  it('would go to a second screen if a dead connection proved anything (counter-example)', async () => {
    expect((await sent({ twist: taking('definitive') })).length).toBeGreaterThan(1)
  })

  it('would go to a second screen if a doubt were given back (counter-example)', async () => {
    const givenBack = holding((hold) => ({
      settle: (state) => (state === 'unconfirmed' ? hold.release() : hold.settle(state)),
    }))
    expect((await sent({ with: givenBack })).length).toBeGreaterThan(1)
  })

  it('would be made more often if something below counted for itself (counter-example)', async () => {
    const impatient = showing(async (surface, ...given) => {
      await surface.show(...given)
      return await surface.show(...given)
    })
    expect(await sent({ twist: impatient })).toEqual([6])
  })
})

describe('a failure that proves that nothing was shown', () => {
  /** On how many screens the secret stood in the end, after two more presses for it. */
  async function shown(fault: Fault, parts: Partial<WorldParts> = {}): Promise<number> {
    const world = await open(parts)
    const { slack } = world
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.always('views.update', fault, shows)
    await reveal(ben)
    await ben.untilSees(/It may have been shown|is still sealed/)
    slack.faults.clear()
    await pressAgain(world)
    await pressAgain(world)
    const applied = slack.outboundWith(canary).filter(({ call }) => call?.applied)
    return new Set(applied.map(({ call }) => call?.args['view_id'])).size
  }

  const kinds: readonly (readonly [string, Fault])[] = [
    ['429', rateLimited(30)],
    ['expired_trigger_id', fails('expired_trigger_id')],
  ]

  it.each(kinds)('(%s) seals it again, and a later press shows it, once', async (_, fault) => {
    expect(await shown(fault)).toBe(1)
  })

  it('would destroy it if a refusal were a doubt (counter-example)', async () => {
    expect(await shown(rateLimited(30), { twist: taking('ambiguous') })).toBe(0)
  })

  it('would lock it up if it were not given back (counter-example)', async () => {
    expect(await shown(rateLimited(30), { with: holding(() => ({ release: async () => true })) })).toBe(0)
  })

  it('would let it be seen twice if what was shown were given back too (counter-example)', async () => {
    const quiet = holding((hold) => ({ settle: () => hold.release() }))
    expect(await shown(rateLimited(30), { with: quiet })).toBe(2)
  })
})

describe.each(stores)('a store that fails in between, $name', (kind) => {
  type Verb = 'claim' | 'first' | 'settle' | 'due' | 'look' | 'now'

  /** The store, whose next calls of one method fail before or after it did its part. */
  function failing(inner: SecretStore, verb: Verb, when: 'before' | 'after') {
    let left = 0
    const store = new Proxy(inner, {
      get(target, name: keyof SecretStore) {
        const method = target[name] as (...given: unknown[]) => Promise<unknown>
        return async (...given: unknown[]) => {
          const fails = name === verb && left-- > 0
          if (fails && when === 'before') throw Object.assign(new Error(canary), { code: 'ENOSPC' })
          const result = await method.apply(target, given)
          if (fails) throw Object.assign(new Error(canary), { code: 'ECONNRESET' })
          return result
        }
      },
    })
    return {
      store,
      begin() {
        left = 4
      },
    }
  }

  interface Broken {
    readonly around?: (store: SecretStore) => SecretStore
    readonly twist?: WorldParts['twist']
  }

  /** What came of one press while the store fails: what was shown, what the store knows of it, and what was read. */
  async function press(
    verb: Verb,
    when: 'before' | 'after',
    { around = (same) => same, twist }: Broken = {},
  ) {
    opened = await kind.open()
    const ids: SecretId[] = []
    const noting: SecretStore = new Proxy(opened.store, {
      get(target, name: keyof SecretStore) {
        const method = target[name] as (...given: unknown[]) => Promise<unknown>
        return (...given: unknown[]) => {
          if (name === 'put') ids.push((given[0] as NewRecord).id)
          return method.apply(target, given)
        }
      },
    })
    const { store, begin } = failing(noting, verb, when)
    here = await world({ store: around(store), ...(twist && { twist }), with: { leaseMs: 6_000 } })
    const { slack, log } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    begin()
    await reveal(ben)
    await here.stop()
    const [id] = ids
    const state = id && (await opened.store.look(id))?.state
    expect(JSON.stringify(log)).not.toContain(canary)
    return { shown: slack.outboundWith(canary).length, state, read: ben.seesModal()?.text ?? '' }
  }

  it.each([
    ['first', 'before'],
    ['claim', 'before'],
    ['claim', 'after'],
    ['settle', 'before'],
    ['settle', 'after'],
    ['due', 'before'],
    ['look', 'before'],
    ['now', 'before'],
  ] as const)('at %s (%s) shows nothing without a recorded claim, and answers', async (verb, when) => {
    const { shown, state, read } = await press(verb, when)
    const survives = verb === 'settle' || verb === 'due' || verb === 'look'
    expect(shown).toBe(survives ? 1 : 0)
    if (shown > 0) expect(['claimed', 'revealed', 'lost']).toContain(state)
    // Stopping has wiped what stood there.
    expect(read).toContain(survives ? 'Wiped' : 'The store cannot be reached right now')
  })

  it('would show what is still sealed with a cache before the store (counter-example)', async () => {
    const around = (inner: SecretStore): SecretStore => {
      const cache = new Map<SecretId, NewRecord>()
      return {
        ...inner,
        put(record) {
          cache.set(record.id, record)
          return inner.put(record)
        },
        async claim(id, claim) {
          try {
            return await inner.claim(id, claim)
          } catch (error) {
            const { sealed, ...record } = cache.get(id) ?? {}
            if (!sealed) throw error
            const leaseUntil = Date.now() + claim.leaseMs
            return { ...(record as NewRecord), why: 'claimed', sealed, leaseUntil }
          }
        },
      }
    }
    expect(await press('claim', 'before', { around })).toMatchObject({ shown: 1, state: 'sealed' })
  })

  it('would leave the person waiting if the answer were forgotten (counter-example)', async () => {
    const twist = showing((surface, view, attempt) =>
      view.view === 'message' ? Promise.resolve({ why: 'ok' }) : surface.show(view, attempt),
    )
    expect((await press('claim', 'before', { twist })).read).toContain('Opening…')
  })
})
