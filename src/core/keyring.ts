import { parse as parseBase64url } from './format/base64url.ts'
import { SottoError } from './format/errors.ts'
import { expand, hmac, type Info, info, keyed } from './format/hkdf.ts'
import type { SecretId } from './format/id.ts'

/** The server's keys. They live in closures: nothing that prints or copies a keyring shows one. */
export interface Keyring {
  /** The key id that seals. */
  readonly sealing: string
  /** All key ids that open, the sealing one first. */
  kids(): readonly [string, ...string[]]
  /** HKDF-SHA-256 of the sealing key with the id's 16 bytes as salt: 32 bytes. @throws SottoError `bad-argument` for no id */
  sealingKey(id: SecretId, label: Info): Uint8Array
  /** The same of K[kid], or undefined without that key. */
  openingKey(kid: string, id: SecretId, label: Info): Uint8Array | undefined
  /** For each key, in the order of `kids`: HMAC-SHA-256 of the party's bytes under HKDF(K[kid], "owner/v1"). */
  owners(party: Uint8Array): readonly [Uint8Array, ...Uint8Array[]]
}

interface Key {
  readonly kid: string
  readonly bytes: Uint8Array
  readonly owner: (party: Uint8Array) => Uint8Array
}

/** PRKs kept per keyring: a share and a reveal each need the same one twice within moments. */
const keptPrks = 256

const ownerLabel = info('owner/v1')
const kidShape = /^[a-z0-9_-]{1,16}$/

/** Whether `text` has the shape of a key id: 1 to 16 characters from a-z, 0-9, `_` and `-`. */
export function isKid(text: string): boolean {
  return kidShape.test(text)
}

/**
 * Reads `kid:<base64>` entries, separated by commas or lines: `SOTTO_KEYS` and the key file. A key is 32 random bytes,
 * in either base64 alphabet, with or without padding.
 * @throws SottoError `bad-keys` with every problem; never with a key in it
 */
export function parseKeyring(text: string): Keyring {
  const entries = text.split(/[,\n]/).map((entry) => entry.trim())
  const problems: string[] = []
  const keys: Key[] = []
  entries.forEach((entry, at) => {
    if (entry === '') return
    const found = parseKey(entry)
    const problem = typeof found === 'string' ? found : clash(found, keys)
    if (problem !== undefined) problems.push(`key ${at + 1}: ${problem}`)
    else if (typeof found !== 'string') keys.push(found)
  })
  const [first, ...rest] = keys
  if (problems.length === 0 && first !== undefined) return keyring([first, ...rest])
  throw new SottoError(
    'bad-keys',
    problems.length > 0 ? problems : 'expected at least one key, as kid:<base64>',
  )
}

function keyring(keys: readonly [Key, ...Key[]]): Keyring {
  const [first, ...rest] = keys
  const kids = [first.kid, ...rest.map(({ kid }) => kid)] as const
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  const prks = new Map<string, Uint8Array>()

  function prk(key: Key, id: SecretId): Uint8Array {
    const name = `${key.kid}:${id}`
    const kept = prks.get(name)
    if (kept !== undefined) return kept
    const salt = parseBase64url(id)
    if (salt?.length !== 16) throw new SottoError('bad-argument', 'not the id of a secret')
    const made = hmac(salt, key.bytes)
    if (prks.size >= keptPrks)
      for (const oldest of [...prks.keys()].slice(0, keptPrks / 2)) prks.delete(oldest)
    prks.set(name, made)
    return made
  }

  return {
    sealing: first.kid,
    kids: () => kids,
    sealingKey: (id, label) => expand(prk(first, id), label),
    openingKey(kid, id, label) {
      const key = byKid.get(kid)
      return key && expand(prk(key, id), label)
    },
    owners: (party) => [first.owner(party), ...rest.map(({ owner }) => owner(party))],
  }
}

function parseKey(entry: string): Key | string {
  const colon = entry.indexOf(':')
  if (colon < 0) return 'expected kid:<base64>'
  const kid = entry.slice(0, colon)
  // A kid of the wrong shape may be the key itself, so it is not repeated.
  if (!isKid(kid)) return 'expected a key id of 1 to 16 characters from a-z, 0-9, "_" and "-"'
  const text = entry
    .slice(colon + 1)
    .trim()
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')
  const bytes = parseBase64url(text)
  if (bytes === undefined) return `"${kid}" is not base64`
  if (bytes.length !== 32)
    return `"${kid}" has ${bytes.length} bytes, expected 32; make one with: openssl rand -base64 32`
  const weakness = weak(bytes)
  if (weakness !== undefined) return `"${kid}" ${weakness}; make one with: openssl rand -base64 32`
  return { kid, bytes, owner: keyed(expand(hmac(new Uint8Array(32), bytes), ownerLabel)) }
}

function clash(key: Key, others: readonly Key[]): string | undefined {
  if (others.some(({ kid }) => kid === key.kid)) return `"${key.kid}" is there twice`
  const twin = others.find(({ bytes }) => bytes.every((byte, at) => byte === key.bytes[at]))
  return twin && `"${key.kid}" is the same key as "${twin.kid}"`
}

/** Catches what people type, repeat or copy from documentation. A random key fails none of these in 10^12 tries. */
function weak(bytes: Uint8Array): string | undefined {
  const steps = new Set(bytes.slice(1).map((byte, at) => byte - (bytes[at] ?? 0)))
  if (new Set(bytes).size < 16 || steps.size < 4) return 'is a pattern, not random'
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? 'is typed text, not random' : undefined
}
