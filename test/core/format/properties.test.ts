import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printKdf } from '../../../src/core/format/kdf.ts'
import { parseParty, printParty, sameParty } from '../../../src/core/format/party.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { derive, hashProof, open, seal } from '../../../src/core/format/suite1.ts'
import { parseTlv, printTlv } from '../../../src/core/format/tlv.ts'
import { kinds, Token } from '../../../src/core/format/token.ts'
import { parseKeyring } from '../../../src/core/keyring.ts'
import { openOuter, sealOuter } from '../../../src/core/outer.ts'

const keyring = parseKeyring(
  `k1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`,
)
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const name = fc.string({ unit: 'grapheme', maxLength: 30 })
const party = fc.record({ platform: name, tenant: name, id: name })

describe('suite 1', () => {
  it('opens what it sealed, for every kind, content, party, expiry and passphrase', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        bytes32,
        fc.uint8Array({ maxLength: 6000, size: 'max' }),
        fc.option(party, { nil: undefined }),
        fc.maxSafeNat(),
        fc.option(bytes32, { nil: undefined }),
        (kind, secretBytes, content, recipient, expiresAt, stretched) => {
          const derived = derive(new Token(kind, secretBytes))
          const unlocked = derived.unlock(stretched)
          const kdf = printKdf(stretched && { memoryKiB: 8192, passes: 3 })
          const context = { expiresAt, recipient: derived.recipient(recipient), kdf }
          const sealed = seal(derived, unlocked, Secret.from(content.slice()), context)
          const outer = openOuter(keyring, derived.id, sealOuter(keyring, derived.id, sealed).bytes)
          expect(outer).toEqual({ why: 'opened', sealed })
          const opening = open(derive(new Token(kind, secretBytes)), unlocked, sealed, context)
          expect(opening.why === 'opened' && opening.secret.bytes()).toEqual(content)
          expect(unlocked.proofHash()).toEqual(hashProof(unlocked.proof()))
        },
      ),
    )
  })

  it('never throws on bytes from outside, whatever they are', () => {
    const derived = derive(new Token('c1', new Uint8Array(32).fill(1)))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500, size: 'max' }), fc.uint8Array(), (bytes, kdf) => {
        const context = { expiresAt: 0, recipient: kdf, kdf }
        expect(open(derived, derived.unlock(), bytes, context).why).not.toBe('opened')
        expect(open(derived, derived.unlock(), Uint8Array.from([1, ...bytes]), context).why).toBe('tampered')
        expect(openOuter(keyring, derived.id, bytes).why).not.toBe('opened')
        expect(openOuter(keyring, derived.id, Uint8Array.from([2, 0x6b, 0x31, ...bytes])).why).toBe(
          'tampered',
        )
      }),
    )
  })
})

describe('a party', () => {
  it('comes back from its bytes, and different parties never share them', () => {
    fc.assert(
      fc.property(party, party, (one, other) => {
        expect(parseParty(printParty(one))).toEqual(one)
        const sameBytes = Buffer.from(printParty(one)).equals(Buffer.from(printParty(other)))
        expect(sameBytes).toBe(sameParty(one, other))
      }),
    )
  })

  it('would share them if its names were merely joined', () => {
    const joined = (of: { platform: string; tenant: string; id: string }) => of.platform + of.tenant + of.id
    const one = { platform: 'slack', tenant: 'T1', id: '2U' }
    const other = { platform: 'slack', tenant: 'T12', id: 'U' }
    expect(joined(one)).toBe(joined(other))
    expect(printParty(one)).not.toEqual(printParty(other))
  })

  it('is read from nothing but its one form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), party, fc.nat(), (bytes, of, at) => {
        const altered = printParty(of)
        altered[at % altered.length] = (altered[at % altered.length] ?? 0) ^ 1
        for (const candidate of [bytes, altered]) {
          const parsed = parseParty(candidate)
          if (parsed !== undefined) expect(printParty(parsed)).toEqual(candidate)
        }
      }),
    )
  })
})

describe('TLV', () => {
  const fields = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 300, size: 'max' })), {
      selector: ([tag]) => tag,
      maxLength: 8,
    })
    .map((all) => all.sort(([one], [other]) => one - other))

  it('has one form for every list of fields', () => {
    fc.assert(
      fc.property(fields, (all) => {
        expect(parseTlv(printTlv(all))).toEqual(all)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        const parsed = parseTlv(bytes)
        if (parsed !== undefined) expect(printTlv(parsed)).toEqual(bytes)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['tags out of order', [2, 1]],
    ['a tag twice', [1, 1]],
    ['tag 0', [0]],
    ['tag 256', [256]],
  ])('refuses %s', (_, tags) => {
    const attempt = () => printTlv(tags.map((tag) => [tag, new Uint8Array()] as const))
    expect(attempt).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})
