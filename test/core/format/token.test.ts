import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { random } from '../../../src/core/format/random.ts'
import { kinds, newToken, parseToken, printToken } from '../../../src/core/format/token.ts'

describe('a token', () => {
  it('comes back from its printed form, 46 characters long', () => {
    for (const kind of kinds) {
      const token = newToken(kind)
      const text = printToken(token)
      expect(text).toHaveLength(46)
      expect(parseToken(text)?.kind).toBe(kind)
      expect(parseToken(text)?.bytes).toEqual(token.bytes)
    }
  })

  it('has one form only: whatever else parses prints differently from what was read', () => {
    const good = printToken(newToken('c1'))
    fc.assert(
      fc.property(fc.nat(45), fc.string({ maxLength: 2 }), (at, instead) => {
        const text = good.slice(0, at) + instead + good.slice(at + 1)
        const token = parseToken(text)
        if (token !== undefined) expect(printToken(token)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  it('is not printed by accident', () => {
    const token = newToken('c1')
    const text = printToken(token).slice(3)
    const shown = [
      `${token}`,
      JSON.stringify({ token }),
      inspect({ token }, { depth: 9, showHidden: true }),
      JSON.stringify({ ...token }),
      JSON.stringify(structuredClone(token)),
    ].join()
    expect(shown).not.toContain(text)
    expect(shown).not.toContain(inspect(token.bytes))
    expect(shown).toContain('[token]')
  })
})

describe('random bytes', () => {
  it('are never handed out twice, across the pool and beyond it', () => {
    const seen = new Set<string>()
    for (let at = 0; at < 3000; at++)
      seen.add(
        Buffer.from(random(16 + (at % 300)))
          .toString('hex')
          .slice(0, 32),
      )
    expect(seen.size).toBe(3000)
  })

  it('keep no connection to the pool that they came from', () => {
    const one = random(32)
    const copy = Uint8Array.from(one)
    random(32).fill(0)
    expect(one).toEqual(copy)
    expect(one.buffer.byteLength).toBe(32)
  })
})
