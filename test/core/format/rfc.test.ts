import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { argon2id as nobleArgon2id } from '@noble/hashes/argon2.js'
import { hashRaw } from '@node-rs/argon2'
import fc from 'fast-check'
import { argon2id as wasmArgon2id } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { argon2Queue } from '../../../src/core/argon2-queue.ts'
import { expand, hash, hmac } from '../../../src/core/format/hkdf.ts'
import { chatKdf, kdfBounds, webKdf } from '../../../src/core/format/kdf.ts'
import { decrypt, encrypt } from '../../../src/core/format/xchacha.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex')
const none = new Uint8Array()

describe('RFC 5869, appendix A', () => {
  it.each([
    {
      name: 'A.1',
      ikm: '0b'.repeat(22),
      salt: '000102030405060708090a0b0c',
      info: 'f0f1f2f3f4f5f6f7f8f9',
      prk: '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf',
    },
    {
      name: 'A.3, without salt or info',
      ikm: '0b'.repeat(22),
      salt: '',
      info: '',
      prk: '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04',
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d',
    },
  ])('$name', ({ ikm, salt, info, prk, okm }) => {
    const extracted = hmac(bytes(salt), bytes(ikm))
    expect(hex(extracted)).toBe(prk)
    expect(hex(expand(extracted, bytes(`${info}01`)))).toBe(okm)
    expect(hex(expand(extracted, bytes(`${info}01`), 16))).toBe(okm.slice(0, 32))
  })
})

describe('HMAC with its keys kept absorbed', () => {
  it('gives the same whatever was asked between, however many keys take turns', async () => {
    const { createHmac, createHash } = await import('node:crypto')
    const keys = Array.from({ length: 9 }, (_, at) => new Uint8Array(at * 8).fill(at + 1))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(8), fc.uint8Array({ maxLength: 200 }))), (calls) => {
        for (const [at, message] of calls) {
          const key = keys[at] ?? none
          expect(hex(hmac(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'))
          expect(hex(hash(message))).toBe(createHash('sha256').update(message).digest('hex'))
        }
      }),
    )
  })
})

describe('XChaCha20-Poly1305 in one pass', () => {
  it("gives @noble's bytes for every size, also beyond the shared buffers, and opens them", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 24, maxLength: 24 }),
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ maxLength: 5000, size: 'max' }),
        fc.uint8Array({ maxLength: 70 }),
        (key, nonce, aad, plain, head) => {
          const sealed = encrypt(head, key, nonce, aad, plain)
          expect(hex(sealed)).toBe(hex(head) + hex(xchacha20poly1305(key, nonce, aad).encrypt(plain)))
          const box = sealed.slice(head.length)
          expect(decrypt(key, nonce, aad, box)).toEqual(plain)
          // Also from a view that is not aligned to words.
          const shifted = new Uint8Array(box.length + 1)
          shifted.set(box, 1)
          expect(decrypt(key, nonce, aad, shifted.subarray(1))).toEqual(plain)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('Argon2id', () => {
  const { run } = argon2Queue()
  const salt = () => bytes('02'.repeat(16))

  it("gives RFC 9106 §5.3's tag in the library that the browser can use", () => {
    const tag = nobleArgon2id(bytes('01'.repeat(32)), salt(), {
      m: 32,
      t: 3,
      p: 4,
      dkLen: 32,
      key: bytes('03'.repeat(8)),
      personalization: bytes('04'.repeat(12)),
    })
    expect(hex(tag)).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
  })

  it.each([
    ['the least that is allowed', { memoryKiB: kdfBounds.minMemoryKiB, passes: 1 }],
    ["chat's cost", chatKdf],
  ])('gives identical bytes in all three libraries at %s', async (_, { memoryKiB, passes }) => {
    const passphrase = () => new TextEncoder().encode('tell no one ① é')
    const ours = await run(passphrase(), salt(), { memoryKiB, passes })
    if (ours === 'busy') throw new Error('busy')
    const noble = nobleArgon2id(passphrase(), salt(), { m: memoryKiB, t: passes, p: 1, dkLen: 32 })
    const wasm = await wasmArgon2id({
      password: passphrase(),
      salt: salt(),
      parallelism: 1,
      iterations: passes,
      memorySize: memoryKiB,
      hashLength: 32,
      outputType: 'binary',
    })
    expect(hex(ours)).toBe(hex(noble))
    expect(hex(wasm)).toBe(hex(noble))
  })

  it("gives identical bytes at the web's cost in the server's library and hash-wasm", async () => {
    const passphrase = () => new TextEncoder().encode('web')
    const ours = await hashRaw(passphrase(), {
      salt: salt(),
      memoryCost: webKdf.memoryKiB,
      timeCost: webKdf.passes,
      parallelism: 1,
    })
    const wasm = await wasmArgon2id({
      password: passphrase(),
      salt: salt(),
      parallelism: 1,
      iterations: webKdf.passes,
      memorySize: webKdf.memoryKiB,
      hashLength: 32,
    })
    expect(hex(ours)).toBe(wasm)
  })
})
