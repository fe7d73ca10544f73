import { format, inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SottoError } from '../../../src/core/format/errors.ts'
import { Secret } from '../../../src/core/format/secret.ts'

const canary = 'canary-5f2e9c'

/** Every way in which a value ends up in a log line by accident. */
function printedForms(value: object): string {
  return [
    `${value}`,
    String(value),
    JSON.stringify(value),
    JSON.stringify({ nested: [value] }),
    JSON.stringify({ ...value }),
    JSON.stringify(Object.values(value)),
    JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(value))),
    JSON.stringify(structuredClone(value)),
    inspect(value, { depth: 9, showHidden: true, getters: true }),
    inspect({ value }, { customInspect: false, showHidden: true, depth: 9 }),
    format('%s %o %O %j', value, value, value, value),
    inspect(new SottoError('bad-argument', `about ${value}`, { cause: value })),
  ].join('\n')
}

/** The same bytes as numbers, as a typed array prints them. */
const asNumbers = [...Buffer.from(canary)].join(', ')

describe('a secret', () => {
  it('cannot be printed, copied or serialised by accident', () => {
    const shown = printedForms(Secret.fromText(canary))
    expect(shown).not.toContain(canary)
    expect(shown).not.toContain(asNumbers)
    expect(shown).toContain('[secret]')
  })

  it('would be caught with a plain field', () => {
    class Careless {
      readonly bytes = Buffer.from(canary)
      readonly text = canary
    }
    expect(printedForms(new Careless())).toContain(canary)
  })

  it('gives text back unchanged, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(Secret.fromText(text).text()).toBe(text)
      }),
    )
    expect(Secret.fromText('\ufeffa\r\n\0').text()).toBe('\ufeffa\r\n\0')
  })

  it.each(['\ud800', 'a\udc00', '\udc00\ud800'])(
    'refuses half a character instead of altering it: %j',
    (text) => {
      expect(() => Secret.fromText(text)).toThrow(expect.objectContaining({ code: 'lone-surrogate' }))
    },
  )

  it('says that bytes are not text without quoting them', () => {
    const secret = Secret.from(Uint8Array.of(0x63, 0x61, 0xff))
    expect(() => secret.text()).toThrow(expect.objectContaining({ code: 'not-text' }))
    expect(secret.byteLength).toBe(3)
  })

  it('is gone once wiped, also for whoever made it from bytes', () => {
    const bytes = Uint8Array.from(Buffer.from(canary))
    const secret = Secret.from(bytes)
    secret.wipe()
    secret.wipe()
    expect(bytes.every((byte) => byte === 0)).toBe(true)
    for (const use of [() => secret.bytes(), () => secret.text(), () => secret.byteLength]) {
      expect(use).toThrow(expect.objectContaining({ code: 'wiped' }))
    }
  })
})
