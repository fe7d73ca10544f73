import { afterEach, describe, expect, it } from 'vitest'
import type { RevealEvent } from '../../src/bots/adapter/event.ts'
import type { Surface } from '../../src/bots/adapter/platform.ts'
import type { RevealView } from '../../src/bots/adapter/view.ts'
import { spentCard } from '../../src/bots/cards.ts'
import { deliver } from '../../src/bots/deliver.ts'
import { notices } from '../../src/bots/notices.ts'
import { status } from '../../src/bots/receipts.ts'
import { explain } from '../../src/bots/refusals.ts'
import { reveal } from '../../src/bots/reveal.ts'
import { words } from '../../src/bots/words.ts'
import { printId } from '../../src/core/format/id.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { parseChatToken } from '../../src/core/format/token.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { terminalStates } from '../../src/core/store.ts'
import type { Hold, Vault } from '../../src/core/vault.ts'
import { StoreError } from '../../src/store/errors.ts'
import { type Stage, stage } from './stage.ts'

type Verb = 'put' | 'confirm' | 'discard' | 'claim' | 'release' | 'settle'

let opened: Stage | undefined

afterEach(async () => {
  await opened?.close()
  opened = undefined
})

async function open(around?: (store: SecretStore) => SecretStore): Promise<Stage> {
  opened = await stage(around)
  return opened
}

const ok = { why: 'ok' } as const
const token = parseChatToken(`d1.${'A'.repeat(43)}`)!
const press = { act: 'open', token, from: 'anna', passphrase: false, audience: 'person' } as const

/** A private surface, and what was shown on it. */
function screen() {
  const seen: RevealView[] = []
  const surface: Surface = {
    prepare: async () => ok,
    wiping: () => ({ note: 'the view', forMs: 3_600_000 }),
    async show(view) {
      if (view.view === 'shown') view.secret.text()
      seen.push(view)
      return ok
    },
    replaceCard: async () => {},
  }
  return { surface, seen }
}

const away = () => new StoreError('unavailable', 'away')

/** How often each verb fails from now on, before it acts or after it has acted. */
function faults() {
  const before = new Map<Verb, number>()
  const after = new Map<Verb, number>()
  const take = (from: Map<Verb, number>, verb: Verb) => {
    const left = from.get(verb) ?? 0
    from.set(verb, left - 1)
    return left > 0
  }
  const around = (store: SecretStore): SecretStore => {
    const failing =
      <A extends unknown[], T>(verb: Verb, act: (...given: A) => Promise<T>) =>
      async (...given: A): Promise<T> => {
        if (take(before, verb)) throw away()
        const answer = await act(...given)
        if (take(after, verb)) throw away()
        return answer
      }
    return {
      ...store,
      put: failing('put', store.put),
      confirm: failing('confirm', store.confirm),
      discard: failing('discard', store.discard),
      claim: failing('claim', store.claim),
      release: failing('release', store.release),
      settle: failing('settle', store.settle),
    }
  }
  return { before, after, around }
}

describe('a store that fails while a secret is opened', () => {
  it('and had recorded the claim costs nobody the secret: it is given back, as nothing was shown', async () => {
    const { after, around } = faults()
    const here = await open(around)
    await here.send('anna', ['ben'], 'hunter2')
    after.set('claim', 2)
    here.script()
    await here.press('ben', 'open')
    expect(here.script()).toEqual([
      'ben sees: The store cannot be reached right now, so nothing was shown. Try again in a moment.',
    ])
    await here.press('ben', 'open')
    expect(here.script()).toContain('ben sees: the secret “hunter2”')
  })

  it('and loses the answer to a release leaves the card, and the secret sealed behind it', async () => {
    const { after, around } = faults()
    const here = await open(around)
    await here.send('anna', ['ben'], 'hunter2')
    after.set('release', 1)
    here.shows.push({ why: 'definitive', code: 'rate_limited' })
    here.script()
    await here.press('ben', 'open')
    expect(here.script()).toEqual(['ben sees: It was not shown, and is still sealed. Press Reveal again.'])
  })

  it('and cannot take it back says so, and promises neither that it is gone nor that it is there', async () => {
    const { before, around } = faults()
    const here = await open(around)
    await here.send('anna', ['ben'], 'hunter2')
    before.set('release', 2)
    here.shows.push({ why: 'definitive', code: 'rate_limited' })
    here.script()
    await here.press('ben', 'open')
    expect(here.script()).toEqual([
      'ben sees: The store cannot be reached right now, so nothing was shown. Try again in a moment.',
    ])
    here.later(15_001)
    for (let round = 0; round < 2; round++) await here.round()
    expect(here.script().at(-1)).toMatch(/^to anna: Opening a secret that you sent was interrupted/)
  })

  it('and loses the answer to its settling still tells the truth', async () => {
    const { after, around } = faults()
    const here = await open(around)
    await here.send('anna', ['ben'], 'hunter2')
    after.set('settle', 1)
    here.script()
    await here.press('ben', 'open')
    expect(here.script()).toContain('the pressed card changes: Opened · <when>')
  })
})

describe('a store that fails while a secret is sent', () => {
  it('and had kept it leaves nothing of what its sender is told was not sent', async () => {
    const { after, around } = faults()
    const here = await open(around)
    after.set('put', 1)
    await here.send('anna', ['ben'], 'hunter2')
    expect(here.script()).toEqual([
      expect.stringMatching(/^anna reads: The store cannot be reached right now\. Nothing was sent/),
    ])
    here.later(180_001)
    for (let round = 0; round < 2; round++) await here.round()
    expect(here.script()).toEqual([])
  })

  it('after the card was posted never says that nothing was sent', async () => {
    const { before, around } = faults()
    const here = await open(around)
    before.set('confirm', 2)
    await here.send('anna', ['ben'], 'hunter2')
    const answer = here.script().at(-1)
    expect(answer).toMatch(/^anna reads: The card for @ben is there, but/)
    expect(answer).not.toContain('Nothing was sent')
    here.later(180_001)
    for (let round = 0; round < 2; round++) await here.round()
    expect(here.script().at(-1)).toMatch(/^to anna: A secret that you sent could not be delivered/)
  })

  it('once is asked again', async () => {
    const { after, around } = faults()
    const here = await open(around)
    after.set('confirm', 1)
    await here.send('anna', ['ben'], 'hunter2')
    expect(here.script().at(-1)).toMatch(/^anna reads: Sealed for @ben/)
  })
})

describe('a recipient who is faster than the receipt', () => {
  it('leaves no receipt that says "sealed"', async () => {
    let hurry = async () => {}
    const here = await open((store) => ({
      ...store,
      async confirm(id, receipt) {
        await hurry()
        return await store.confirm(id, receipt)
      },
    }))
    hurry = async () => {
      hurry = async () => {}
      await here.press('ben', 'open')
    }
    await here.send('anna', ['ben'], 'hunter2')
    const lines = here.script()
    expect(lines).toContain('ben sees: the secret “hunter2”')
    expect(lines).toContain('m2 changes: Secret for @ben Opened · <when>')
    expect(lines).toContain('m1 changes: Opened · <when>')
  })
})

describe('a card that can never be edited again', () => {
  const archived = { why: 'ambiguous', code: '50083' } as const

  it('does not keep the news from its sender, and is given up after a month', async () => {
    const here = await open()
    await here.send('anna', ['ben'], 'hunter2')
    here.script()
    here.later(3_600_001)
    here.edits.push(...Array.from({ length: 1_000 }, () => archived))
    await here.round()
    expect(here.script()).toEqual([expect.stringMatching(/^to anna: A secret .* expired unopened/)])
    for (let hour = 0; hour < 31 * 24; hour++) {
      here.later(3_600_000)
      await here.round()
    }
    expect(here.script()).toEqual([])
    const given = here.log.filter(({ event }) => event === 'errand-given-up')
    expect(given.map((line) => 'name' in line && line.name).toSorted()).toEqual(['card', 'receipt'])
  })

  it('is written when the platform takes it again', async () => {
    const here = await open()
    await here.send('anna', ['ben'], 'hunter2')
    here.edits.push(archived, { why: 'definitive', code: 'rate_limited', afterMs: 30_000 })
    here.script()
    await here.press('ben', 'open')
    here.later(60_000)
    await here.round()
    const lines = here.script()
    expect(lines).toContain('m1 changes: Opened · <when>')
    expect(lines).toContain('m2 changes: Secret for @ben Opened · <when>')
    expect(lines.filter((row) => row.includes('opened your secret'))).toHaveLength(1)
  })
})

describe('receipts that a rate limit kept away', () => {
  const limited = { why: 'definitive', code: 'rate_limited', afterMs: 20_000 } as const

  it('come later, one each, and live like any other', async () => {
    const here = await open()
    for (let n = 0; n < 10; n++) {
      here.posts.push(undefined, limited)
      await here.send('anna', ['ben'], `secret ${n}`)
    }
    const receipts = () => here.script().filter((row) => row.startsWith('to anna: Secret for @ben'))
    expect(receipts()).toEqual([])
    here.later(60_000)
    for (let round = 0; round < 3; round++) await here.round()
    const lines = here.script()
    expect(lines.filter((row) => row.startsWith('to anna: Secret for @ben Sealed'))).toHaveLength(10)
    await here.press('ben', 'open')
    expect(here.script()).toContainEqual(expect.stringMatching(/^m\d+ changes: Secret for @ben Opened/))
  })

  it('say how it ended when that came first', async () => {
    const here = await open()
    here.posts.push(undefined, limited)
    await here.send('anna', ['ben'], 'hunter2')
    await here.press('ben', 'open')
    here.script()
    here.later(60_000)
    await here.round()
    expect(here.script()).toContainEqual(expect.stringMatching(/^to anna: Secret for @ben Opened/))
  })
})

describe('an answer from outside', () => {
  it('that is no text is not shown, given back and said to be unreadable', async () => {
    const { surface, seen } = screen()
    let released = 0
    const hold: Hold = {
      why: 'opened',
      id: printId(new Uint8Array(16)),
      secret: Secret.from(Uint8Array.of(0xff, 0xfe)),
      leftMs: 15_000,
      settle: () => Promise.reject(new Error('settled')),
      release: async () => released++ === 0,
    }
    const event: RevealEvent = { act: 'reveal', by: { tenant: 'acme', id: 'anna' }, press, surface }
    const shown = await reveal(event, {
      vault: { reveal: async () => hold } as unknown as Vault,
      platform: { name: 'slack' } as never,
      notices: { announce: async () => 0, round: async () => 0 },
      errands: { owe: async () => ({}) as never } as never,
      log: () => {},
    })
    expect(shown).toBe(false)
    expect(released).toBe(1)
    expect(JSON.stringify(seen)).toContain(words.refused.unreadable)
  })

  it('promises nowhere that its sender knows anything, or can be told', () => {
    for (const state of terminalStates) {
      const receipt = {
        id: printId(new Uint8Array(16)),
        kind: 'd1',
        state,
        createdAt: 0,
        changedAt: 0,
        expiresAt: 0,
        about: new Uint8Array(),
        claimed: true,
        byYou: true,
      } as const
      const about = { platform: 'slack', from: 'anna', audience: 'person', to: 'anna', note: '' } as const
      const said = JSON.stringify([explain({ why: 'gone', receipt }, press), status(receipt, about)])
      expect(said).not.toMatch(/sender (knows|burned|was receipt)|tell the sender|send it again/i)
      expect(JSON.stringify(spentCard(receipt, about))).not.toMatch(
        /interrupted|shown.*sender knows|by the sender/,
      )
    }
  })
})

describe('a claim that took nearly the whole lease', () => {
  it('is given back without a try to show it, for that could not be settled', async () => {
    const { surface, seen } = screen()
    const view = {
      view: 'shown',
      id: printId(new Uint8Array(16)),
      secret: Secret.fromText('hunter2'),
      from: 'anna',
      wipeAt: 0,
    } as const
    expect(await deliver(surface, view, 2_000)).toEqual({ why: 'hidden', code: 'lease_over' })
    expect(seen).toEqual([])
    expect((await deliver(surface, view, 2_500)).why).toBe('shown')
  })
})

describe('processes with different platforms on one store', () => {
  /** Whether the sender hears of an expiry in an hour in which a process without Slack always comes a moment earlier. */
  async function heard(holdMs?: number): Promise<boolean> {
    const here = await open((store) => ({
      ...store,
      due: (limit, ms, ids) => store.due(limit, holdMs ?? ms, ids),
    }))
    const elsewhere = notices(
      here.vault,
      [],
      { plan: () => expect.fail() },
      () => {},
      () => 0,
    )
    await here.send('anna', ['ben'], 'hunter2')
    here.script()
    here.later(3_600_000)
    for (let half = 0; half < 7_200; half++) {
      await elsewhere.round()
      here.later(250)
      await here.round()
      here.later(250)
      if (here.script().some((line) => line.startsWith('to anna'))) return true
    }
    return false
  }

  it('tell their news, whoever looks first', async () => {
    expect(await heard()).toBe(true)
  })

  it('would not, were a hold a whole number of rounds', async () => {
    expect(await heard(30_000)).toBe(false)
  })
})

describe('rounds over a store that is away', () => {
  it('say so once a minute', async () => {
    const here = await open((store) => ({ ...store, due: () => Promise.reject(away()) }))
    for (let round = 0; round < 5; round++) await here.round()
    here.later(60_000)
    for (let round = 0; round < 5; round++) await here.round()
    expect(here.log).toEqual(Array(2).fill({ event: 'store-failed', call: 'due', code: 'unavailable' }))
  })
})
