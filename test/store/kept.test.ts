import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redisServer } from '../../doubles/run/redis-server.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import { errands } from '../../src/core/errands.ts'
import { parseReceiptToken } from '../../src/core/format/receipt-token.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { derive, open } from '../../src/core/format/suite1.ts'
import { parseChatToken, parseToken } from '../../src/core/format/token.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { type Vault, vault } from '../../src/core/vault.ts'
import { webVault } from '../../src/core/web-vault.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { anna, ben, type KeptSecret } from '../fixtures/kept/fill.ts'
import { allDue } from '../fixtures/records.ts'

const fixtures = resolve(import.meta.dirname, '../fixtures/kept')
const names = readdirSync(fixtures).filter((name) => name.endsWith('.json'))

interface Kept {
  readonly now: number
  readonly keys: string
  readonly secrets: readonly KeptSecret[]
  readonly redis?: Readonly<Record<string, { readonly type: string; readonly values: readonly string[] }>>
}

interface Opened {
  readonly store: SecretStore
  close(): Promise<void>
}

/** A copy of what the fixture's version kept, opened by this one. */
async function openCopy(name: string, kept: Kept, now: () => number): Promise<Opened> {
  if (kept.redis) return openRedis(kept.redis, now)
  const folder = mkdtempSync(join(tmpdir(), 'sotto-kept-'))
  const path = join(folder, 'sotto.db')
  copyFileSync(join(fixtures, name.replace('.json', '.sqlite')), path)
  const store = sqliteStore(path, { now })
  return {
    store,
    async close() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openRedis(keys: NonNullable<Kept['redis']>, now: () => number): Promise<Opened> {
  const server = await redisServer()
  const client = new Redis(server.url)
  for (const [key, { type, values }] of Object.entries(keys)) {
    const bytes = values.map((value) => Buffer.from(value, 'base64'))
    const pairs = bytes.flatMap((_, at) => (at % 2 === 0 ? [bytes[at + 1]!, bytes[at]!] : []))
    if (type === 'zset') await client.call('ZADD', key, ...pairs)
    else if (type === 'list') await client.rpush(key, ...bytes)
    else await client.set(key, bytes[0]!)
  }
  client.disconnect()
  const store = redisStore({ at: server.at, now })
  return {
    store,
    async close() {
      await store.close()
      await server.close()
    },
  }
}

describe.each(names)('what %s keeps', (name) => {
  const kept = JSON.parse(readFileSync(join(fixtures, name), 'utf8')) as Kept
  const keyring = parseKeyring(kept.keys)
  const secret = (wanted: string) => kept.secrets.find((each) => each.name === wanted)!
  let now: number
  let opened: Opened
  let store: SecretStore
  let safe: Vault

  beforeEach(async () => {
    now = kept.now
    opened = await openCopy(name, kept, () => now)
    store = opened.store
    safe = vault({ store, keyring, argon2: argon2Queue().run, log: () => undefined })
  })
  afterEach(() => opened.close())

  function reveal({ token, passphrase, claimId }: KeptSecret) {
    return safe.reveal({
      token: parseChatToken(token)!,
      by: ben,
      claimId:
        claimId === undefined ? crypto.getRandomValues(new Uint8Array(16)) : Buffer.from(claimId, 'hex'),
      leaseMs: 15_000,
      ...(passphrase !== undefined && { passphrase: Secret.fromText(passphrase) }),
    })
  }

  it('is told as it was', async () => {
    expect(kept.secrets.length).toBeGreaterThan(15)
    for (const { id, state, triesLeft } of kept.secrets)
      expect(await store.look(id)).toMatchObject({ id, state, triesLeft })
    expect(await safe.look(secret('revealed').id)).toMatchObject({
      about: new TextEncoder().encode('for staging'),
      actor: ben,
      createdAt: kept.now - 24 * 3_600_000,
    })
    expect(await store.check(keyring.kids())).not.toContainEqual(
      expect.objectContaining({ text: expect.stringMatching(/key|version/) }),
    )
    expect(await store.check(['k9'])).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('"k1"') }),
    )
  })

  it('is opened where it waits, and settled where it was being opened', async () => {
    const waiting = kept.secrets.filter(
      ({ state, token }) => ['sealed', 'staged', 'claimed'].includes(state) && !token.startsWith('w1'),
    )
    expect(waiting.map((each) => each.name)).toContain('being opened')
    for (const each of waiting) {
      const held = await reveal(each)
      if (held.why !== 'opened') throw new Error(`${each.name}: ${held.why}`)
      expect(held.secret.text()).toBe(each.content)
      expect(await held.settle('revealed')).toBe(true)
      expect(await reveal(each)).toMatchObject({ why: 'gone', receipt: { state: 'revealed', byYou: true } })
    }
  })

  it('bears a wrong passphrase, a new receipt and a claim given back, and opens after them', async () => {
    const guessed = secret('guessed at')
    expect(await reveal({ ...guessed, passphrase: 'not this one' })).toEqual({
      why: 'wrong-passphrase',
      triesLeft: guessed.triesLeft - 1,
    })
    expect(await safe.confirm(guessed.id, new TextEncoder().encode('for staging, a longer note'))).toBe(
      'sealed',
    )
    const first = await reveal(guessed)
    expect(first.why === 'opened' && (await first.release())).toBe(true)
    const second = await reveal(guessed)
    expect(second.why === 'opened' && second.secret.text()).toBe(guessed.content)
    expect((await store.look(guessed.id))?.triesLeft).toBe(guessed.triesLeft - 1)
  })

  it('opens as a link where it is one, and is burned by its receipt', async () => {
    const { id, token: text, receiptToken = '', content } = secret('link')
    const links = webVault({ store, keyring, log: () => undefined, minTtlSeconds: 600, maxTtlSeconds: 3_600 })
    const derived = derive(parseToken(text)!)
    const proof = derived.unlock().proof()
    const claimed = await links.claim({ id, proof, claimId: crypto.getRandomValues(new Uint8Array(16)) })
    if (claimed.why !== 'claimed') throw new Error(claimed.why)
    const { sealed, expiresAt } = claimed
    const context = { expiresAt, recipient: derived.recipient(), kdf: new Uint8Array() }
    const opening = open(derived, derived.unlock(), sealed, context)
    expect(opening.why === 'opened' && opening.secret.text()).toBe(content)
    expect(await links.burn(id, parseReceiptToken(receiptToken)!.proof)).toBe('busy')
  })

  it('stays gone where it has gone', async () => {
    for (const each of kept.secrets.filter(({ state }) => !['sealed', 'staged', 'claimed'].includes(state)))
      expect((await reveal(each)).why).toBe(each.state === 'asked' ? 'nothing-yet' : 'gone')
  })

  it('is news where nobody was told yet', async () => {
    const told = await allDue(store, 1_000)
    const expected = kept.secrets.filter(({ news }) => news)
    expect(told.map(({ id, state }) => ({ id, state })).sort(byId)).toEqual(
      expected.map(({ id, state }) => ({ id, state })).sort(byId),
    )
    for (const { id, state } of told) await store.done(id, state as 'lost')
    now += 10_000
    expect(await allDue(store, 1_000)).toEqual([])
  })

  it('is done where it was promised for later', async () => {
    const done: string[] = []
    const wipe = async (note: Uint8Array, { id }: { readonly id: string }) => {
      done.push(`${id} ${new TextDecoder().decode(note)}`)
      return 'done' as const
    }
    const runner = errands({ store, keyring, handlers: { wipe }, log: () => undefined })
    for (let round = 0; round < 10; round++) await runner.round()
    const owed = kept.secrets.flatMap(({ id, errand }) => (errand === undefined ? [] : [`${id} ${errand}`]))
    expect(done).toEqual(owed)
  })

  it('is listed, and burned by its sender', async () => {
    const mine = kept.secrets.filter(({ token }) => token.startsWith('c1'))
    const listed = (await safe.outbox(anna, 100)).receipts.map(({ id }) => id)
    expect(listed.sort()).toEqual(mine.map(({ id }) => id).sort())
    expect(await safe.burn(secret('waiting').id, anna)).toBe('burned')
    expect(await reveal(secret('waiting'))).toMatchObject({ why: 'gone', receipt: { state: 'burned' } })
  })

  it('goes when its time is over, and is followed by new secrets', async () => {
    expect(await store.first('an event', 'another process', 1_000)).toBe(false)
    const order = { content: Secret.fromText('new'), ttlSeconds: 600, recipient: ben, owner: anna }
    const fresh = await safe.share({ ...order, about: new Uint8Array(), stagedMs: 1_000 })
    if (fresh.why !== 'sealed') throw new Error(fresh.why)
    now += 31 * 24 * 3_600_000
    for (const { id, state } of await allDue(store, 1_000)) await store.done(id, state as 'lost')
    for (const { id } of kept.secrets) expect(await store.look(id)).toBeUndefined()
    expect(await store.first('an event', 'another process', 1_000)).toBe(true)
  })
})

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1
}
