import { sha256 } from '@noble/hashes/sha2.js'
import { SottoError } from './errors.ts'
import { utf8 } from './utf8.ts'

/** A label of HKDF-Expand, made once with `info`. */
export type Info = Uint8Array

type Hash = ReturnType<typeof sha256.create>

/** Both halves of HMAC with a key absorbed. */
interface Slot {
  key: Uint8Array | undefined
  readonly inner: Hash
  readonly outer: Hash
}

const blockBytes = 64
const fresh = sha256.create()
const work = sha256.create()
const block = new Uint8Array(blockBytes)

/**
 * The keys used last stay absorbed: a derivation asks for several values under one key, and absorbing costs as much as a
 * value. No state is allocated per key, because in JavaScript that costs more than the hashing.
 */
const slots: readonly Slot[] = Array.from({ length: 4 }, newSlot)
let next = 0

/** SHA-256 (FIPS 180-4). */
export function hash(message: Uint8Array): Uint8Array {
  return fresh._cloneInto(work).update(message).digest()
}

/**
 * HMAC-SHA-256 (RFC 2104) over @noble's SHA-256: 32 bytes. With the salt as `key` it is HKDF-Extract (RFC 5869 §2.2).
 * `key` is at most 64 bytes, and recognised by identity: its bytes must never change.
 */
export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  let slot = slots.find((candidate) => candidate.key === key)
  if (slot === undefined) {
    slot = slots[next] ?? newSlot()
    next = (next + 1) % slots.length
    absorb(slot, key)
  }
  return finish(slot, message)
}

/** The same with a key that stays absorbed for good. */
export function keyed(key: Uint8Array): (message: Uint8Array) => Uint8Array {
  const slot = newSlot()
  absorb(slot, key)
  return (message) => finish(slot, message)
}

/** The label with the block counter that RFC 5869 §2.3 puts behind it; one block is all that is ever expanded. */
export function info(label: string): Info {
  return utf8(`${label}\x01`)
}

/** HKDF-Expand (RFC 5869 §2.3) for `length` ≤ 32 bytes. */
export function expand(prk: Uint8Array, label: Info, length = 32): Uint8Array {
  if (length > 32) throw new SottoError('bad-argument', 'only one block is expanded')
  const bytes = hmac(prk, label)
  return length === 32 ? bytes : bytes.slice(0, length)
}

function newSlot(): Slot {
  return { key: undefined, inner: sha256.create(), outer: sha256.create() }
}

function absorb(slot: Slot, key: Uint8Array): void {
  if (key.length > blockBytes) throw new SottoError('bad-argument', 'no key here is longer than a block')
  slot.key = key
  block.fill(0).set(key)
  for (let at = 0; at < blockBytes; at++) block[at] = (block[at] ?? 0) ^ 0x36
  fresh._cloneInto(slot.inner).update(block)
  for (let at = 0; at < blockBytes; at++) block[at] = (block[at] ?? 0) ^ 0x36 ^ 0x5c
  fresh._cloneInto(slot.outer).update(block)
  block.fill(0)
}

function finish(slot: Slot, message: Uint8Array): Uint8Array {
  const inner = slot.inner._cloneInto(work).update(message).digest()
  return slot.outer._cloneInto(work).update(inner).digest()
}
