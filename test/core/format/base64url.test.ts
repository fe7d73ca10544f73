import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, print } from '../../../src/core/format/base64url.ts'

describe('base64url', () => {
  it("prints what Node's own prints, and parses it back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = print(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(parse(text)).toEqual(bytes)
      }),
    )
  })

  it('parses nothing but the canonical form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (text) => {
        const bytes = parse(text)
        if (bytes !== undefined) expect(print(bytes)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    'A',
    'AAAAA',
    'AB',
    'AAB',
    'AA==',
    'AA=',
    '+A',
    '/A',
    ' AA',
    'AA\n',
    'ÀA',
    '\u0100A',
    'A\ud83dA',
    '😀',
  ])('refuses %j', (text) => expect(parse(text)).toBeUndefined())

  it('catches a decoder that forgives stray bits and padding', () => {
    const forgiving = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'))
    expect(print(forgiving('AB'))).not.toBe('AB')
    expect(forgiving('AA==')).toHaveLength(1)
  })
})
