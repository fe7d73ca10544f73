import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stores } from '../../doubles/run/stores.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import type { Party } from '../../src/core/format/party.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { printToken, Token } from '../../src/core/format/token.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { LogEvent } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { type Order, type Vault, vault } from '../../src/core/vault.ts'

const anna: Party = { platform: 'slack', tenant: 'T1', id: 'U1' }
const ben: Party = { platform: 'slack', tenant: 'T1', id: 'U2' }
const carla: Party = { platform: 'slack', tenant: 'T1', id: 'U3' }
const lobby: Party = { platform: 'slack', tenant: '', id: 'C1' }
const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`
const claimId = () => crypto.getRandomValues(new Uint8Array(16))

describe.each(stores)('the vault on $name', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let store: SecretStore
  const k1 = key('k1')
  const events: LogEvent[] = []

  const vaultWith = (keys: string, on: SecretStore = store): Vault =>
    vault({
      store: on,
      keyring: parseKeyring(keys),
      argon2: argon2Queue().run,
      log: (event) => events.push(event),
    })

  beforeAll(async () => {
    opened = await open()
    store = opened.store
  })
  afterAll(() => opened.close())

  async function share(safe: Vault, over: Partial<Order> = {}) {
    const shared = await safe.share({
      content: Secret.fromText('hunter2'),
      ttlSeconds: 600,
      recipient: ben,
      owner: anna,
      about: new TextEncoder().encode('staging'),
      stagedMs: 60_000,
      ...over,
    })
    if (shared.why !== 'sealed') throw new Error(shared.why)
    await safe.confirm(shared.id, new TextEncoder().encode('posted'))
    return shared
  }

  it('gives the recipient the exact content, once', async () => {
    const safe = vaultWith(k1)
    const { token, id } = await share(safe)
    const held = await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })
    expect(held.why).toBe('opened')
    if (held.why !== 'opened') return
    expect(held.secret.text()).toBe('hunter2')
    expect(await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })).toEqual({
      why: 'opening',
    })
    expect(await held.settle('revealed')).toBe(true)
    const again = await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })
    expect(again).toMatchObject({ why: 'gone', receipt: { state: 'revealed', byYou: true } })
    expect(await safe.look(id)).toMatchObject({ state: 'revealed', actor: ben })
  })

  it('lets nobody but the recipient open or learn anything, and consumes nothing by refusing', async () => {
    const safe = vaultWith(k1)
    const { token } = await share(safe)
    const stranger = { ...ben, tenant: 'T2' }
    for (const by of [carla, anna, stranger]) {
      expect(await safe.reveal({ token, by, claimId: claimId(), leaseMs: 15_000 })).toEqual({
        why: 'not-recipient',
      })
      expect(await safe.reveal({ token, by, place: lobby, claimId: claimId(), leaseMs: 15_000 })).toEqual({
        why: 'not-recipient',
      })
      expect(await safe.peek({ token, by })).toEqual({ why: 'not-recipient' })
    }
    expect((await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })).why).toBe('opened')
  })

  it('gives a place’s secret to its first person, and tells everyone after only that it is gone', async () => {
    const safe = vaultWith(k1)
    const { token } = await share(safe, { recipient: lobby })
    const held = await safe.reveal({ token, by: carla, place: lobby, claimId: claimId(), leaseMs: 15_000 })
    if (held.why !== 'opened') throw new Error(held.why)
    await held.settle('revealed')
    expect(await safe.peek({ token, by: ben, place: lobby })).toEqual({ why: 'gone' })
    expect(await safe.peek({ token, by: carla, place: lobby })).toMatchObject({
      why: 'gone',
      receipt: { byYou: true },
    })
  })

  it('counts wrong passphrases and opens with the right one, however it was typed', async () => {
    const safe = vaultWith(k1)
    const { token } = await share(safe, { passphrase: Secret.fromText('café au lait') })
    const wrong = await safe.reveal({
      token,
      passphrase: Secret.fromText('cafe au lait'),
      by: ben,
      claimId: claimId(),
      leaseMs: 15_000,
    })
    expect(wrong).toEqual({ why: 'wrong-passphrase', triesLeft: 9 })
    expect(await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })).toMatchObject({
      triesLeft: 8,
    })
    const right = Secret.fromText('cafe\u0301 au lait')
    const held = await safe.reveal({ token, passphrase: right, by: ben, claimId: claimId(), leaseMs: 15_000 })
    expect(held.why).toBe('opened')
  })

  it('locks at the tenth wrong passphrase, raises the alarm, and opens no more', async () => {
    const safe = vaultWith(k1)
    const { token, id } = await share(safe, { passphrase: Secret.fromText('right') })
    const guess = (text: string) =>
      safe.reveal({ token, passphrase: Secret.fromText(text), by: ben, claimId: claimId(), leaseMs: 15_000 })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(`wrong ${n}`)))
    expect(answers.filter(({ why }) => why === 'wrong-passphrase')).toHaveLength(9)
    expect(await guess('right')).toMatchObject({ why: 'gone', receipt: { state: 'locked' } })
    expect(events).toContainEqual({ event: 'alarm', what: 'locked', id })
  })

  it('stretches nothing for somebody who could not open it anyway', async () => {
    let stretches = 0
    const counting = vault({
      store,
      keyring: parseKeyring(k1),
      argon2: async () => {
        stretches++
        return new Uint8Array(32)
      },
      log: () => undefined,
    })
    const { token } = await share(counting, { passphrase: Secret.fromText('right') })
    expect(stretches).toBe(1)
    const passphrase = Secret.fromText('right')
    await counting.reveal({ token, passphrase, by: carla, claimId: claimId(), leaseMs: 15_000 })
    expect(stretches).toBe(1)
  })

  it('stores nothing when too many passphrases wait', async () => {
    const busy = vault({ store, keyring: parseKeyring(k1), argon2: async () => 'busy', log: () => undefined })
    const order = {
      content: Secret.fromText('x'),
      ttlSeconds: 600,
      recipient: ben,
      owner: { ...anna, id: 'U9' },
      about: new Uint8Array(),
      stagedMs: 1_000,
    }
    expect(await busy.share({ ...order, passphrase: Secret.fromText('p') })).toEqual({ why: 'busy' })
    expect((await busy.outbox({ ...anna, id: 'U9' }, 10)).receipts).toEqual([])
  })

  it('opens under an old key, answers "not now" without it, and works when it is put back', async () => {
    const k2 = key('k2')
    const { token } = await share(vaultWith(k1))
    const rotated = vaultWith(k2)
    for (let press = 0; press < 8; press++) {
      expect(await rotated.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })).toEqual({
        why: 'cannot-open',
      })
    }
    expect(events.some((event) => event.event === 'alarm' && event.what === 'unknown-key')).toBe(true)
    // The start says it before anybody presses; with the key it says nothing.
    const missing = (await store.check(['k2'])).filter(({ text }) => text.includes('"k1"'))
    expect(missing).toMatchObject([{ level: 'warn' }])
    expect((await store.check(['k2', 'k1'])).filter(({ text }) => text.includes('server key'))).toEqual([])
    const both = vaultWith(`${k2},${k1}`)
    expect((await both.outbox(anna, 50)).receipts.length).toBeGreaterThan(0)
    expect((await both.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })).why).toBe('opened')
  })

  it('gives an altered secret back unopened and raises the alarm', async () => {
    const safe = vaultWith(k1)
    const { token, id } = await share(safe)
    const altered: SecretStore = {
      ...store,
      async claim(secret, claim) {
        const result = await store.claim(secret, claim)
        return result.why === 'claimed' ? { ...result, expiresAt: result.expiresAt + 1 } : result
      },
    }
    const answer = await vaultWith(k1, altered).reveal({
      token,
      by: ben,
      claimId: claimId(),
      leaseMs: 15_000,
    })
    expect(answer).toEqual({ why: 'tampered' })
    expect(events).toContainEqual({ event: 'alarm', what: 'tampered', id })
    expect((await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })).why).toBe('opened')
  })

  it('burns for the sender alone, and never while it is being opened', async () => {
    const safe = vaultWith(k1)
    const { token, id } = await share(safe)
    expect(await safe.burn(id, ben)).toBe('gone')
    expect(await safe.burn(id, { ...anna, tenant: 'T2' })).toBe('gone')
    const held = await safe.reveal({ token, by: ben, claimId: claimId(), leaseMs: 15_000 })
    if (held.why !== 'opened') throw new Error(held.why)
    expect(await safe.burn(id, anna)).toBe('busy')
    expect(await held.release()).toBe(true)
    expect(await safe.burn(id, anna)).toBe('burned')
    expect(await safe.peek({ token, by: ben })).toMatchObject({ why: 'gone', receipt: { state: 'burned' } })
  })

  it('opens nothing for the same token of another kind', async () => {
    const safe = vaultWith(k1)
    const { token } = await share(safe)
    const attempt = { by: ben, claimId: claimId(), leaseMs: 15_000 }
    expect(await safe.reveal({ ...attempt, token: new Token('d1', token.bytes) })).toEqual({ why: 'gone' })
    // @ts-expect-error what opens on the web does not open in chat, and is not even asked for there
    expect(await safe.reveal({ ...attempt, token: new Token('w1', token.bytes) })).toEqual({ why: 'gone' })
  })

  it('keeps neither the content, the token, nor who sent it to whom readable in the store', async () => {
    const safe = vaultWith(k1)
    const sender = { ...anna, id: 'UCANARYSENDER' }
    const { token } = await share(safe, {
      content: Secret.fromText('CANARY-content'),
      owner: sender,
      recipient: { ...ben, id: 'UCANARYRECIPIENT' },
      about: new TextEncoder().encode('CANARY-note'),
    })
    const dump = await opened.dump()
    for (const canary of [
      'CANARY',
      printToken(token).slice(3),
      Buffer.from(token.bytes).toString('latin1'),
    ]) {
      expect(dump.includes(Buffer.from(canary, 'latin1'))).toBe(false)
    }
  })
})
