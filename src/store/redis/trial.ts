import { randomBytes } from 'node:crypto'
import { printId } from '../../core/format/id.ts'
import type { NewRecord, SecretStore } from '../../core/store.ts'
import { StoreError } from '../errors.ts'

/** How long what a trial leaves may stay, ms. */
const trialMs = 60_000

/**
 * Puts, claims, gives back and discards, as secrets will: what this user may not do shows now, and not with the first
 * secret. `erase` takes away what the verbs would leave for somebody to be told of.
 * @throws StoreError `unavailable` with what stands in the way
 */
export async function tryOut(
  store: Pick<SecretStore, 'now' | 'put' | 'claim' | 'release' | 'discard'>,
  erase: (id: Uint8Array) => Promise<unknown>,
): Promise<void> {
  const expiresAt = (await store.now()) + trialMs
  const claimId = randomBytes(16)
  const kept = scratch(expiresAt, { sealed: new Uint8Array(32) })
  const { id, proofHash, recipient } = kept
  try {
    await store.put(kept)
    const claim = { claimId, proofHash, recipient, actor: new Uint8Array(), kids: [''], leaseMs: trialMs }
    expect('claimed', (await store.claim(id, claim)).why)
    expect('sealed', await store.release(id, claimId))
  } finally {
    await erase(Buffer.from(id, 'base64url')).catch(() => undefined)
  }
  const asked = scratch(expiresAt, {})
  await store.put(asked)
  expect(true, await store.discard(asked.id))
}

function scratch(expiresAt: number, over: Pick<NewRecord, 'sealed'>): NewRecord {
  const [proofHash, recipient, owner] = [randomBytes(32), randomBytes(16), randomBytes(16)]
  const empty = new Uint8Array()
  const id = printId(randomBytes(16))
  return {
    id,
    kind: 'w1',
    kid: '',
    proofHash,
    recipient,
    owner,
    kdf: empty,
    receipt: empty,
    expiresAt,
    ...over,
  }
}

function expect<T>(wanted: T, got: T): void {
  if (wanted !== got) throw new StoreError('unavailable', `redis: a trial gave ${got} and not ${wanted}`)
}
