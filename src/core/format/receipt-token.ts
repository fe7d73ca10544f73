import { sha256 } from '@noble/hashes/sha2.js'
import { parse as parseBase64url, print as printBase64url } from './base64url.ts'
import { printId, type SecretId } from './id.ts'
import { type Random, random } from './random.ts'

/** What the sender of a web secret keeps: shows its receipt and burns it, and opens nothing (`docs/web-api.md` §3). */
export interface ReceiptToken {
  readonly id: SecretId
  /** 32 random bytes that have nothing to do with the secret's token. */
  readonly proof: Uint8Array
}

const prefix = 'r1.'
const idBytes = 16
const proofBytes = 32

/** A new receipt token for a secret with this id. */
export function newReceiptToken(id: SecretId, source: Random = random): ReceiptToken {
  return { id, proof: source(proofBytes) }
}

/** `r1.` and 64 characters of canonical base64url: id ‖ proof. */
export function printReceiptToken({ id, proof }: ReceiptToken): string {
  const bytes = new Uint8Array(idBytes + proofBytes)
  bytes.set(parseBase64url(id) ?? [])
  bytes.set(proof, idBytes)
  return prefix + printBase64url(bytes)
}

/** The receipt token in `text`, or undefined when it is not exactly one in its canonical form. */
export function parseReceiptToken(text: string): ReceiptToken | undefined {
  if (text.length !== prefix.length + 64 || !text.startsWith(prefix)) return undefined
  const bytes = parseBase64url(text.slice(prefix.length))
  return bytes && { id: printId(bytes.subarray(0, idBytes)), proof: bytes.slice(idBytes) }
}

/** What the browser sends when it keeps a secret: SHA-256 of the receipt's proof, 32 bytes. */
export function receiptHash(proof: Uint8Array): Uint8Array {
  return sha256(proof)
}

/** What the store finds the secret's sender by: the first 16 bytes of SHA-256 of the receipt hash. */
export function receiptOwner(hash: Uint8Array): Uint8Array {
  return sha256(hash).slice(0, 16)
}
