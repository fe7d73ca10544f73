import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedStore, stores } from '../../doubles/run/stores.ts'
import { printId } from '../../src/core/format/id.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { beginnings, endOf, histories, type Real } from '../fixtures/model-steps.ts'
import { Memory, referenceStore } from '../fixtures/reference-store.ts'

/** Histories for each store; `SOTTO_MODEL_RUNS` changes it. */
const runs = Number(process.env['SOTTO_MODEL_RUNS'] ?? 5_000)

describe.each(stores)('a random history on $name', ({ open }) => {
  const clock = { time: Date.now() }
  let opened: OpenedStore
  let handles: SecretStore[]

  beforeAll(async () => {
    // What is compared is answers, not durability: in memory a run takes a fifth of the time.
    opened = await open(() => clock.time, existsSync('/dev/shm') ? '/dev/shm' : undefined)
    handles = [opened.store, opened.another()]
  })
  afterAll(() => opened.close())

  async function follow(count: number, stores: readonly SecretStore[], shrink: boolean): Promise<void> {
    const property = fc.asyncProperty(beginnings, histories, async (begin, history) => {
      const real: Real = { id: printId(randomBytes(16)), stores, clock }
      const model = referenceStore(new Memory(), () => clock.time)
      await begin.run(model, real)
      await fc.asyncModelRun(() => ({ model, real }), history)
      await endOf(real)
    })
    await fc.assert(property, { numRuns: count, endOnFailure: !shrink, includeErrorInReport: true })
  }

  it(`is answered as the reference answers it, ${runs} times`, { timeout: 900_000 }, () =>
    follow(runs, handles, true),
  )

  const wrongStores: [string, (store: SecretStore) => Partial<SecretStore>][] = [
    [
      'gives a claim back without its holder',
      (store) => ({
        release: async (id, claimId) => {
          const answer = await store.release(id, claimId)
          return answer === 'not-holder' && (await store.look(id))?.state === 'claimed' ? 'sealed' : answer
        },
      }),
    ],
    [
      'burns while it is being opened',
      (store) => ({
        burn: async (id, owners) => {
          const answer = await store.burn(id, owners)
          return answer === 'busy' ? 'burned' : answer
        },
      }),
    ],
    ['forgets that somebody was told', () => ({ done: async () => {} })],
    ['forgets that an errand was done', () => ({ finish: async () => {} })],
    [
      'plans what a claim owes that did not win',
      (store) => ({
        claim: async (id, claim) => {
          for (const errand of claim.owes ?? []) await store.plan(errand)
          return store.claim(id, claim)
        },
      }),
    ],
    [
      'hands an errand to two callers',
      (store) => ({
        errands: async (limit, holdMs, only) => {
          const found = await store.errands(limit, holdMs, only)
          for (const { id, name, dueAt } of found) await store.postpone(id, name, dueAt)
          return found
        },
      }),
    ],
    [
      'counts the same guess twice',
      (store) => ({
        claim: async (id, claim) => store.claim(id, { ...claim, claimId: randomBytes(16) }),
      }),
    ],
  ]
  it.each(wrongStores)('catches a store that %s', async (_, mutate) => {
    const broken = handles.map((store) => ({ ...store, ...mutate(store) }))
    await expect(follow(2_000, broken, false)).rejects.toThrow(/and not/)
  })
})
