import { SottoError } from './errors.ts'
import type { Secret } from './secret.ts'

/** What Argon2id v1.3 is run with (RFC 9106); p = 1 and 32 bytes of output always. */
export interface KdfParameters {
  /** m, in KiB. */
  readonly memoryKiB: number
  /** t. */
  readonly passes: number
}

/** Secrets from chat: our server computes it, and guessing is capped at ten. OWASP's minimum. */
export const chatKdf: KdfParameters = { memoryKiB: 19 * 1024, passes: 2 }

/** Secrets from the web: the person's own machine computes it. */
export const webKdf: KdfParameters = { memoryKiB: 64 * 1024, passes: 3 }

/** What a record may ask of the machine that opens it; both ends included. */
export const kdfBounds = {
  minMemoryKiB: 8 * 1024,
  maxMemoryKiB: 256 * 1024,
  minPasses: 1,
  maxPasses: 10,
} as const

/** The longest passphrase that a form takes, in UTF-16 units. */
export const maxPassphraseChars = 200

/** Argon2id over these bytes: 32 bytes, or `busy` when the machine has no room for it. Takes the passphrase over and may wipe it. */
export type Argon2 = (
  passphrase: Uint8Array,
  salt: Uint8Array,
  parameters: KdfParameters,
) => Promise<Uint8Array | 'busy'>

const argon2id = 1
const size = 6
const encoder = new TextEncoder()

/** 0 bytes without a passphrase, else 6: 0x01 ‖ m u32 big-endian ‖ t u8. @throws SottoError `bad-argument` out of bounds */
export function printKdf(parameters?: KdfParameters): Uint8Array {
  if (parameters === undefined) return new Uint8Array(0)
  if (!inBounds(parameters)) throw new SottoError('bad-argument', 'the KDF parameters are out of bounds')
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, argon2id)
  view.setUint32(1, parameters.memoryKiB)
  view.setUint8(5, parameters.passes)
  return bytes
}

/** What `printKdf` wrote; undefined without a passphrase. `invalid` for any other length, algorithm, or cost out of `kdfBounds`. */
export function parseKdf(bytes: Uint8Array): KdfParameters | undefined | 'invalid' {
  if (bytes.length === 0) return undefined
  if (bytes.length !== size || bytes[0] !== argon2id) return 'invalid'
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  const parameters = { memoryKiB: view.getUint32(1), passes: view.getUint8(5) }
  return inBounds(parameters) ? parameters : 'invalid'
}

/** The passphrase as Argon2id reads it: NFKC in UTF-8, so that it can be typed on another keyboard. The caller wipes it. */
export function passphraseBytes(passphrase: Secret): Uint8Array {
  return encoder.encode(passphrase.text().normalize('NFKC'))
}

function inBounds({ memoryKiB, passes }: KdfParameters): boolean {
  const { minMemoryKiB, maxMemoryKiB, minPasses, maxPasses } = kdfBounds
  return (
    Number.isInteger(memoryKiB) &&
    Number.isInteger(passes) &&
    memoryKiB >= minMemoryKiB &&
    memoryKiB <= maxMemoryKiB &&
    passes >= minPasses &&
    passes <= maxPasses
  )
}
