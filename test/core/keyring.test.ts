import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SottoError } from '../../src/core/format/errors.ts'
import { derive } from '../../src/core/format/suite1.ts'
import { newToken } from '../../src/core/format/token.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import { openOuter, ownerHashes, sealOuter } from '../../src/core/outer.ts'

const fresh = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32)))
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const alice = { platform: 'slack', tenant: 'T1', id: 'U1' }

function problemsOf(text: string): readonly string[] {
  try {
    parseKeyring(text)
    return []
  } catch (error) {
    if (error instanceof SottoError && error.code === 'bad-keys') return error.problems
    throw error
  }
}

describe('a keyring', () => {
  it('seals with its first key and opens with all', () => {
    const [one, two] = [base64(fresh()), base64(fresh())]
    const { id } = derive(newToken('c1'))
    const old = sealOuter(parseKeyring(`k1:${one}`), id, Uint8Array.of(1))
    const rotated = parseKeyring(` k2:${two}, k1:${one}\n`)
    const made = sealOuter(rotated, id, Uint8Array.of(2))
    expect(old.kid).toBe('k1')
    expect(made.kid).toBe('k2')
    expect(rotated.sealing).toBe('k2')
    expect(rotated.kids()).toEqual(['k2', 'k1'])
    expect(openOuter(rotated, id, old.bytes)).toEqual({ why: 'opened', sealed: Uint8Array.of(1) })
    expect(openOuter(rotated, id, made.bytes)).toEqual({ why: 'opened', sealed: Uint8Array.of(2) })
  })

  it('names a key that it has not, and opens again once the key is back', () => {
    const [one, two] = [base64(fresh()), base64(fresh())]
    const { id } = derive(newToken('c1'))
    const { bytes } = sealOuter(parseKeyring(`k1:${one}`), id, Uint8Array.of(1))
    expect(openOuter(parseKeyring(`k2:${two}`), id, bytes)).toEqual({ why: 'unknown-key', kid: 'k1' })
    expect(openOuter(parseKeyring(`k2:${two},k1:${one}`), id, bytes).why).toBe('opened')
  })

  it('reads either base64 alphabet, padded or not', () => {
    const key = fresh().fill(0xfb, 0, 3)
    const { id } = derive(newToken('c1'))
    const { bytes } = sealOuter(parseKeyring(`k1:${base64(key)}`), id, Uint8Array.of(1))
    for (const text of [base64(key).replace('=', ''), key.toString('base64url')]) {
      expect(openOuter(parseKeyring(`k1:${text}`), id, bytes).why).toBe('opened')
    }
  })

  it('keeps more ids in mind than it has room for without mixing them up', () => {
    const keyring = parseKeyring(`k1:${base64(fresh())}`)
    const made = Array.from({ length: 700 }, (_, at) => {
      const { id } = derive(newToken('c1'))
      return {
        id,
        sealed: Uint8Array.of(at & 255),
        bytes: sealOuter(keyring, id, Uint8Array.of(at & 255)).bytes,
      }
    })
    for (const { id, sealed, bytes } of made)
      expect(openOuter(keyring, id, bytes)).toEqual({ why: 'opened', sealed })
  })

  it('reports every problem at once', () => {
    const good = base64(fresh())
    const problems = problemsOf(
      [
        `k1:${good}`,
        `k1:${base64(fresh())}`,
        `k2:${good}`,
        'k3:tooshort',
        'K4:x',
        'nothing',
        'k5:****',
      ].join(),
    )
    expect(problems).toEqual([
      'key 2: "k1" is there twice',
      'key 3: "k2" is the same key as "k1"',
      'key 4: "k3" has 6 bytes, expected 32; make one with: openssl rand -base64 32',
      'key 5: expected a key id of 1 to 16 characters from a-z, 0-9, "_" and "-"',
      'key 6: expected kid:<base64>',
      'key 7: "k5" is not base64',
    ])
    expect(problemsOf('')).toEqual(['expected at least one key, as kid:<base64>'])
  })

  it.each([
    ['all zeros', new Uint8Array(32)],
    ['one byte repeated', new Uint8Array(32).fill(7)],
    ['eight bytes repeated', Uint8Array.from({ length: 32 }, (_, at) => (at % 8) * 31)],
    ['counting up', Uint8Array.from({ length: 32 }, (_, at) => at)],
    ['counting down by threes', Uint8Array.from({ length: 32 }, (_, at) => 250 - 3 * at)],
    ["a tutorial's key", Buffer.from('0123456789abcdef0123456789abcdef')],
    ['typed text', Buffer.from('sotto example key: do not use it')],
  ])('refuses a weak key: %s', (_, key) => {
    expect(problemsOf(`k1:${base64(key)}`)).toEqual([expect.stringContaining('openssl rand -base64 32')])
  })

  it('refuses no random key', () => {
    for (let at = 0; at < 2000; at++) expect(problemsOf(`k1:${base64(fresh())}`)).toEqual([])
  })

  it('never shows a key, neither printed nor in what it complains about', () => {
    const key = fresh()
    const keyring = parseKeyring(`k1:${base64(key)}`)
    const shown = [
      inspect(keyring, { depth: 9, showHidden: true }),
      JSON.stringify(keyring),
      `${keyring}`,
      // A key without its id, with an id in the wrong place, and cut short.
      ...problemsOf(`${base64(key)}`),
      ...problemsOf(`${base64(key)}:k1`),
      ...problemsOf(`k1:${base64(key).slice(0, 40)}`),
      ...problemsOf(`k1:${base64(key)},k2:${base64(key)}`),
    ].join()
    expect(shown).not.toContain(base64(key).slice(0, 12))
    expect(shown).not.toContain([...key.subarray(0, 6)].join(', '))
  })
})

describe('an owner hash', () => {
  const [one, two] = [base64(fresh()), base64(fresh())]

  it('is the same for the same person, one for each key, the sealing one first', () => {
    const [old] = ownerHashes(parseKeyring(`k1:${one}`), alice)
    const [made, kept, ...rest] = ownerHashes(parseKeyring(`k2:${two},k1:${one}`), { ...alice })
    expect(kept).toEqual(old)
    expect(made).not.toEqual(old)
    expect(made).toHaveLength(16)
    expect(rest).toEqual([])
  })

  it('differs for another person, tenant or platform, also where the names run together', () => {
    const keyring = parseKeyring(`k1:${one}`)
    const hashes = [
      alice,
      { ...alice, id: 'U2' },
      { ...alice, tenant: 'T2' },
      { ...alice, platform: 'discord' },
      { platform: 'slackT', tenant: '1', id: 'U1' },
      { platform: 'slack', tenant: 'T1U', id: '1' },
    ].map((party) => Buffer.from(ownerHashes(keyring, party)[0]).toString('hex'))
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})
