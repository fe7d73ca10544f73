import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { SottoError } from './errors.ts'

/** HMAC-SHA-256 under one key (RFC 2104): 32 bytes for any message. */
export type Mac = (message: Uint8Array) => Uint8Array

/** A label of HKDF-Expand, made once with `info`. */
export type Info = Uint8Array

const encoder = new TextEncoder()
const scratch = hmac.create(sha256, new Uint8Array(32))

/** Absorbs the key once: a call then costs two compressions instead of four. This is HKDF-Extract with `key` as its salt. */
export function keyed(key: Uint8Array): Mac {
  const state = hmac.create(sha256, key)
  // `digest` zeroes the scratch copy, so nothing of one key is left for the next.
  return (message) => state._cloneInto(scratch).update(message).digest()
}

/** The label with the block counter that RFC 5869 §2.3 puts behind it; one block is all that is ever expanded. */
export function info(label: string): Info {
  return encoder.encode(`${label}\x01`)
}

/** HKDF-Expand (RFC 5869 §2.3) for `length` ≤ 32 bytes, `prk` being the MAC under PRK. */
export function expand(prk: Mac, label: Info, length = 32): Uint8Array {
  if (length > 32) throw new SottoError('bad-argument', 'only one block is expanded')
  const block = prk(label)
  return length === 32 ? block : block.slice(0, length)
}
