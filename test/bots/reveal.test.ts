import { afterEach, describe, expect, it } from 'vitest'
import type { RevealEvent } from '../../src/bots/adapter/event.ts'
import type { Delivery, Surface } from '../../src/bots/adapter/platform.ts'
import { reveal } from '../../src/bots/reveal.ts'
import { printId } from '../../src/core/format/id.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { newToken } from '../../src/core/format/token.ts'
import type { Refusal } from '../../src/core/receipt.ts'
import type { Hold, Vault } from '../../src/core/vault.ts'
import { general, person, type Stage, stage } from './stage.ts'

let here: Stage | undefined

afterEach(async () => {
  await here?.close()
  here = undefined
})

const wiped = expect.objectContaining({ code: 'wiped' })
const press = {
  act: 'open',
  token: newToken('c1'),
  from: 'anna',
  passphrase: true,
  audience: 'person',
} as const

/** Reveals what `bytes` are to a surface that answers so; what was shown, and the passphrase that was typed. */
async function revealed(bytes: Uint8Array, answer: Delivery, got?: Refusal) {
  const seen: string[] = []
  const passphrase = Secret.fromText('swordfish')
  const surface: Surface = {
    prepare: async () => ({ why: 'ok' }),
    wiping: () => ({ note: 'the view', forMs: 3_600_000 }),
    async show(view) {
      if (view.view !== 'shown') return { why: 'ok' }
      seen.push(view.secret.text())
      return answer
    },
    replaceCard: async () => {},
  }
  const hold: Hold = {
    why: 'opened',
    id: printId(new Uint8Array(16)),
    secret: Secret.from(bytes),
    leftMs: 15_000,
    settle: async () => true,
    release: async () => true,
  }
  const event: RevealEvent = { act: 'reveal', by: person('ben'), press, passphrase, surface }
  await reveal(event, {
    vault: { reveal: async () => got ?? hold } as unknown as Vault,
    platform: { name: 'slack' } as never,
    notices: { announce: async () => 0, round: async () => 0 },
    errands: { owe: async () => ({}) as never } as never,
    log: () => {},
  })
  return { seen, passphrase }
}

describe('what was claimed', () => {
  it.each<Delivery>([
    { why: 'ok' },
    { why: 'definitive', code: 'not_found' },
    { why: 'ambiguous', code: 'ECONNRESET' },
  ])('is wiped from memory when the screen has answered $why', async (answer) => {
    const bytes = new TextEncoder().encode('hunter2')
    const { seen } = await revealed(bytes, answer)
    expect(seen.length).toBeGreaterThan(0)
    expect(new Set(seen)).toEqual(new Set(['hunter2']))
    expect([...bytes]).toEqual(Array(7).fill(0))
  })

  it('is wiped from memory when it cannot be shown at all', async () => {
    const bytes = Uint8Array.of(0xff, 0xfe)
    expect((await revealed(bytes, { why: 'ok' })).seen).toEqual([])
    expect([...bytes]).toEqual([0, 0])
  })
})

describe('a passphrase', () => {
  it('is wiped from memory when it has opened, and when it has not', async () => {
    const bytes = new TextEncoder().encode('hunter2')
    for (const got of [undefined, { why: 'wrong-passphrase', triesLeft: 9 } as const]) {
      const { passphrase } = await revealed(bytes, { why: 'ok' }, got)
      expect(() => passphrase.text()).toThrow(wiped)
    }
  })
})

describe('what was typed into the form', () => {
  it('is wiped from memory when it was sent off', async () => {
    here = await stage()
    const draft = {
      to: ['ben'],
      secret: Secret.fromText('hunter2'),
      passphrase: Secret.fromText('swordfish'),
      ttlSeconds: 3_600,
      note: '',
    }
    const checked = await here.talk.check({ act: 'send', by: person('anna'), draft, place: general })
    if (!('ready' in checked)) throw new Error('not ready')
    await here.talk.send(checked.ready)
    expect(() => draft.secret.text()).toThrow(wiped)
    expect(() => draft.passphrase.text()).toThrow(wiped)
  })
})
