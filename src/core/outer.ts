import { type Info, info } from './format/hkdf.ts'
import type { SecretId } from './format/id.ts'
import { type Party, printParty } from './format/party.ts'
import { type Random, random as systemRandom } from './format/random.ts'
import { partyHashBytes } from './format/suite1.ts'
import { utf8 } from './format/utf8.ts'
import { decrypt, encrypt, nonceBytes, tagBytes } from './format/xchacha.ts'
import { isKid, type Keyring } from './keyring.ts'

/** What taking the outer layer off came to. */
type OuterOpening =
  | { readonly why: 'opened'; readonly sealed: Uint8Array }
  /** Made under a key that this process has not: nothing is wrong with the bytes. */
  | { readonly why: 'unknown-key'; readonly kid: string }
  | { readonly why: 'tampered' }

/** What a note says: the sender's receipt, who opened, or what is still to be done. */
type NoteKind = 'receipt/v1' | 'actor/v1' | 'errand/v1'

const outerLabel = info('outer/v1')
const noteLabels = {
  'receipt/v1': info('receipt/v1'),
  'actor/v1': info('actor/v1'),
  'errand/v1': info('errand/v1'),
}

/** A note's key belongs to one secret and one use, so that few notes share it: 12 random bytes are plenty. */
const noteNonceBytes = 12

/** The server's layer around sealed bytes: nothing that a store holds opens without K (`docs/format.md` §5). */
export function sealOuter(
  keyring: Keyring,
  id: SecretId,
  sealed: Uint8Array,
  random: Random = systemRandom,
): { readonly kid: string; readonly bytes: Uint8Array } {
  return { kid: keyring.sealing, bytes: sealBox(keyring, id, outerLabel, random(nonceBytes), sealed) }
}

/** The sealed bytes again. Never throws on bytes, whatever they are. */
export function openOuter(keyring: Keyring, id: SecretId, bytes: Uint8Array): OuterOpening {
  return openBox(keyring, id, outerLabel, nonceBytes, bytes)
}

/** A small text that stays beside the secret, 31 bytes longer with a two-letter key id (`docs/format.md` §6). */
export function sealNote(
  keyring: Keyring,
  id: SecretId,
  kind: NoteKind,
  note: Uint8Array,
  random: Random = systemRandom,
): Uint8Array {
  return sealBox(keyring, id, noteLabels[kind], random(noteNonceBytes), note)
}

/** The note, or undefined: another secret's, another kind's, altered, or under a key that this process has not. */
export function openNote(
  keyring: Keyring,
  id: SecretId,
  kind: NoteKind,
  bytes: Uint8Array,
): Uint8Array | undefined {
  const opening = openBox(keyring, id, noteLabels[kind], noteNonceBytes, bytes)
  return opening.why === 'opened' ? opening.sealed : undefined
}

/** 16 bytes for every key, the sealing one first: what a store finds a sender's receipts by, without knowing who. */
export function ownerHashes(keyring: Keyring, party: Party): readonly [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = keyring.owners(printParty(party))
  return [first.slice(0, partyHashBytes), ...rest.map((hash) => hash.slice(0, partyHashBytes))]
}

function sealBox(
  keyring: Keyring,
  id: SecretId,
  label: Info,
  nonce: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const kid = utf8(keyring.sealing)
  const head = new Uint8Array(1 + kid.length + nonce.length)
  head[0] = kid.length
  head.set(kid, 1)
  head.set(nonce, 1 + kid.length)
  return encrypt(head, keyring.sealingKey(id, label), nonce, kid, plain)
}

function openBox(
  keyring: Keyring,
  id: SecretId,
  label: Info,
  nonceSize: number,
  bytes: Uint8Array,
): OuterOpening {
  const nonceAt = 1 + (bytes[0] ?? 0)
  const boxAt = nonceAt + nonceSize
  const kid = bytes.subarray(1, nonceAt)
  const name = String.fromCharCode(...kid)
  if (!isKid(name) || bytes.length < boxAt + tagBytes) return { why: 'tampered' }
  const key = keyring.openingKey(name, id, label)
  if (key === undefined) return { why: 'unknown-key', kid: name }
  const sealed = decrypt(key, bytes.subarray(nonceAt, boxAt), kid, bytes.subarray(boxAt))
  return sealed ? { why: 'opened', sealed } : { why: 'tampered' }
}
