import { equalBytes } from '@noble/ciphers/utils.js'
import { parse as parseBase64url } from './base64url.ts'
import { SottoError } from './errors.ts'
import { expand, hash, hmac, info, keyed } from './hkdf.ts'
import { printId, type SecretId } from './id.ts'
import { type Argon2, type KdfParameters, parseKdf, passphraseBytes } from './kdf.ts'
import { minPaddedBytes, pad, unpad } from './padding.ts'
import { type Party, printParty } from './party.ts'
import { type Random, random as systemRandom } from './random.ts'
import { Secret } from './secret.ts'
import { printTlv } from './tlv.ts'
import type { Kind, Token } from './token.ts'
import { utf8 } from './utf8.ts'
import { decrypt, encrypt, nonceBytes, tagBytes } from './xchacha.ts'

/** What a token gives by itself (`docs/format.md` §3). Each value is computed when it is asked for. */
export interface Derived {
  readonly token: Token
  /** The store's key. */
  readonly id: SecretId
  /** 16 bytes that only a holder of the token can link to the party; 16 zeros for nobody in particular. */
  recipient(party?: Party): Uint8Array
  /** 32 bytes with which the sender of a `d1` answer proves the drop link. */
  answerProof(): Uint8Array
  /** The salt of Argon2id, 16 bytes. */
  passphraseSalt(): Uint8Array
  /** S, 32 bytes for `unlock`; `busy` when `argon2` is. The passphrase is read in NFKC and stays the caller's. */
  stretch(passphrase: Secret, parameters: KdfParameters, argon2: Argon2): Promise<Uint8Array | 'busy'>
  /** What seals and opens: with S when there is a passphrase. */
  unlock(stretched?: Uint8Array): Unlocked
}

/** What the token, and the passphrase where there is one, give together; 32 bytes each. */
export interface Unlocked {
  readonly withPassphrase: boolean
  key(): Uint8Array
  commitment(): Uint8Array
  /** Shown to the store to get the sealed bytes. */
  proof(): Uint8Array
  /** What the store keeps: SHA-256 of the proof. */
  proofHash(): Uint8Array
}

/** What the record says beside the sealed bytes; authenticated with them. */
export interface Context {
  /** ms since epoch. */
  readonly expiresAt: number
  /** 16 bytes, from `Derived.recipient`. */
  readonly recipient: Uint8Array
  /** From `printKdf`: 0 bytes without a passphrase. */
  readonly kdf: Uint8Array
}

/** What opening came to. */
type Opening =
  | { readonly why: 'opened'; readonly secret: Secret }
  /** Not what was sealed for this token, passphrase and context. */
  | { readonly why: 'tampered' }
  /** Of another version of the format than this one. */
  | { readonly why: 'unsupported' }

/** Bytes of a party's keyed hash. */
export const partyHashBytes = 16

const version = 1
const commitmentAt = 1
const nonceAt = commitmentAt + 32
const boxAt = nonceAt + nonceBytes
const minSealedBytes = boxAt + minPaddedBytes + tagBytes

const versionBytes = Uint8Array.of(version)
const kindBytes: Readonly<Record<Kind, Uint8Array>> = {
  c1: utf8('c1'),
  w1: utf8('w1'),
  d1: utf8('d1'),
}
const extract: Readonly<Record<Kind, (bytes: Uint8Array) => Uint8Array>> = {
  c1: keyed(utf8('sotto/v1/c1')),
  w1: keyed(utf8('sotto/v1/w1')),
  d1: keyed(utf8('sotto/v1/d1')),
}
const labels = {
  id: info('id'),
  recipient: info('recipient'),
  answer: info('answer'),
  passphrase: info('passphrase'),
  key: info('key'),
  commitment: info('commitment'),
  proof: info('proof'),
}

/** SHA-256 of a proof: what a store compares. */
export function hashProof(proof: Uint8Array): Uint8Array {
  return hash(proof)
}

/** Starts from the token with one HMAC; everything else waits until it is asked for. */
export function derive(token: Token): Derived {
  const prk0 = extract[token.kind](token.bytes)
  return {
    token,
    id: printId(expand(prk0, labels.id, 16)),
    recipient: (party) => (party === undefined ? new Uint8Array(partyHashBytes) : recipientHash(prk0, party)),
    answerProof: () => expand(prk0, labels.answer),
    passphraseSalt: () => expand(prk0, labels.passphrase, 16),
    stretch: (passphrase, parameters, argon2) => stretch(prk0, passphrase, parameters, argon2),
    unlock: (stretched) => unlocked(prk0, stretched),
  }
}

/**
 * The sealed secret: version ‖ commitment ‖ nonce ‖ XChaCha20-Poly1305 of the padded content.
 * @throws SottoError `bad-argument` for a context that no record can have, `too-large`
 */
export function seal(
  derived: Derived,
  unlocked: Unlocked,
  secret: Secret,
  context: Context,
  random: Random = systemRandom,
): Uint8Array {
  if (!possible(context)) throw new SottoError('bad-argument', 'no record has such a context')
  if (context.kdf.length > 0 !== unlocked.withPassphrase) {
    throw new SottoError('bad-argument', 'KDF parameters belong to a passphrase, and only to one')
  }
  const nonce = random(nonceBytes)
  const padded = pad(secret.bytes())
  const head = new Uint8Array(boxAt)
  head[0] = version
  head.set(unlocked.commitment(), commitmentAt)
  head.set(nonce, nonceAt)
  const sealed = encrypt(head, unlocked.key(), nonce, additional(derived, context), padded)
  padded.fill(0)
  return sealed
}

/** The secret, if these are the bytes that were sealed under this token, passphrase and context. Never throws. */
export function open(derived: Derived, unlocked: Unlocked, sealed: Uint8Array, context: Context): Opening {
  if (sealed.length > 0 && sealed[0] !== version) return { why: 'unsupported' }
  if (sealed.length < minSealedBytes || !possible(context)) return { why: 'tampered' }
  // XChaCha20-Poly1305 alone does not commit to its key: one ciphertext can be made to open under many passphrases.
  if (!equalBytes(unlocked.commitment(), sealed.subarray(commitmentAt, nonceAt))) return { why: 'tampered' }
  const nonce = sealed.subarray(nonceAt, boxAt)
  const padded = decrypt(unlocked.key(), nonce, additional(derived, context), sealed.subarray(boxAt))
  const content = padded && unpad(padded)
  return content ? { why: 'opened', secret: Secret.from(content) } : { why: 'tampered' }
}

async function stretch(prk0: Uint8Array, passphrase: Secret, parameters: KdfParameters, argon2: Argon2) {
  const bytes = passphraseBytes(passphrase)
  try {
    return await argon2(bytes, expand(prk0, labels.passphrase, 16), parameters)
  } finally {
    bytes.fill(0)
  }
}

function unlocked(prk0: Uint8Array, stretched: Uint8Array | undefined): Unlocked {
  // Extract and Expand share PRK0 as a key without clashing: S is 32 bytes, and no label is.
  const prk = stretched === undefined ? prk0 : hmac(prk0, stretched)
  return {
    withPassphrase: stretched !== undefined,
    key: () => expand(prk, labels.key),
    commitment: () => expand(prk, labels.commitment),
    proof: () => expand(prk, labels.proof),
    proofHash: () => hash(expand(prk, labels.proof)),
  }
}

function recipientHash(prk0: Uint8Array, party: Party): Uint8Array {
  return hmac(expand(prk0, labels.recipient), printParty(party)).slice(0, partyHashBytes)
}

function possible({ expiresAt, recipient, kdf }: Context): boolean {
  return (
    Number.isSafeInteger(expiresAt) &&
    expiresAt >= 0 &&
    recipient.length === partyHashBytes &&
    parseKdf(kdf) !== 'invalid'
  )
}

function additional({ token, id }: Derived, { expiresAt, recipient, kdf }: Context): Uint8Array {
  const time = new Uint8Array(8)
  let rest = expiresAt
  for (let at = 7; at >= 0; at--) {
    time[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return printTlv([
    [1, versionBytes],
    [2, kindBytes[token.kind]],
    [3, parseBase64url(id) ?? new Uint8Array(0)],
    [4, time],
    [5, recipient],
    [6, kdf],
  ])
}
