import { describe, expect, it } from 'vitest'
import { pad, unpad } from '../../../src/core/format/padding.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { type Context, derive, open, seal } from '../../../src/core/format/suite1.ts'
import { type Kind, newToken, printToken, Token } from '../../../src/core/format/token.ts'
import { decrypt, encrypt } from '../../../src/core/format/xchacha.ts'
import { parseKeyring } from '../../../src/core/keyring.ts'
import { openNote, openOuter, sealNote, sealOuter } from '../../../src/core/outer.ts'

const fresh = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
const keys = { k1: fresh(), k2: fresh() }
const keyring = parseKeyring(`k1:${keys.k1},k2:${keys.k2}`)
const bob = { platform: 'slack', tenant: 'T1', id: 'U0CANARY77' }
const content = 'canary-9b1d'
const none = new Uint8Array()

/** Everything that a reveal is made of. */
interface Record {
  readonly token: Token
  readonly stretched: Uint8Array | undefined
  readonly context: Context
  readonly outer: Uint8Array
}

type Reveal = (record: Record, ring?: typeof keyring) => string | undefined

function share(kind: Kind = 'c1', stretched?: Uint8Array): Record {
  const token = newToken(kind)
  const derived = derive(token)
  const kdf = stretched === undefined ? none : Uint8Array.of(1, 0, 0, 0x4c, 0, 2)
  const context = { expiresAt: 1_800_000_000_000, recipient: derived.recipient(bob), kdf }
  const sealed = seal(derived, derived.unlock(stretched), Secret.fromText(content), context)
  return { token, stretched, context, outer: sealOuter(keyring, derived.id, sealed).bytes }
}

const reveal: Reveal = ({ token, stretched, context, outer }, ring = keyring) => {
  const derived = derive(token)
  const opened = openOuter(ring, derived.id, outer)
  if (opened.why !== 'opened') return undefined
  const opening = open(derived, derived.unlock(stretched), opened.sealed, context)
  return opening.why === 'opened' ? opening.secret.text() : undefined
}

describe('three shares', () => {
  const record = share()
  const strangers = parseKeyring(`k1:${fresh()},k2:${fresh()}`)
  const wrong = {
    T: (from: Record) => ({ ...from, token: newToken('c1') }),
    R: (from: Record) => ({ ...from, outer: crypto.getRandomValues(new Uint8Array(from.outer.length)) }),
  }

  it('open together', () => {
    expect(reveal(record)).toBe(content)
  })

  it.each([
    { missing: 'T, given R and K', attempt: () => reveal(wrong.T(record)) },
    { missing: 'R, given T and K', attempt: () => reveal(wrong.R(record)) },
    { missing: 'K, given T and R', attempt: () => reveal(record, strangers) },
    { missing: 'T and R, given K', attempt: () => reveal(wrong.R(wrong.T(record))) },
    { missing: 'T and K, given R', attempt: () => reveal(wrong.T(record), strangers) },
    { missing: 'R and K, given T', attempt: () => reveal(wrong.R(record), strangers) },
    { missing: 'all three', attempt: () => reveal(wrong.R(wrong.T(record)), strangers) },
  ])('do not open without $missing', ({ attempt }) => {
    expect(attempt()).toBeUndefined()
  })

  it('have a fourth beside them where there is a passphrase', () => {
    const locked = share('c1', new Uint8Array(32).fill(1))
    expect(reveal(locked)).toBe(content)
    expect(reveal({ ...locked, stretched: undefined })).toBeUndefined()
    expect(reveal({ ...locked, stretched: new Uint8Array(32).fill(2) })).toBeUndefined()
  })

  it('would be two, were the outer layer left out: R and T would do', () => {
    const derived = derive(record.token)
    const inner = seal(derived, derived.unlock(), Secret.fromText(content), record.context)
    const withoutK = (sealed: Uint8Array) => open(derived, derived.unlock(), sealed, record.context).why
    expect(withoutK(inner)).toBe('opened')
    expect(withoutK(record.outer)).not.toBe('opened')
  })

  it('do not appear in the record, neither T nor K nor the content nor the recipient', () => {
    const derived = derive(record.token)
    const stored = [
      derived.id,
      record.outer,
      record.context.recipient,
      derived.unlock().proofHash(),
      sealNote(keyring, derived.id, 'actor/v1', new TextEncoder().encode(bob.id)),
    ]
      .map((part) => Buffer.from(part as string).toString('latin1'))
      .join('|')
    for (const canary of [content, bob.id, printToken(record.token).slice(3), keys.k1]) {
      expect(stored).not.toContain(canary)
      expect(stored).not.toContain(Buffer.from(canary, 'base64').toString('latin1'))
    }
  })
})

/** What whoever can write to the store may try; each gives a record that must not open. */
function tamperings(record: Record): ReadonlyMap<string, Record> {
  const { context, outer, token } = record
  const other = share(token.kind)
  const bits = [0, 1, 3, 27, outer.length - 1].map((at): [string, Record] => {
    const altered = outer.slice()
    altered[at] = (altered[at] ?? 0) ^ 1
    return [`bit flipped in byte ${at}`, { ...record, outer: altered }]
  })
  const renamed = outer.slice()
  renamed[2] = 0x32
  return new Map<string, Record>([
    ['another ciphertext', { ...record, outer: other.outer }],
    ['expiry extended', { ...record, context: { ...context, expiresAt: context.expiresAt + 1 } }],
    ['expiry not a number', { ...record, context: { ...context, expiresAt: Number.NaN } }],
    ['another recipient', { ...record, context: { ...context, recipient: other.context.recipient } }],
    ['no recipient', { ...record, context: { ...context, recipient: new Uint8Array(16) } }],
    ['KDF parameters added', { ...record, context: { ...context, kdf: Uint8Array.of(1, 0, 0, 0x4c, 0, 2) } }],
    ['KDF parameters nonsense', { ...record, context: { ...context, kdf: new Uint8Array(70_000) } }],
    ['another key id', { ...record, outer: renamed }],
    ['cut short', { ...record, outer: outer.slice(0, -1) }],
    ['lengthened', { ...record, outer: Uint8Array.from([...outer, 0]) }],
    ['emptied', { ...record, outer: none }],
    ...bits,
  ])
}

/** The names of the tamperings that went unnoticed. */
function unnoticed(by: Reveal, made: Record): string[] {
  expect(by(made)).toBe(content)
  return [...tamperings(made)].filter(([, record]) => by(record) !== undefined).map(([name]) => name)
}

describe('a record', () => {
  it.each(['c1', 'w1', 'd1'] as const)('of kind %s opens only as it was sealed', (kind) => {
    expect(unnoticed(reveal, share(kind))).toEqual([])
  })

  it('notices cheaper KDF parameters', () => {
    const record = share('c1', new Uint8Array(32).fill(1))
    const cheaper = { ...record.context, kdf: Uint8Array.of(1, 0, 0, 0x20, 0, 1) }
    expect(reveal({ ...record, context: cheaper })).toBeUndefined()
  })

  it('would not notice a longer life, another recipient or other parameters without its context in the aad', () => {
    const unbound = (token: Token) => derive(token).unlock()
    const sealUnbound = (record: Record): Record => {
      const { id } = derive(record.token)
      const nonce = new Uint8Array(24)
      const box = encrypt(none, unbound(record.token).key(), nonce, none, pad(Buffer.from(content)))
      return { ...record, outer: sealOuter(keyring, id, box).bytes }
    }
    const revealUnbound: Reveal = ({ token, outer }) => {
      const opened = openOuter(keyring, derive(token).id, outer)
      if (opened.why !== 'opened') return undefined
      const padded = decrypt(unbound(token).key(), new Uint8Array(24), none, opened.sealed)
      const bytes = padded && unpad(padded)
      return bytes && Buffer.from(bytes).toString()
    }
    expect(unnoticed(revealUnbound, sealUnbound(share()))).toEqual([
      'expiry extended',
      'expiry not a number',
      'another recipient',
      'no recipient',
      'KDF parameters added',
      'KDF parameters nonsense',
    ])
  })
})

describe('a token', () => {
  it.each([
    ['c1', 'w1'],
    ['w1', 'c1'],
    ['d1', 'c1'],
    ['c1', 'd1'],
  ] as const)('of kind %s is worth nothing as %s: not even the id is the same', (made, replayed) => {
    const record = share(made)
    const token = new Token(replayed, record.token.bytes)
    expect(derive(token).id).not.toBe(derive(record.token).id)
    expect(reveal({ ...record, token })).toBeUndefined()
  })
})

describe('another version', () => {
  it('of the sealed bytes is said to be unsupported, before anything is tried', () => {
    const token = newToken('c1')
    const derived = derive(token)
    const context = { expiresAt: 0, recipient: derived.recipient(), kdf: none }
    const sealed = seal(derived, derived.unlock(), Secret.fromText(content), context)
    for (const version of [0, 2, 255]) {
      const other = Uint8Array.from([version, ...sealed.slice(1)])
      expect(open(derived, derived.unlock(), other, context)).toEqual({ why: 'unsupported' })
    }
    expect(open(derived, derived.unlock(), none, context)).toEqual({ why: 'tampered' })
  })

  it('cannot be negotiated: the version is authenticated too', () => {
    const derived = derive(newToken('c1'))
    const context = { expiresAt: 0, recipient: derived.recipient(), kdf: none }
    const sealed = seal(derived, derived.unlock(), Secret.fromText(content), context)
    // Without the version check in front, the bytes would be opened under an aad that says 1.
    const lenient = (bytes: Uint8Array) =>
      open(derived, derived.unlock(), Uint8Array.from([1, ...bytes.slice(1)]), context).why
    expect(lenient(Uint8Array.from([2, ...sealed.slice(1)]))).toBe('opened')
    expect(open(derived, derived.unlock(), Uint8Array.from([2, ...sealed.slice(1)]), context).why).toBe(
      'unsupported',
    )
  })
})

describe('a note', () => {
  const { id } = derive(newToken('c1'))
  const note = new TextEncoder().encode('slack T1 U2')

  it('opens as itself', () => {
    expect(openNote(keyring, id, 'actor/v1', sealNote(keyring, id, 'actor/v1', note))).toEqual(note)
  })

  it('does not open for another secret, as another kind, altered or under strange keys', () => {
    const bytes = sealNote(keyring, id, 'actor/v1', note)
    const altered = bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte))
    expect(openNote(keyring, derive(newToken('c1')).id, 'actor/v1', bytes)).toBeUndefined()
    expect(openNote(keyring, id, 'receipt/v1', bytes)).toBeUndefined()
    expect(openNote(keyring, id, 'actor/v1', altered)).toBeUndefined()
    expect(openNote(keyring, id, 'actor/v1', none)).toBeUndefined()
    expect(openNote(parseKeyring(`k7:${fresh()}`), id, 'actor/v1', bytes)).toBeUndefined()
    expect(openOuter(keyring, id, bytes).why).toBe('tampered')
  })
})

describe('sealing', () => {
  const derived = derive(newToken('c1'))
  const good = { expiresAt: 0, recipient: derived.recipient(), kdf: none }
  const kdf = Uint8Array.of(1, 0, 0, 0x4c, 0, 2)

  it.each([
    ['a time that is no number', { ...good, expiresAt: Number.NaN }, undefined],
    ['a time before the epoch', { ...good, expiresAt: -1 }, undefined],
    ['a fraction of a millisecond', { ...good, expiresAt: 0.5 }, undefined],
    ['a recipient hash of another size', { ...good, recipient: new Uint8Array(32) }, undefined],
    ['KDF parameters without a passphrase', { ...good, kdf }, undefined],
    ['a passphrase without KDF parameters', good, new Uint8Array(32)],
  ])('refuses %s', (_, context, stretched) => {
    const attempt = () => seal(derived, derived.unlock(stretched), Secret.fromText('x'), context)
    expect(attempt).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })

  it('never gives the same bytes twice', () => {
    const once = () =>
      Buffer.from(seal(derived, derived.unlock(), Secret.fromText('x'), good)).toString('hex')
    expect(new Set(Array.from({ length: 200 }, once)).size).toBe(200)
  })
})
