import { chacha20, hchacha } from '@noble/ciphers/chacha.js'
import { describe, expect, it } from 'vitest'
import { unpad } from '../../../src/core/format/padding.ts'
import { type Context, derive, open, type Unlocked } from '../../../src/core/format/suite1.ts'
import { newToken } from '../../../src/core/format/token.ts'
import { decrypt } from '../../../src/core/format/xchacha.ts'

const p = 2n ** 130n - 5n
const clamp = 0x0ffffffc0ffffffc0ffffffc0fffffffn

const little = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
const modulo = (value: bigint, by: bigint) => ((value % by) + by) % by

function toBytes(value: bigint, size = 16): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => Number((value >> BigInt(8 * at)) & 255n))
}

function inverse(value: bigint): bigint {
  let [base, exponent, result] = [modulo(value, p), p - 2n, 1n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % p
    base = (base * base) % p
  }
  return result
}

/** Poly1305's r and s for this key and nonce. */
function oneTimeKey(key: Uint8Array, nonce: Uint8Array): { r: bigint; s: bigint } {
  const words = (bytes: Uint8Array) => new Uint32Array(bytes.slice().buffer)
  const subkey = new Uint32Array(8)
  hchacha(words(new TextEncoder().encode('expand 32-byte k')), words(key), words(nonce.slice(0, 16)), subkey)
  const inner = Uint8Array.from([0, 0, 0, 0, ...nonce.slice(16)])
  const block = chacha20(new Uint8Array(subkey.buffer), inner, new Uint8Array(32))
  return { r: little(block.slice(0, 16)) & clamp, s: little(block.slice(16)) }
}

function evaluate(message: Uint8Array, r: bigint): bigint {
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    sum = ((sum + little(message.slice(at, at + 16)) + 2n ** 128n) * r) % p
  }
  return sum
}

/**
 * A box of 272 bytes that Poly1305 accepts under both keys (Len, Grubbs, Ristenpart, USENIX Security 2021 §3): its last
 * two blocks solve two linear equations, one for each key, for a tag chosen beforehand.
 */
function boxForBoth(keys: readonly [Uint8Array, Uint8Array], nonce: Uint8Array, aad: Uint8Array): Uint8Array {
  const padded = new Uint8Array((aad.length + 15) & ~15)
  padded.set(aad)
  const lengths = Uint8Array.from([...toBytes(BigInt(aad.length), 8), ...toBytes(256n, 8)])
  for (;;) {
    const body = crypto.getRandomValues(new Uint8Array(256)).fill(0, 224)
    const tag = crypto.getRandomValues(new Uint8Array(16))
    const [one, other] = keys.map((key) => {
      const { r, s } = oneTimeKey(key, nonce)
      const message = Uint8Array.from([...padded, ...body, ...lengths])
      const wanted = modulo(little(tag) - s, 2n ** 128n)
      return { x: r ** 3n % p, y: r ** 2n % p, sum: modulo(wanted - evaluate(message, r), p) }
    })
    if (one === undefined || other === undefined) throw new Error('two keys are needed')
    const scale = inverse(one.x * other.y - one.y * other.x)
    const first = modulo((one.sum * other.y - one.y * other.sum) * scale, p)
    const second = modulo((one.x * other.sum - one.sum * other.x) * scale, p)
    if (first >= 2n ** 128n || second >= 2n ** 128n) continue
    body.set(toBytes(first), 224)
    body.set(toBytes(second), 240)
    return Uint8Array.from([...body, ...tag])
  }
}

describe('a record made to be accepted under two passphrases', () => {
  const derived = derive(newToken('c1'))
  const [alpha, omega] = [
    derived.unlock(new Uint8Array(32).fill(1)),
    derived.unlock(new Uint8Array(32).fill(2)),
  ]
  const context: Context = {
    expiresAt: 1_800_000_000_000,
    recipient: derived.recipient(),
    kdf: Uint8Array.of(1, 0, 0, 0x4c, 0, 2),
  }
  const nonce = crypto.getRandomValues(new Uint8Array(24))
  const aad = aadOf()
  const box = boxForBoth([alpha.key(), omega.key()], nonce, aad)
  const sealed = (commitment: Uint8Array) => Uint8Array.from([1, ...commitment, ...nonce, ...box])

  /** docs/format.md §4, written out. */
  function aadOf(): Uint8Array {
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(context.expiresAt))
    const fields = [
      [1],
      Buffer.from('c1'),
      Buffer.from(derived.id, 'base64url'),
      time,
      context.recipient,
      context.kdf,
    ]
    return Uint8Array.from(fields.flatMap((value, at) => [at + 1, 0, value.length, ...value]))
  }

  it('is accepted under both by XChaCha20-Poly1305, as the counter-example without a commitment shows', () => {
    const withoutCommitment = (unlocked: Unlocked) => decrypt(unlocked.key(), nonce, aad, box)
    const [one, other] = [withoutCommitment(alpha), withoutCommitment(omega)]
    expect(one).toHaveLength(256)
    expect(other).toHaveLength(256)
    expect(one).not.toEqual(other)
    expect(decrypt(derived.unlock(new Uint8Array(32).fill(3)).key(), nonce, aad, box)).toBeUndefined()
  })

  it('is refused by its commitment under every passphrase but one, before it is decrypted', () => {
    for (const [mine, theirs] of [
      [alpha, omega],
      [omega, alpha],
    ] as const) {
      let decryptions = 0
      const watched = {
        ...theirs,
        key() {
          decryptions++
          return theirs.key()
        },
      }
      expect(open(derived, watched, sealed(mine.commitment()), context)).toEqual({ why: 'tampered' })
      expect(decryptions).toBe(0)
      open(derived, watched, sealed(theirs.commitment()), context)
      expect(decryptions).toBe(1)
    }
  })

  it('could not carry two contents either: the padding is checked as well', () => {
    const plain = decrypt(alpha.key(), nonce, aad, box)
    expect(plain && unpad(plain)).toBeUndefined()
  })
})
