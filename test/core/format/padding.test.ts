import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxContentBytes, pad, paddedBytes, unpad } from '../../../src/core/format/padding.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { derive, seal } from '../../../src/core/format/suite1.ts'
import { newToken } from '../../../src/core/format/token.ts'
import { parseKeyring } from '../../../src/core/keyring.ts'
import { sealOuter } from '../../../src/core/outer.ts'

const keyring = parseKeyring(
  `k1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`,
)

/** The size at which content of this many bytes is stored. */
function storedBytes(contentBytes: number): number {
  const derived = derive(newToken('c1'))
  const context = { expiresAt: 0, recipient: derived.recipient(), kdf: new Uint8Array() }
  const sealed = seal(derived, derived.unlock(), Secret.from(new Uint8Array(contentBytes).fill(7)), context)
  return sealOuter(keyring, derived.id, sealed).bytes.length
}

function distinctSizes(sizeOf: (contentBytes: number) => number): Set<number> {
  return new Set(Array.from({ length: 4001 }, (_, contentBytes) => sizeOf(contentBytes)))
}

describe('padding', () => {
  it('comes off again for every size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000, size: 'max' }), (content) => {
        expect(unpad(pad(content))).toEqual(content)
      }),
    )
  })

  it('never adds more than 12 % beyond the floor, nor shrinks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 253, max: maxContentBytes }), (size) => {
        const padded = paddedBytes(size)
        expect(padded).toBeGreaterThanOrEqual(size + 4)
        expect(padded / (size + 4)).toBeLessThan(1.12)
        expect(paddedBytes(padded - 4)).toBe(padded)
      }),
    )
  })

  it('shows a store only its buckets: of 4,001 lengths, 65 sizes, and one for everything up to 252 bytes', () => {
    const sizes = distinctSizes(storedBytes)
    expect(sizes.size).toBeLessThanOrEqual(65)
    expect(new Set([0, 1, 8, 100, 252].map(storedBytes)).size).toBe(1)
    expect(storedBytes(253)).toBeGreaterThan(storedBytes(252))
  })

  it('would show every length without it', () => {
    const unpadded = (contentBytes: number) => storedBytes(0) - 256 + 4 + contentBytes
    expect(distinctSizes(unpadded).size).toBe(4001)
  })

  it('is refused in any other form than its own', () => {
    const padded = pad(Uint8Array.of(1, 2, 3))
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = padded.slice()
        altered[at] = (altered[at] ?? 0) ^ change
        const content = unpad(altered)
        // Another content is another padding; what never passes is a second padding of the same content.
        if (content !== undefined) expect(pad(content)).toEqual(altered)
      }),
    )
    expect(unpad(padded.slice(0, 255))).toBeUndefined()
    expect(unpad(new Uint8Array(300))).toBeUndefined()
    expect(unpad(new Uint8Array(0))).toBeUndefined()
  })

  it('refuses content beyond its limit', () => {
    const huge = { length: maxContentBytes + 1 } as Uint8Array
    expect(() => pad(huge)).toThrow(expect.objectContaining({ code: 'too-large' }))
  })
})
