import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { argon2Queue } from '../../../src/core/argon2-queue.ts'
import { SottoError } from '../../../src/core/format/errors.ts'
import { chatKdf, parseKdf, printKdf } from '../../../src/core/format/kdf.ts'
import type { Party } from '../../../src/core/format/party.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { derive, open, seal } from '../../../src/core/format/suite1.ts'
import { parseToken } from '../../../src/core/format/token.ts'
import { parseKeyring } from '../../../src/core/keyring.ts'
import { openNote, openOuter, ownerHashes, sealNote, sealOuter } from '../../../src/core/outer.ts'

interface Brief {
  readonly hex?: string
  readonly length?: number
  readonly sha256?: string
}

interface Accept {
  readonly name: string
  readonly token: string
  readonly passphrase: string | null
  readonly kdf: { readonly memoryKiB: number; readonly passes: number } | null
  readonly recipient: Party | null
  readonly owner: Party
  readonly expiresAt: number
  readonly content: { readonly hex?: string; readonly byte?: number; readonly times?: number }
  readonly keys: string
  readonly nonce: string
  readonly outerNonce: string
  readonly note: { readonly kind: 'receipt/v1' | 'actor/v1'; readonly nonce: string; readonly plain: string }
  readonly expect: Readonly<Record<'sealed' | 'outer', Brief>> & {
    readonly stretched: string | null
    readonly owners: readonly string[]
  } & Readonly<Record<'id' | 'salt' | 'key' | 'commitment' | 'proof' | 'proofHash', string>> &
    Readonly<Record<'answerProof' | 'recipient' | 'kdf' | 'note', string>>
}

interface Reject {
  readonly name: string
  readonly token: string
  readonly passphrase?: string
  readonly stretched?: string
  readonly keys: string
  readonly expiresAt: number
  readonly recipient: string
  readonly kdf: string
  readonly outer: string
  readonly why: string
}

const folder = join(import.meta.dirname, '../../vectors')
const vectors: { readonly accepts: readonly Accept[]; readonly rejects: readonly Reject[] } = JSON.parse(
  readFileSync(join(folder, 'suite1-v1.json'), 'utf8'),
)
const queue = argon2Queue()

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex')
const fixed = (data: string) => () => bytes(data)

function brief(data: Uint8Array): Brief {
  return data.length <= 400
    ? { hex: hex(data) }
    : { length: data.length, sha256: createHash('sha256').update(data).digest('hex') }
}

function contentOf({ content }: Accept): Uint8Array {
  return content.hex === undefined
    ? new Uint8Array(content.times ?? 0).fill(content.byte ?? 0)
    : bytes(content.hex)
}

async function outcomeOf(vector: Reject): Promise<string> {
  try {
    const token = parseToken(vector.token)
    if (token === undefined) return 'malformed'
    const derived = derive(token)
    const parameters = parseKdf(bytes(vector.kdf))
    const cost = parameters === 'invalid' || parameters === undefined ? chatKdf : parameters
    const stretched =
      vector.passphrase === undefined
        ? undefined
        : await derived.stretch(Secret.fromText(vector.passphrase), cost, queue.run)
    if (stretched === 'busy') return 'busy'
    const unlocked = derived.unlock(stretched)
    const outer = openOuter(parseKeyring(vector.keys), derived.id, bytes(vector.outer))
    if (outer.why !== 'opened') return outer.why
    return open(derived, unlocked, outer.sealed, {
      expiresAt: vector.expiresAt,
      recipient: bytes(vector.recipient),
      kdf: bytes(vector.kdf),
    }).why
  } catch (error) {
    return error instanceof SottoError ? error.code : String(error)
  }
}

describe('accepted by both implementations', () => {
  it.each(vectors.accepts)('$name', async (vector) => {
    const token = parseToken(vector.token)
    if (token === undefined) throw new Error('the token does not parse')
    const derived = derive(token)
    const { expect: wanted, kdf } = vector
    const stretched =
      kdf === null
        ? undefined
        : await derived.stretch(Secret.fromText(vector.passphrase ?? ''), kdf, queue.run)
    if (stretched === 'busy') throw new Error('busy')
    const unlocked = derived.unlock(stretched)
    const keyring = parseKeyring(vector.keys)
    const context = {
      expiresAt: vector.expiresAt,
      recipient: derived.recipient(vector.recipient ?? undefined),
      kdf: printKdf(kdf ?? undefined),
    }
    const secret = Secret.from(contentOf(vector))
    const sealed = seal(derived, unlocked, secret, context, fixed(vector.nonce))
    const outer = sealOuter(keyring, derived.id, sealed, fixed(vector.outerNonce))
    const { kind, nonce, plain } = vector.note
    const note = sealNote(keyring, derived.id, kind, bytes(plain), fixed(nonce))

    const { aad, ...comparable } = wanted as typeof wanted & { aad: string }
    expect(aad).toContain(hex(context.recipient))
    expect({
      id: derived.id,
      salt: hex(derived.passphraseSalt()),
      stretched: stretched === undefined ? null : hex(stretched),
      key: hex(unlocked.key()),
      commitment: hex(unlocked.commitment()),
      proof: hex(unlocked.proof()),
      proofHash: hex(unlocked.proofHash()),
      answerProof: hex(derived.answerProof()),
      recipient: hex(context.recipient),
      kdf: hex(context.kdf),
      sealed: brief(sealed),
      outer: brief(outer.bytes),
      note: hex(note),
      owners: ownerHashes(keyring, vector.owner).map(hex),
    }).toEqual(comparable)

    const unwrapped = openOuter(keyring, derived.id, outer.bytes)
    const opening =
      unwrapped.why === 'opened' ? open(derived, unlocked, unwrapped.sealed, context) : unwrapped
    expect(opening.why).toBe('opened')
    if (opening.why === 'opened' && 'secret' in opening) {
      expect(hex(opening.secret.bytes())).toBe(hex(contentOf(vector)))
    }
    expect(hex(openNote(keyring, derived.id, kind, note) ?? new Uint8Array())).toBe(plain)
  })
})

describe('rejected by both implementations, for the same reason', () => {
  it.each(vectors.rejects)('$name: $why', async (vector) => {
    expect(await outcomeOf(vector)).toBe(vector.why)
  })

  it('has at least as many rejects as accepts, and every class of error among them', () => {
    expect(vectors.rejects.length).toBeGreaterThanOrEqual(vectors.accepts.length)
    expect(new Set(vectors.rejects.map(({ why }) => why))).toEqual(
      new Set(['malformed', 'lone-surrogate', 'tampered', 'unsupported', 'unknown-key']),
    )
  })
})

describe('docs/format.md', () => {
  it("shows the vectors' own bytes in its worked example", () => {
    const page = readFileSync(join(folder, '../../docs/format.md'), 'utf8')
    const [, example = ''] = page.split('## 9. Worked example')
    const shown = example.match(/[0-9a-f]{32,}|c1\.[\w-]{43}|[\w-]{22}$/gm) ?? []
    const { name, ...vector } = vectors.accepts[0] ?? { name: '' }
    expect(example).toContain(`"${name}"`)
    expect(shown.length).toBeGreaterThan(10)
    for (const text of shown) expect(JSON.stringify(vector)).toContain(text)
  })
})

const python = (() => {
  try {
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!python)('the Python checker', () => {
  const check = (path: string) =>
    promisify(execFile)('python3', ['-B', join(folder, 'checker.py'), 'verify', path]).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )

  it('arrives at the same bytes and error classes', async () => {
    const said = await check(join(folder, 'suite1-v1.json'))
    expect(said).toContain(`${vectors.accepts.length} accepts, ${vectors.rejects.length} rejects`)
    expect(said).toMatch(/ 0 differ\n$/)
  })

  it('notices an altered byte and an altered error class', async () => {
    const [accept] = vectors.accepts
    const [reject] = vectors.rejects
    if (accept === undefined || reject === undefined) throw new Error('no vectors')
    const altered = {
      accepts: [{ ...accept, expect: { ...accept.expect, proof: '00'.repeat(32) } }],
      rejects: [{ ...reject, why: 'tampered' }],
    }
    const path = join(mkdtempSync(join(tmpdir(), 'sotto-vectors-')), 'altered.json')
    writeFileSync(path, JSON.stringify(altered))
    expect(await check(path)).toMatch(/ 2 differ\n$/)
  })
})
