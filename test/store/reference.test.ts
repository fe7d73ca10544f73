import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Memory, referenceStore } from '../fixtures/reference-store.ts'
import { storeContract } from './contract.ts'

storeContract('The reference', async (now) => {
  const memory = new Memory()
  const another = () => referenceStore(memory, now)
  return { store: another(), another, close: async () => undefined }
})

describe('docs/add-a-store.md', () => {
  const read = (path: string) => readFileSync(resolve(import.meta.dirname, path), 'utf8')

  it('quotes the reference as it is', () => {
    const code = read('../fixtures/reference-store.ts') + read('reference.test.ts')
    const quotes = [...read('../../docs/add-a-store.md').matchAll(/```ts\n(.*?)```/gs)].map(
      ([, quote = '']) => quote,
    )
    expect(quotes.length).toBeGreaterThan(4)
    expect(quotes.filter((quote) => !code.includes(quote))).toEqual([])
  })

  it('says of each verb what it must not get wrong', () => {
    const verbs = Object.keys(referenceStore(new Memory(), Date.now)).filter((name) => name !== 'now')
    const text = read('../../docs/add-a-store.md')
    expect(
      verbs.filter((verb) => !new RegExp(`^\\|.*\`${verb}\`.*\\||## 4. The ${verb}`, 'm').test(text)),
    ).toEqual([])
  })
})
