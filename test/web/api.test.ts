import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asker, openSite, type Site, sealText } from '../../doubles/run/site.ts'
import { stores } from '../../doubles/run/stores.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { type Derived, derive } from '../../src/core/format/suite1.ts'
import { printToken } from '../../src/core/format/token.ts'
import { vault } from '../../src/core/vault.ts'
import { openFromLink, type SealedLink, sealAnswer } from '../../src/web/pages/sealing.ts'

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const random = (size: number) => randomBytes(size).toString('base64url')

interface Problem {
  readonly why: string
  readonly triesLeft?: number
}

describe.each(stores)('the API on $name', (store) => {
  let site: Site
  let now: number
  /** The store's clock is ours here, so that a lease can end without waiting for it. */
  let skewMs = 0

  beforeAll(async () => {
    site = await openSite({ store, now: () => Date.now() + skewMs })
    now = await site.vault.now()
  })
  afterAll(() => site.close())

  function opener(sealed: SealedLink) {
    const derived: Derived = derive(sealed.token)
    const unlocked = derived.unlock()
    return { derived, unlocked, proof: b64(unlocked.proof()), path: `/api/v1/secrets/${derived.id}` }
  }

  async function why(response: Response): Promise<string> {
    return ((await response.json()) as Problem).why
  }

  it('keeps a sealed secret, tells its cover, gives it to one claim and then to nobody', async () => {
    const sealed = await site.keep('only once')
    const { derived, unlocked, proof, path } = opener(sealed)
    const cover = await site.post(`${path}/cover`, {})
    expect(await cover.json()).toEqual({
      state: 'sealed',
      expiresAt: sealed.body.expiresAt,
      triesLeft: 10,
    })
    const claimId = random(16)
    const claimed = await site.post(`${path}/claim`, { proof, claimId })
    expect(claimed.status).toBe(200)
    const body = (await claimed.json()) as { sealed: string; expiresAt: number }
    const content = openFromLink(derived, unlocked, body)
    expect(content?.what === 'text' && content.text.text()).toBe('only once')
    expect(await why(await site.post(`${path}/claim`, { proof, claimId: random(16) }))).toBe('opening')
    expect((await site.post(`${path}/settle`, { claimId: random(16) })).status).toBe(409)
    expect((await site.post(`${path}/settle`, { claimId })).status).toBe(204)
    expect((await site.post(`${path}/settle`, { claimId })).status).toBe(204)
    for (const id of [claimId, random(16)])
      expect((await site.post(`${path}/claim`, { proof, claimId: id })).status).toBe(410)
  })

  it('resumes a torn claim for its own claim id inside the lease, byte for byte, and for nobody after it', async () => {
    const sealed = await site.keep('torn')
    const { proof, path } = opener(sealed)
    const claimId = random(16)
    const first = await (await site.post(`${path}/claim`, { proof, claimId })).text()
    const second = await (await site.post(`${path}/claim`, { proof, claimId })).text()
    expect(second).toBe(first)
    // Counter-example: a page that draws a new claim id for its retry is told that somebody else has it.
    expect(await why(await site.post(`${path}/claim`, { proof, claimId: random(16) }))).toBe('opening')
    skewMs += 61_000
    try {
      expect((await site.post(`${path}/claim`, { proof, claimId })).status).toBe(410)
      const told = await site.vault.receipt(sealed.receipt.id, sealed.receipt.proof)
      expect(told?.state).toBe('lost')
    } finally {
      skewMs = 0
    }
  })

  it('never lets a wrong proof consume the secret, and burns it at the tenth', async () => {
    const sealed = await site.keep('guess me')
    const { proof, path } = opener(sealed)
    for (let left = 9; left >= 1; left--) {
      const wrong = await site.post(`${path}/claim`, { proof: random(32), claimId: random(16) })
      expect(wrong.status).toBe(403)
      expect(await wrong.json()).toMatchObject({ why: 'wrong-passphrase', triesLeft: left })
    }
    // The right one still opens at the tenth try, for another secret in the same condition.
    const other = await site.keep('the tenth is right')
    const right = opener(other)
    for (let tries = 0; tries < 9; tries++)
      await site.post(`${right.path}/claim`, { proof: random(32), claimId: random(16) })
    expect((await site.post(`${right.path}/claim`, { proof: right.proof, claimId: random(16) })).status).toBe(
      200,
    )
    expect((await site.post(`${path}/claim`, { proof: random(32), claimId: random(16) })).status).toBe(410)
    expect((await site.post(`${path}/claim`, { proof, claimId: random(16) })).status).toBe(410)
    expect(site.events).toContainEqual({ event: 'alarm', what: 'locked', id: sealed.body.id })
  })

  it('answers alike for what was opened, burned, and never there', async () => {
    const opened = await site.keep('opened')
    const { proof, path } = opener(opened)
    const claimId = random(16)
    await site.post(`${path}/claim`, { proof, claimId })
    await site.post(`${path}/settle`, { claimId })
    const burned = await site.keep('burned')
    await site.vault.burn(burned.receipt.id, burned.receipt.proof)
    const chat = await site.ask()
    const ids = [opened.body.id, burned.body.id, random(16), chat.id]
    for (const act of ['cover', 'claim'] as const) {
      const body = act === 'cover' ? {} : { proof: random(32), claimId: random(16) }
      const answers = await Promise.all(
        ids.map(async (id) => {
          const response = await site.post(`/api/v1/secrets/${id}/${act}`, body)
          const headers = [...response.headers].filter(([name]) => name !== 'date')
          return JSON.stringify([response.status, headers, await response.text()])
        }),
      )
      expect(new Set(answers).size).toBe(1)
    }
  })

  it('shows the receipt and burns only for the receipt token', async () => {
    const sealed = await site.keep('receipt')
    const { id } = sealed.receipt
    const receipt = b64(sealed.receipt.proof)
    const told = await site.post(`/api/v1/receipts/${id}`, { receipt })
    expect(await told.json()).toMatchObject({ state: 'sealed', triesLeft: 10 })
    // Neither a guess, nor what the server was given when it was made, nor another secret's.
    const other = await site.keep('other')
    for (const wrong of [random(32), sealed.body.receiptHash, b64(other.receipt.proof)]) {
      expect((await site.post(`/api/v1/receipts/${id}`, { receipt: wrong })).status).toBe(410)
      expect((await site.post(`/api/v1/receipts/${id}/burn`, { receipt: wrong })).status).toBe(410)
    }
    const burned = await site.post(`/api/v1/receipts/${id}/burn`, { receipt })
    expect(await burned.json()).toEqual({ state: 'burned' })
    expect((await site.post(`/api/v1/secrets/${id}/cover`, {})).status).toBe(410)
    expect(await (await site.post(`/api/v1/receipts/${id}`, { receipt })).json()).toMatchObject({
      state: 'burned',
    })
  })

  it('takes one answer to a drop link, and only its asker opens it, in chat', async () => {
    const asked = await site.ask()
    const { token } = asked
    const path = `/api/v1/asks/${asked.id}`
    const ask = (await (await site.post(`${path}/cover`, {})).json()) as {
      from: string
      expiresAt: number
      recipient: string
    }
    expect(ask).toMatchObject({ from: 'Ada', note: 'the staging database', maxCharacters: 4_000 })
    const answer = sealAnswer(token, Secret.fromText('from outside'), ask)
    expect((await site.post(`${path}/answer`, { ...answer, answerProof: random(32) })).status).toBe(410)
    expect((await site.post(`${path}/answer`, answer)).status).toBe(201)
    // The same bytes again after a lost reply are the same answer; other bytes are a second one.
    expect((await site.post(`${path}/answer`, answer)).status).toBe(201)
    const second = sealAnswer(token, Secret.fromText('too late'), ask)
    expect((await site.post(`${path}/answer`, second)).status).toBe(410)
    expect((await site.post(`${path}/cover`, {})).status).toBe(410)
    // A drop link opens nothing on the web.
    const { proof } = opener({ token } as SealedLink)
    expect(
      (await site.post(`/api/v1/secrets/${asked.id}/claim`, { proof, claimId: random(16) })).status,
    ).toBe(410)
    const chat = vault({
      store: site.opened.store,
      keyring: site.keyring,
      argon2: argon2Queue().run,
      log: () => undefined,
    })
    const attempt = { token: asked.token, claimId: randomBytes(16), leaseMs: 15_000 }
    const stranger = await chat.reveal({ ...attempt, by: { ...asker, id: 'U2' } })
    expect(stranger.why).toBe('not-recipient')
    const hold = await chat.reveal({ ...attempt, by: asker })
    expect(hold.why === 'opened' && hold.secret.text()).toBe('from outside')
  })

  it('takes the same secret again, and refuses another with its id', async () => {
    const sealed = await sealText('twice', now + 86_400_000)
    expect((await site.post('/api/v1/secrets', sealed.body)).status).toBe(201)
    expect((await site.post('/api/v1/secrets', sealed.body)).status).toBe(201)
    const clash = { ...sealed.body, proofHash: random(32) }
    expect(await why(await site.post('/api/v1/secrets', clash))).toBe('taken')
  })

  it.each([
    ['ten minutes ago', -600_000],
    ['in a minute', 60_000],
    ['in 31 days', 31 * 86_400_000],
  ])('refuses an expiry %s', async (_name, offset) => {
    const sealed = await sealText('when', now + offset)
    expect(await why(await site.post('/api/v1/secrets', sealed.body))).toBe('expiry')
  })

  it('refuses what is not exactly a request, and repeats none of it', async () => {
    const { body } = await sealText('shape', now + 86_400_000)
    const canary = 'CANARY-0123456789'
    const wrong: [string, unknown][] = [
      ['another field', { ...body, [canary]: canary }],
      ['no field', {}],
      ['padding', { ...body, sealed: `${body.sealed}==` }],
      ['stray bits', { ...body, proofHash: `${body.proofHash.slice(0, 42)}B` }],
      ['too short', { ...body, sealed: random(100) }],
      ['a float', { ...body, expiresAt: now + 0.5 }],
      ['costs beyond the bounds', { ...body, kdf: { memoryKiB: 1024 * 1024, passes: 3 } }],
      ['an array', [body]],
      ['null', null],
      ['half of JSON', `{"id":"${canary}`],
      ['a prototype', `{"__proto__":{"admin":true},"id":"${canary}"}`],
      ['deep nesting', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ]
    for (const [name, request] of wrong) {
      const response = await site.post('/api/v1/secrets', request)
      const text = await response.text()
      expect([name, response.status]).toEqual([name, 400])
      expect(text).not.toContain(canary)
    }
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
    for (const id of ['short', `${'A'.repeat(21)}B`, encodeURIComponent('../secrets')])
      expect((await site.post(`/api/v1/secrets/${id}/cover`, {})).status).toBe(400)
  })

  it('leaves no token, key or content in the store, and only in sealed form what it keeps', async () => {
    const canary = `canary-${random(24)}`
    const sealed = await site.keep(canary, 'canary-passphrase')
    const token = printToken(sealed.token).slice(3)
    const dump = await site.opened.dump()
    for (const needle of [canary, 'canary-passphrase', token, sealed.body.sealed]) {
      const bytes = Buffer.from(needle, 'base64url')
      expect(dump.includes(needle)).toBe(false)
      if (needle === token) expect(dump.includes(bytes)).toBe(false)
      // Not even what the browser sent is there as it was: the server's own layer is around it.
      if (needle === sealed.body.sealed) expect(dump.includes(bytes.subarray(0, 64))).toBe(false)
    }
  })
})
