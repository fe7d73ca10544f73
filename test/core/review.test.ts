import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import { type OpenedStore, stores } from '../../doubles/run/stores.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import type { Party } from '../../src/core/format/party.ts'
import { newReceiptToken, receiptHash } from '../../src/core/format/receipt-token.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { derive, seal } from '../../src/core/format/suite1.ts'
import { newToken } from '../../src/core/format/token.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { type Vault, vault } from '../../src/core/vault.ts'
import { webVault } from '../../src/core/web-vault.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { type TcpProxy, tcpProxy } from '../fixtures/tcp-proxy.ts'

const anna: Party = { platform: 'slack', tenant: 'T1', id: 'U1' }
const ben: Party = { platform: 'slack', tenant: 'T1', id: 'U2' }
const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`
const keyring = parseKeyring(key('k1'))
const claimId = () => crypto.getRandomValues(new Uint8Array(16))
const quiet = () => undefined

function vaultOn(store: SecretStore): Vault {
  return vault({ store, keyring, argon2: argon2Queue().run, log: quiet })
}

function order(over: { readonly owner?: Party } = {}) {
  const content = Secret.fromText('hunter2')
  return {
    content,
    ttlSeconds: 600,
    recipient: ben,
    owner: anna,
    about: new Uint8Array(),
    stagedMs: 60_000,
    ...over,
  }
}

async function shared(safe: Vault) {
  const one = await safe.share(order())
  if (one.why !== 'sealed') throw new Error(one.why)
  await safe.confirm(one.id, new Uint8Array())
  return one
}

describe.each(stores)('the vault on $name', ({ open }) => {
  let now = Date.now()
  let opened: OpenedStore

  beforeAll(async () => {
    opened = await open(() => now)
  })
  afterAll(() => opened.close())

  it('says what is left of the lease, also when an earlier try had begun it', async () => {
    const { store } = opened
    let lost = true
    const late = vaultOn({
      ...store,
      async claim(id, claim) {
        const result = await store.claim(id, claim)
        if (!lost) return result
        lost = false
        now += 4_000
        throw new Error('the answer was lost')
      },
    })
    const { token } = await shared(vaultOn(store))
    const attempt = { token, by: ben, claimId: claimId(), leaseMs: 15_000 }
    await expect(late.reveal(attempt)).rejects.toThrow('lost')
    expect(await late.reveal(attempt)).toMatchObject({ why: 'opened', leftMs: 11_000 })
  })

  it('leaves no trace of what it could not share', async () => {
    const { store } = opened
    const failing = vaultOn({
      ...store,
      async put(record) {
        await store.put(record)
        throw new Error('the answer was lost')
      },
    })
    const owner = { ...anna, id: 'U9' }
    await expect(failing.share(order({ owner }))).rejects.toThrow('lost')
    expect((await vaultOn(store).outbox(owner, 10)).receipts).toEqual([])
  })

  it('gives back what was claimed for nobody, and by giving up takes nothing from who has it', async () => {
    const { store } = opened
    const safe = vaultOn(store)
    const { token, id } = await shared(safe)
    const failing = vaultOn({
      ...store,
      async claim(...given) {
        await store.claim(...given)
        throw new Error('the answer was lost')
      },
    })
    const attempt = { token, by: ben, claimId: claimId(), leaseMs: 15_000 }
    await expect(failing.reveal(attempt)).rejects.toThrow('lost')
    expect(await safe.look(id)).toMatchObject({ state: 'claimed' })
    await failing.giveUp(attempt)
    const held = await safe.reveal({ ...attempt, claimId: claimId() })
    expect(held.why).toBe('opened')
    await failing.giveUp(attempt)
    expect(await safe.look(id)).toMatchObject({ state: 'claimed' })
  })

  it('knows of a lost secret whether anybody had claimed it', async () => {
    const { store } = opened
    const safe = vaultOn(store)
    const one = await safe.share(order())
    const other = await safe.share(order())
    if (one.why !== 'sealed' || other.why !== 'sealed') throw new Error('not sealed')
    const { token } = other
    await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })
    now += 61_000
    expect(await safe.look(one.id)).toMatchObject({ state: 'lost', claimed: false })
    expect(await safe.look(other.id)).toMatchObject({ state: 'lost', claimed: true })
  })

  it('lets no process without the key give back what one with the key has handed out', async () => {
    const { store } = opened
    const parts = { store, log: quiet, minTtlSeconds: 600, maxTtlSeconds: 3_600 }
    const [older, newer] = [key('k1'), key('k2')]
    const rotated = webVault({ ...parts, keyring: parseKeyring(`${newer},${older}`) })
    const behind = webVault({ ...parts, keyring: parseKeyring(older) })
    const derived = derive(newToken('w1'))
    const unlocked = derived.unlock()
    const expiresAt = now + 600_000
    const context = { expiresAt, recipient: derived.recipient(), kdf: new Uint8Array() }
    const { id } = derived
    await rotated.keep({
      id,
      sealed: seal(derived, unlocked, Secret.fromText('hunter2'), context),
      proofHash: unlocked.proofHash(),
      expiresAt,
      receiptHash: receiptHash(newReceiptToken(id).proof),
    })
    const claim = { id, proof: unlocked.proof(), claimId: claimId() }
    expect(await behind.claim(claim)).toEqual({ why: 'cannot-open' })
    expect(await rotated.claim(claim)).toMatchObject({ why: 'claimed' })
    expect(await behind.claim(claim)).toEqual({ why: 'cannot-open' })
    const another = { ...claim, claimId: claimId() }
    expect(await rotated.claim(another)).toEqual({ why: 'opening' })
    // The counter-example gives it back for the missing key, and somebody else opens it too.
    await store.release(id, claim.claimId)
    expect(await rotated.claim(another)).toMatchObject({ why: 'claimed' })
  })
})

describe('a Redis that comes back after a reveal was given up', () => {
  let server: RedisServer
  let proxy: TcpProxy
  let store: SecretStore
  let other: SecretStore

  beforeAll(async () => {
    server = await redisServer()
    proxy = await tcpProxy(server.port)
    store = redisStore({ at: proxy.at, commandTimeoutMs: 1_500 })
    other = redisStore({ at: server.at })
    await store.now()
  })
  afterAll(async () => {
    await store.close()
    await other.close()
    await proxy.close()
    await server.close()
  })

  /** The state in which the secret is when everything that was sent during the outage has arrived. */
  async function afterOutage(giveUp: boolean): Promise<string | undefined> {
    const { token, id } = await shared(vaultOn(other))
    const safe = vaultOn(store)
    await store.now()
    const attempt = { token, by: ben, claimId: claimId(), leaseMs: 60_000 }
    proxy.stall()
    await expect(safe.reveal(attempt)).rejects.toThrow('timed out')
    const given = giveUp ? safe.giveUp(attempt) : undefined
    proxy.pass()
    proxy.cut()
    await given
    // On the next connection the client sends again, in its order, what had no answer; this comes after it.
    await expect.poll(() => store.look(id).then(Boolean, () => false)).toBe(true)
    return (await other.look(id))?.state
  }

  it('finds nobody’s claim in what is sent to it again', async () => {
    expect(await afterOutage(true)).toBe('sealed')
  })

  it('would take the secret from everybody, were the claim not given up', async () => {
    expect(await afterOutage(false)).toBe('claimed')
  })
})
