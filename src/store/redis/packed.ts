import type { SecretId } from '../../core/format/id.ts'
import type { ClaimResult, NewRecord, Receipt } from '../../core/store.ts'
import { maxWrongProofs } from '../../core/store.ts'
import { code, kindCode, kindOf, stateOf } from '../codes.ts'

/**
 * The format of the records that this version writes, in the upper half of their first byte, whose lower half is the
 * state. Whoever changes the head or the tail counts it up, and reads the formats before it as well: a record with a
 * greater number is a newer version's, and left alone.
 */
export const recordFormat = 1

/** First bytes from here on are a newer version's. */
export const newerFrom = (recordFormat + 1) << 4

/**
 * A record is one string: this head (Lua `struct`, big-endian), the sealed bytes, and the tail. Format and state, kind, done,
 * releases, tries; created, changed, expires, deadline; proof hash, claim id, recipient, owner; how many sealed bytes there
 * are; then with a length before each the key id and KDF parameters. Its size never changes, so that whatever happens to
 * a record is written around the sealed bytes, and never once more with them into Redis' log.
 */
export const headFormat = '>BBBBBI6I6I6I6c32c16c16c16I4Bc0Bc0'

/** With a length before each: receipt, actor, released claim id, wrong tries (48 bytes each), the answer's hash. */
export const tailFormat = '>Hc0Bc0Bc0Hc0Bc0'

/** What records of format 0 begin with: head and tail in one, and the sealed bytes to the end. */
export const oldHeadFormat = '>BBBBBI6I6I6I6c32c16c16c16Bc0Bc0Hc0Bc0Bc0Hc0Bc0'

/** Where the times begin, the proof hash, the number of sealed bytes, and what has no fixed place. */
const at = { times: 5, proof: 29, size: 109, rest: 113 }

/** A new record without its times, which only the script knows. */
export function packRecord(record: NewRecord): Buffer {
  const { sealed = new Uint8Array(), kdf, receipt } = record
  const asked = record.sealed === undefined
  const kid = asked ? '' : record.kid
  const headSize = at.rest + 2 + kid.length + kdf.length
  // Actor, released claim id, wrong tries and answer are empty: their five length bytes are zero already.
  const packed = Buffer.alloc(headSize + sealed.length + 2 + receipt.length + 5)
  const state = asked ? code.asked : record.stagedMs === undefined ? code.sealed : code.staged
  packed[0] = (recordFormat << 4) | state
  packed[1] = kindCode(record.kind)
  packed.set(record.proofHash, at.proof)
  packed.set(record.recipient, at.proof + 48)
  packed.set(record.owner, at.proof + 64)
  packed.writeUInt32BE(sealed.length, at.size)
  let end = packed.writeUInt8(kid.length, at.rest)
  end += packed.write(kid, end, 'latin1')
  end = packed.writeUInt8(kdf.length, end)
  packed.set(kdf, end)
  packed.set(sealed, headSize)
  end = packed.writeUInt16BE(receipt.length, headSize + sealed.length)
  packed.set(receipt, end)
  return packed
}

/** A record in its parts. */
interface Unpacked {
  readonly receipt: Receipt
  readonly sealed: Uint8Array
}

/** The parts of a packed record; scripts answer in this version's format alone. */
function unpack(id: SecretId, packed: Buffer): Unpacked {
  let end = at.rest
  const take = (length: number): Uint8Array => {
    end += length
    return copy(packed, end - length, end)
  }
  const short = (): Uint8Array => take(packed.readUInt8(end++))
  const long = (): Uint8Array => {
    end += 2
    return take(packed.readUInt16BE(end - 2))
  }
  short()
  const kdf = short()
  const sealed = take(packed.readUInt32BE(at.size))
  const note = long()
  const actor = short()
  const receipt: Receipt = {
    id,
    kind: kindOf(packed.readUInt8(1)),
    state: stateOf(packed.readUInt8(0) & 15),
    createdAt: packed.readUIntBE(5, 6),
    changedAt: packed.readUIntBE(11, 6),
    expiresAt: packed.readUIntBE(17, 6),
    kdf,
    recipient: copy(packed, at.proof + 48, at.proof + 64),
    owner: copy(packed, at.proof + 64, at.proof + 80),
    triesLeft: Math.max(0, maxWrongProofs - packed.readUInt8(4)),
    receipt: note,
    actor,
  }
  return { receipt, sealed }
}

/** ioredis' Buffers are windows on what the socket read: kept for long, they keep all of it. */
function copy(packed: Buffer, from: number, to: number): Uint8Array {
  return new Uint8Array(packed.subarray(from, to))
}

/** What the due work's script answers: nothing, or a letter and the record without its bytes; `g`: it was given up. */
export function dueReceiptOf(id: SecretId, reply: Buffer): Receipt | undefined {
  const receipt = receiptOf(id, reply.subarray(1))
  return receipt && reply.toString('latin1', 0, 1) === 'g' ? { ...receipt, givenUp: true } : receipt
}

/** What a script says of a receipt: the record without its bytes, or nothing. */
export function receiptOf(id: SecretId, packed: Buffer): Receipt | undefined {
  return packed.length === 0 ? undefined : unpack(id, packed).receipt
}

/** What the claim's script answers: a letter, and what goes with it. */
export function claimResult(id: SecretId, reply: Buffer): ClaimResult {
  const rest = reply.subarray(1)
  switch (String.fromCharCode(reply.readUInt8(0))) {
    case 'c': {
      const { receipt, sealed } = unpack(id, rest.subarray(6))
      const { kind, kdf, recipient, expiresAt } = receipt
      const leaseUntil = rest.readUIntBE(0, 6)
      return { why: 'claimed', sealed, kind, kdf, recipient, expiresAt, leaseUntil }
    }
    case 'u':
      return { why: 'unknown' }
    case 'r':
      return { why: 'not-recipient' }
    case 'n':
      return { why: 'nothing-yet' }
    case 'b':
      return { why: 'busy' }
    case 'k':
      return { why: 'unknown-key', kid: rest.toString('latin1') }
    case 'w':
      return { why: 'wrong-proof', triesLeft: rest.readUInt8(0) }
    default:
      return { why: 'gone', receipt: unpack(id, rest).receipt }
  }
}
