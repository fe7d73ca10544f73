import { argon2id } from 'hash-wasm'
import { SottoError } from '../../src/core/format/errors.ts'
import { type Argon2, parseKdf, printKdf, webKdf } from '../../src/core/format/kdf.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { derive, open, seal } from '../../src/core/format/suite1.ts'
import { parseToken } from '../../src/core/format/token.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import { openOuter, sealOuter } from '../../src/core/outer.ts'

/** The part of the vector file that both machines run. */
export interface VectorFile {
  readonly accepts: readonly {
    readonly name: string
    readonly token: string
    readonly passphrase: string | null
    readonly kdf: { readonly memoryKiB: number; readonly passes: number } | null
    readonly recipient: { readonly platform: string; readonly tenant: string; readonly id: string } | null
    readonly expiresAt: number
    readonly content: { readonly hex?: string; readonly byte?: number; readonly times?: number }
    readonly keys: string
    readonly nonce: string
    readonly outerNonce: string
    readonly expect: { readonly stretched: string | null }
  }[]
  readonly rejects: readonly {
    readonly name: string
    readonly token: string
    readonly passphrase?: string
    readonly keys: string
    readonly expiresAt: number
    readonly recipient: string
    readonly kdf: string
    readonly outer: string
  }[]
}

export interface Ran {
  /** By name: every value that the format defines, in hexadecimal. */
  readonly accepts: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** By name: the class of the refusal. */
  readonly rejects: Readonly<Record<string, string>>
}

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
const hex = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The page's own Argon2, without its worker. */
const argon2: Argon2 = (password, salt, { memoryKiB, passes }) =>
  argon2id({
    password,
    salt,
    memorySize: memoryKiB,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  })

/** Runs suite 1 over every vector on this machine, be it Node or a browser. */
export async function runVectors(file: VectorFile): Promise<Ran> {
  const accepts: Record<string, Record<string, string>> = {}
  for (const vector of file.accepts) accepts[vector.name] = await accept(vector)
  const rejects: Record<string, string> = {}
  for (const vector of file.rejects) rejects[vector.name] = await reject(vector)
  return { accepts, rejects }
}

async function accept(vector: VectorFile['accepts'][number]): Promise<Record<string, string>> {
  const token = parseToken(vector.token)
  if (token === undefined) return { token: 'malformed' }
  const derived = derive(token)
  const { passphrase, kdf, content, expect } = vector
  // The library refuses an empty passphrase, and no page sends one: that vector goes on from its known S.
  const stretched =
    kdf === null
      ? undefined
      : passphrase === ''
        ? bytes(expect.stretched ?? '')
        : await derived.stretch(Secret.fromText(passphrase ?? ''), kdf, argon2)
  if (stretched === 'busy') return { stretched }
  const unlocked = derived.unlock(stretched)
  const context = {
    expiresAt: vector.expiresAt,
    recipient: derived.recipient(vector.recipient ?? undefined),
    kdf: printKdf(kdf ?? undefined),
  }
  const plain =
    content.hex === undefined
      ? new Uint8Array(content.times ?? 0).fill(content.byte ?? 0)
      : bytes(content.hex)
  const sealed = seal(derived, unlocked, Secret.from(plain), context, () => bytes(vector.nonce))
  const keyring = parseKeyring(vector.keys)
  const outer = sealOuter(keyring, derived.id, sealed, () => bytes(vector.outerNonce))
  const opened = open(derived, unlocked, sealed, context)
  return {
    id: derived.id,
    salt: hex(derived.passphraseSalt()),
    stretched: stretched ? hex(stretched) : '',
    key: hex(unlocked.key()),
    commitment: hex(unlocked.commitment()),
    proof: hex(unlocked.proof()),
    proofHash: hex(unlocked.proofHash()),
    answerProof: hex(derived.answerProof()),
    recipient: hex(context.recipient),
    kdf: hex(context.kdf),
    sealed: hex(sealed),
    outer: hex(outer.bytes),
    opened: opened.why === 'opened' ? hex(opened.secret.bytes()) : opened.why,
  }
}

async function reject(vector: VectorFile['rejects'][number]): Promise<string> {
  try {
    const token = parseToken(vector.token)
    if (token === undefined) return 'malformed'
    const derived = derive(token)
    const parsed = parseKdf(bytes(vector.kdf))
    const kdf = parsed === 'invalid' || parsed === undefined ? { ...webKdf, memoryKiB: 8192 } : parsed
    const stretched =
      vector.passphrase === undefined
        ? undefined
        : await derived.stretch(Secret.fromText(vector.passphrase), kdf, argon2)
    if (stretched === 'busy') return stretched
    const outer = openOuter(parseKeyring(vector.keys), derived.id, bytes(vector.outer))
    if (outer.why !== 'opened') return outer.why
    const context = {
      expiresAt: vector.expiresAt,
      recipient: bytes(vector.recipient),
      kdf: bytes(vector.kdf),
    }
    return open(derived, derived.unlock(stretched), outer.sealed, context).why
  } catch (error) {
    return error instanceof SottoError ? error.code : String(error)
  }
}
