import { poly1305 } from '@noble/ciphers/_poly1305.js'
import { chacha20, hchacha } from '@noble/ciphers/chacha.js'
import { equalBytes } from '@noble/ciphers/utils.js'

/** Bytes that sealing adds. */
export const tagBytes = 16

/** Bytes of the extended nonce; 12 bytes is the plain one. */
export const nonceBytes = 24

const sigma = new Uint32Array(new TextEncoder().encode('expand 32-byte k').buffer)
const blockBytes = 64

// Buffers of their own for every call would cost as much as the cipher: a typed array beyond 64 bytes is about 1 µs.
const stock = new Uint8Array(2048)
const macStock = new Uint8Array(2048)
const keyWords = new Uint32Array(8)
const keyRoom = new Uint8Array(keyWords.buffer)
const nonceWords = new Uint32Array(7)
const nonceRoom = new Uint8Array(nonceWords.buffer)
const outerNonceWords = nonceWords.subarray(0, 4)
const innerNonce = nonceRoom.subarray(16)

/**
 * `head` ‖ AEAD_CHACHA20_POLY1305 (RFC 8439 §2.8), or with 24 bytes of nonce XChaCha20-Poly1305
 * (draft-irtf-cfrg-xchacha-03). Composed of @noble's HChaCha20, ChaCha20 and Poly1305 in one pass of the cipher, with the
 * one-time key as its block 0: two thirds of the time of @noble's own composition, for the same bytes.
 */
export function encrypt(
  head: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const work = room(stock, blockBytes + plain.length)
  work.fill(0, 0, blockBytes)
  work.set(plain, blockBytes)
  stream(key, nonce, work)
  const sealed = new Uint8Array(head.length + plain.length + tagBytes)
  const body = work.subarray(blockBytes)
  sealed.set(head)
  sealed.set(body, head.length)
  sealed.set(tag(work.subarray(0, 32), aad, body), head.length + plain.length)
  work.fill(0, 0, blockBytes)
  return sealed
}

/** The plaintext, or undefined when key, nonce, aad or ciphertext are not what was sealed. */
export function decrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < tagBytes) return undefined
  const body = sealed.subarray(0, sealed.length - tagBytes)
  const work = room(stock, blockBytes + body.length)
  work.fill(0, 0, blockBytes)
  work.set(body, blockBytes)
  // Decrypts in the same pass that yields the one-time key; nothing leaves before the tag is proven.
  stream(key, nonce, work)
  const authentic = equalBytes(tag(work.subarray(0, 32), aad, body), sealed.subarray(body.length))
  const plain = authentic ? work.slice(blockBytes) : undefined
  work.fill(0)
  return plain
}

function stream(key: Uint8Array, nonce: Uint8Array, work: Uint8Array): void {
  if (nonce.length !== nonceBytes) {
    chacha20(key, nonce, work, work)
    return
  }
  keyRoom.set(key)
  nonceRoom.set(nonce.subarray(0, 16))
  innerNonce.fill(0, 0, 4).set(nonce.subarray(16), 4)
  hchacha(sigma, keyWords, outerNonceWords, keyWords)
  chacha20(keyRoom, innerNonce, work, work)
  keyRoom.fill(0)
}

function tag(oneTimeKey: Uint8Array, aad: Uint8Array, body: Uint8Array): Uint8Array {
  const bodyAt = (aad.length + 15) & ~15
  const lengthsAt = bodyAt + ((body.length + 15) & ~15)
  const message = room(macStock, lengthsAt + 16).fill(0)
  message.set(aad)
  message.set(body, bodyAt)
  putLength(message, lengthsAt, aad.length)
  putLength(message, lengthsAt + 8, body.length)
  return poly1305(message, oneTimeKey)
}

function room(shared: Uint8Array, size: number): Uint8Array {
  return size <= shared.length ? shared.subarray(0, size) : new Uint8Array(size)
}

function putLength(bytes: Uint8Array, at: number, length: number): void {
  for (let shift = 0; shift < 4; shift++) bytes[at + shift] = length >>> (8 * shift)
}
