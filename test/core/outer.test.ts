import { describe, expect, it } from 'vitest'
import { derive } from '../../src/core/format/suite1.ts'
import { newToken } from '../../src/core/format/token.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import { openNote, openOuter, sealNote, sealOuter } from '../../src/core/outer.ts'

const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
const keyring = parseKeyring(`k1:${bytes}`)
const { id } = derive(newToken('c1'))
const sealed = crypto.getRandomValues(new Uint8Array(400))

const hex = (part: Uint8Array) => Buffer.from(part).toString('hex')
const distinct = (make: () => Uint8Array) => new Set(Array.from({ length: 200 }, () => hex(make()))).size

describe('the server’s layer', () => {
  it('never uses a nonce twice: the same bytes never come out the same', () => {
    expect(distinct(() => sealOuter(keyring, id, sealed).bytes)).toBe(200)
    expect(distinct(() => sealOuter(keyring, id, sealed).bytes.slice(3, 27))).toBe(200)
  })

  it('takes all 24 bytes of its nonce from the source that it is given', () => {
    const sizes: number[] = []
    const outer = sealOuter(keyring, id, sealed, (size) => {
      sizes.push(size)
      return new Uint8Array(size).fill(9)
    })
    expect(sizes).toEqual([24])
    expect(outer.bytes.slice(3, 27)).toEqual(new Uint8Array(24).fill(9))
  })

  it('opens under the key id that it was sealed under, and not under another name of the same key', () => {
    const renamed = parseKeyring(`k2:${bytes}`)
    const { bytes: outer } = sealOuter(keyring, id, sealed)
    expect(openOuter(keyring, id, outer)).toEqual({ why: 'opened', sealed })
    const moved = outer.slice()
    moved[2] = 0x32
    expect(openOuter(renamed, id, moved)).toEqual({ why: 'tampered' })
    // Sealed under that name the same key opens it: it is the name that was noticed.
    expect(openOuter(renamed, id, sealOuter(renamed, id, sealed).bytes).why).toBe('opened')
  })
})

describe('a note', () => {
  const text = new TextEncoder().encode('slack T1 U2')

  it('never uses a nonce twice', () => {
    expect(distinct(() => sealNote(keyring, id, 'receipt/v1', text))).toBe(200)
  })

  it('opens under the key id that it was sealed under, and not under another name of the same key', () => {
    const moved = sealNote(keyring, id, 'receipt/v1', text)
    moved[2] = 0x32
    expect(openNote(parseKeyring(`k2:${bytes}`), id, 'receipt/v1', moved)).toBeUndefined()
  })
})
