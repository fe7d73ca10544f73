import { afterAll, beforeAll, describe } from 'vitest'
import type { OpenedStore } from '../../doubles/run/stores.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { claiming } from './contract/claiming.ts'
import { ending } from './contract/ending.ts'
import { errands } from './contract/errands.ts'
import { following } from './contract/following.ts'
import { guessing } from './contract/guessing.ts'
import { keeping } from './contract/keeping.ts'

/** What the parts of the contract work with. */
export interface Subject {
  readonly store: SecretStore
  /** A second handle on the same data. */
  readonly other: SecretStore
  another(): SecretStore
  /** The store's clock, which stands still but for `pass`. */
  now(): number
  pass(ms: number): void
}

/** One empty store, and more handles on the same data. */
export type Contracted = Pick<OpenedStore, 'store' | 'another' | 'close'>

/** Everything that the port promises. Each store passes all of it. */
export function storeContract(name: string, open: (now: () => number) => Promise<Contracted>): void {
  describe(`${name} keeps the port's promises`, () => {
    let time = Date.now()
    let opened: Contracted
    let other: SecretStore
    const subject: Subject = {
      get store() {
        return opened.store
      },
      get other() {
        return other
      },
      another: () => opened.another(),
      now: () => time,
      pass(ms) {
        time += ms
      },
    }

    beforeAll(async () => {
      opened = await open(() => time)
      other = opened.another()
    })
    afterAll(() => opened.close())

    describe('keeping', () => keeping(subject))
    describe('claiming', () => claiming(subject))
    describe('guessing', () => guessing(subject))
    describe('ending', () => ending(subject))
    describe('following', () => following(subject))
    describe('errands', () => errands(subject))
  })
}
