import { wordlist } from '@scure/bip39/wordlists/english.js'
import { describe, expect, it } from 'vitest'
import { passphrase, password } from '../../../src/core/format/generate.ts'
import { random } from '../../../src/core/format/random.ts'

/** Pearson's statistic for equally likely outcomes. */
function chiSquare(counts: ReadonlyMap<string, number>, outcomes: number): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const each = total / outcomes
  const seen = [...counts.values()].reduce((sum, count) => sum + (count - each) ** 2 / each, 0)
  return seen + (outcomes - counts.size) * each
}

function tally(items: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

/** A repeatable source: 16-bit numbers 0, 1, 2 … so that one round shows each exactly once. */
function counting() {
  let next = 0
  return () => Uint8Array.of((next >> 8) & 255, next++ & 255)
}

describe('a password', () => {
  it('has twenty characters of all four alphabets, none easily mistaken, and says its strength', () => {
    for (let at = 0; at < 300; at++) {
      const { secret, bits } = password()
      const text = secret.text()
      expect(text).toHaveLength(20)
      for (const needed of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(text).toMatch(needed)
      expect(text).not.toMatch(/[Il1O0o]/)
      expect(bits).toBeGreaterThan(120)
      expect(bits).toBeLessThan(20 * Math.log2(94))
    }
  })

  it('follows its options', () => {
    const { secret, bits } = password({ length: 32, alphabets: ['digits'], lookAlikes: true })
    expect(secret.text()).toMatch(/^[0-9]{32}$/)
    expect(bits).toBeCloseTo(32 * Math.log2(10), 9)
    expect(password({ length: 128 }).secret.text()).toHaveLength(128)
  })

  it('counts only what it can give: two alphabets of eight characters are 8 × 52 less the one-sided ones', () => {
    const { bits } = password({ length: 8, alphabets: ['lower', 'upper'], lookAlikes: true })
    expect(bits).toBeCloseTo(Math.log2(52 ** 8 - 2 * 26 ** 8), 9)
  })

  it.each([{ length: 7 }, { length: 129 }, { length: 20.5 }, { alphabets: [] }])('refuses %o', (options) => {
    expect(() => password(options)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })

  it('draws without bias, where a plain remainder shows one', () => {
    // Ten digits do not divide 65,536: over all 16-bit draws a remainder favours the first six, rejection none.
    const source = counting()
    const fair: string[] = []
    while (fair.length < 65_528) {
      fair.push(...password({ length: 8, alphabets: ['digits'], lookAlikes: true }, source).secret.text())
    }
    const biased = Array.from({ length: 65_536 }, (_, drawn) => String(drawn % 10))
    expect(new Set(tally(fair.slice(0, 65_520)).values())).toEqual(new Set([6552]))
    expect(new Set(tally(biased).values())).toEqual(new Set([6554, 6553]))
  })

  it('spreads evenly with the real source', () => {
    const letters: string[] = []
    for (let at = 0; at < 500; at++) {
      letters.push(...password({ length: 128, alphabets: ['lower'], lookAlikes: true }, random).secret.text())
    }
    // 25 degrees of freedom: beyond 71 once in 400,000 runs.
    expect(chiSquare(tally(letters), 26)).toBeLessThan(71)
  })
})

describe('a passphrase', () => {
  it('has six words of the list, 66 bits', () => {
    const { secret, bits } = passphrase()
    const words = secret.text().split('-')
    expect(words).toHaveLength(6)
    for (const word of words) expect(wordlist).toContain(word)
    expect(bits).toBe(66)
  })

  it('follows its options', () => {
    const { secret, bits } = passphrase({ words: 8, separator: ' ' })
    expect(secret.text().split(' ')).toHaveLength(8)
    expect(bits).toBe(88)
  })

  it('reaches every word equally often', () => {
    const source = counting()
    const words: string[] = []
    while (words.length < 65_536) words.push(...passphrase({ words: 16 }, source).secret.text().split('-'))
    const counts = tally(words)
    expect(counts.size).toBe(2048)
    expect(new Set(counts.values())).toEqual(new Set([32]))
  })

  it.each([{ words: 3 }, { words: 25 }, { separator: 'far too long' }])('refuses %o', (options) => {
    expect(() => passphrase(options)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})
