import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expand, hmac, keyed } from '../../../src/core/format/hkdf.ts'
import { decrypt, encrypt } from '../../../src/core/format/xchacha.ts'

interface Case {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid'
  readonly [field: string]: string | number
}

interface Group {
  readonly ivSize?: number
  readonly tagSize?: number
  readonly tests: readonly Case[]
}

const folder = join(import.meta.dirname, '../../../../shared/vectors')
const none = new Uint8Array()

function load(name: string): readonly Group[] {
  const path = join(folder, `wycheproof-${name}_test.json`)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testGroups : []
}

const bytes = (field: string | number | undefined) => Uint8Array.from(Buffer.from(String(field), 'hex'))
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex')

describe.skipIf(!existsSync(folder))('Wycheproof', () => {
  it('finds XChaCha20-Poly1305 as it must be', () => {
    let count = 0
    for (const { ivSize, tests } of load('xchacha20_poly1305')) {
      // Twelve bytes are the plain cipher here; every other length is refused by the cipher itself.
      if (ivSize === 96) continue
      for (const test of tests) {
        count++
        const [key, nonce, aad, message] = [bytes(test.key), bytes(test.iv), bytes(test.aad), bytes(test.msg)]
        const sealed = `${test.ct}${test.tag}`
        if (ivSize !== 192) {
          expect(() => encrypt(none, key, nonce, aad, message), `case ${test.tcId}`).toThrow()
          continue
        }
        const plain = decrypt(key, nonce, aad, bytes(sealed))
        if (test.result === 'valid') {
          expect(hex(encrypt(none, key, nonce, aad, message)), `case ${test.tcId}`).toBe(sealed)
          expect(plain && hex(plain), `case ${test.tcId}`).toBe(test.msg)
        } else {
          expect(plain, `case ${test.tcId}: ${test.comment}`).toBeUndefined()
        }
      }
    }
    expect(count).toBeGreaterThan(280)
  })

  it('finds HMAC-SHA-256 as it must be, for keys up to a block', () => {
    let count = 0
    for (const { tagSize = 256, tests } of load('hmac_sha256')) {
      for (const test of tests) {
        const key = bytes(test.key)
        if (key.length > 64) {
          expect(() => hmac(key, none)).toThrow()
          continue
        }
        count++
        for (const mac of [hmac(key, bytes(test.msg)), keyed(key)(bytes(test.msg))]) {
          const same = hex(mac.slice(0, tagSize / 8)) === test.tag
          expect(same, `case ${test.tcId}`).toBe(test.result === 'valid')
        }
      }
    }
    expect(count).toBeGreaterThan(100)
  })

  it('finds HKDF-SHA-256 as it must be', () => {
    let count = 0
    for (const { tests } of load('hkdf_sha256')) {
      for (const test of tests) {
        const size = Number(test.size)
        // Sizes that HKDF cannot give, and salts longer than any that we use.
        if (test.result === 'invalid' || bytes(test.salt).length > 64) continue
        count++
        const prk = hmac(bytes(test.salt), bytes(test.ikm))
        const first = Uint8Array.from([...bytes(test.info), 1])
        expect(hex(expand(prk, first, Math.min(size, 32))), `case ${test.tcId}`).toBe(
          String(test.okm).slice(0, 2 * Math.min(size, 32)),
        )
        let okm = ''
        let block: Uint8Array = none
        for (let counter = 1; okm.length < 2 * size; counter++) {
          block = hmac(prk, Uint8Array.from([...block, ...bytes(test.info), counter]))
          okm += hex(block)
        }
        expect(okm.slice(0, 2 * size), `case ${test.tcId}`).toBe(test.okm)
      }
    }
    expect(count).toBeGreaterThan(60)
  })

  it('catches a cipher that leaves the tag unchecked', () => {
    const careless = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) =>
      decrypt(key, nonce, aad, sealed) ?? sealed.slice(0, -16)
    const forged = load('xchacha20_poly1305')
      .filter(({ ivSize }) => ivSize === 192)
      .flatMap(({ tests }) => tests)
      .filter(({ result }) => result === 'invalid')
    expect(forged.length).toBeGreaterThan(20)
    for (const test of forged) {
      const sealed = bytes(`${test.ct}${test.tag}`)
      expect(careless(bytes(test.key), bytes(test.iv), bytes(test.aad), sealed)).toBeDefined()
    }
  })
})
