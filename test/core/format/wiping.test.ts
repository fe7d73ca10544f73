import { chacha20, hchacha } from '@noble/ciphers/chacha.js'
import { afterEach, describe, expect, it } from 'vitest'

const made: Uint8Array[] = []

// Before anything of ours is loaded, so that arrays which a module keeps for itself are seen as well.
const Native = Uint8Array
const watched = new Proxy(Native, {
  construct(target, given) {
    const bytes = Reflect.construct(target, given) as Uint8Array
    made.push(bytes)
    return bytes
  },
})
// What `slice` and `subarray` return is made by the constructor of what they are called on.
Object.defineProperty(Native.prototype, 'constructor', { value: watched })
globalThis.Uint8Array = watched

const { derive, open, seal } = await import('../../../src/core/format/suite1.ts')
const { Secret } = await import('../../../src/core/format/secret.ts')
const { newToken } = await import('../../../src/core/format/token.ts')
const { decrypt, encrypt } = await import('../../../src/core/format/xchacha.ts')

/** The arrays that modules keep; the others are gone when nobody holds them any more. */
const kept = [...made]

afterEach(() => {
  made.length = 0
})

/** Whether any of the arrays, of all that there are when not said otherwise, still has these bytes in it. */
function left(bytes: Buffer, among = [...kept, ...made]): boolean {
  return among.some((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength).includes(bytes))
}

/** Bytes of which no other copy is made that could be seen. */
function canaryBytes(size = 40): Buffer {
  return Buffer.alloc(size, crypto.randomUUID())
}

const copyOf = (bytes: Uint8Array) => new Uint8Array(bytes)

describe.each([40, 5_000])('of %i bytes', (size) => {
  const derived = derive(newToken('c1'))
  const context = { expiresAt: 0, recipient: derived.recipient(), kdf: new Uint8Array() }

  it('nothing is left by sealing but the caller’s own', () => {
    const canary = canaryBytes(size)
    const secret = Secret.from(copyOf(canary))
    seal(derived, derived.unlock(), secret, context)
    expect(left(canary)).toBe(true)
    secret.wipe()
    expect(left(canary)).toBe(false)
  })

  it('nothing is left by opening but the secret, and nothing when that is wiped', () => {
    const canary = canaryBytes(size)
    const secret = Secret.from(copyOf(canary))
    const sealed = seal(derived, derived.unlock(), secret, context)
    secret.wipe()
    const opened = open(derived, derived.unlock(), sealed, context)
    expect(left(canary)).toBe(true)
    if (opened.why === 'opened') opened.secret.wipe()
    expect(left(canary)).toBe(false)
  })

  it('nothing is left when the tag is wrong', () => {
    const canary = canaryBytes(size)
    const [key, nonce, none] = [canaryBytes(32), canaryBytes(24), new Uint8Array()]
    const box = encrypt(none, key, nonce, none, canary)
    box[box.length - 1] = (box[box.length - 1] ?? 0) ^ 1
    expect(decrypt(key, nonce, none, box)).toBeUndefined()
    expect(left(canary)).toBe(false)
  })
})

describe('of a key', () => {
  const key = canaryBytes(32)
  const nonce = canaryBytes(24)
  const words = (bytes: Uint8Array) => new Uint32Array(copyOf(bytes).buffer)
  const subkey = new Uint32Array(8)
  hchacha(words(Buffer.from('expand 32-byte k')), words(key), words(nonce.subarray(0, 16)), subkey)
  const streamKey = Buffer.from(subkey.buffer)
  const oneTimeKey = Buffer.from(
    chacha20(streamKey, Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]), new Uint8Array(32)),
  )

  it.each(['encrypt', 'decrypt'] as const)(
    'neither what it opens nor what proves it is left by %s',
    (act) => {
      const [none, plain] = [new Uint8Array(), new Uint8Array(300)]
      const box = encrypt(none, key, nonce, none, plain)
      if (act === 'decrypt') expect(decrypt(key, nonce, none, box)).toEqual(plain)
      expect(left(streamKey, kept)).toBe(false)
      // @noble's Poly1305 copies its key, into an array that dies with the call.
      expect(left(oneTimeKey, kept)).toBe(false)
    },
  )
})

it('of a passphrase nothing is left by stretching it but the caller’s own', async () => {
  let handed = new Uint8Array()
  const passphrase = Secret.fromText('swordfish')
  const stretch = derive(newToken('c1')).stretch(
    passphrase,
    { memoryKiB: 8_192, passes: 1 },
    async (bytes) => {
      handed = bytes as typeof handed
      expect(Buffer.from(handed).toString()).toBe('swordfish')
      return new Uint8Array(32)
    },
  )
  await stretch
  expect(handed).toEqual(new Uint8Array(9))
  expect(passphrase.text()).toBe('swordfish')
})
