import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import type { NewRecord, SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { newClaim, newErrand, newRecord, newRequest } from '../fixtures/records.ts'
import { type TcpProxy, tcpProxy } from '../fixtures/tcp-proxy.ts'

describe('a Redis whose answer is lost after it acted', () => {
  let server: RedisServer
  let proxy: TcpProxy
  let store: SecretStore
  let other: SecretStore

  beforeAll(async () => {
    server = await redisServer()
    proxy = await tcpProxy(server.port)
    store = redisStore({ at: proxy.at })
    other = redisStore({ at: server.at })
    await store.now()
  })
  afterAll(async () => {
    await store.close()
    await other.close()
    await proxy.close()
    await server.close()
  })

  async function kept(over: Partial<NewRecord> = {}): Promise<NewRecord> {
    const record = newRecord(over)
    await other.put(record)
    return record
  }

  /** What `act` answers though its first answer was lost. */
  async function withLostAnswer<T>(act: () => Promise<T>): Promise<T> {
    const lost = proxy.loseNextAnswer()
    const [answer] = await Promise.all([act(), lost])
    return answer
  }

  it('gives the same claim its bytes on the resend, and tells everyone else that it is being opened', async () => {
    for (let round = 0; round < 20; round++) {
      const record = await kept()
      const claim = newClaim(record)
      const lost = proxy.loseNextAnswer()
      const claimed = store.claim(record.id, claim)
      await lost
      expect(await other.claim(record.id, newClaim(record))).toEqual({ why: 'busy' })
      expect(await claimed).toMatchObject({ why: 'claimed', sealed: new Uint8Array(record.sealed!) })
      expect(await store.settle(record.id, claim.claimId, 'revealed')).toBe('settled')
    }
  })

  it('gives every other verb the answer that was lost', async () => {
    const put = newRecord({ stagedMs: 60_000 })
    await withLostAnswer(() => store.put(put))
    expect(await withLostAnswer(() => store.confirm(put.id, randomBytes(40)))).toBe('sealed')
    const claim = newClaim(put)
    await other.claim(put.id, claim)
    expect(await withLostAnswer(() => store.release(put.id, claim.claimId))).toBe('sealed')
    const wrong = newClaim(put, { proofHash: randomBytes(32) })
    expect(await withLostAnswer(() => store.claim(put.id, wrong))).toEqual({
      why: 'wrong-proof',
      triesLeft: 9,
    })
    expect(await withLostAnswer(() => store.burn(put.id, [put.owner]))).toBe('burned')
    expect((await other.list([put.owner], 10)).receipts).toMatchObject([{ state: 'burned', triesLeft: 9 }])

    const staged = await kept({ stagedMs: 60_000 })
    expect(await withLostAnswer(() => store.discard(staged.id))).toBe(true)
    const asked = newRequest()
    await other.put(asked)
    const answer = {
      answerHash: asked.proofHash,
      sealed: randomBytes(9),
      kid: 'k1',
      proofHash: randomBytes(32),
    }
    expect(await withLostAnswer(() => store.answer(asked.id, answer))).toBe('sealed')
    expect(await withLostAnswer(() => store.first('key', 'me', 60_000))).toBe(true)
    const settled = await kept()
    const last = newClaim(settled)
    await other.claim(settled.id, last)
    expect(await withLostAnswer(() => store.settle(settled.id, last.claimId, 'unconfirmed'))).toBe('settled')
  })

  it('plans and ends errands once, also in the steps that owe them', async () => {
    const record = await kept()
    const { id } = record
    const now = await other.now()
    const errand = (name: string) => newErrand({ id, name, dueAt: now, until: now + 60_000 })
    const due = async () => {
      const only = ['wipe', 'card', 'news', 'alone'].map((name) => ({ id, name }))
      return (await other.errands(9, 0, only)).map(({ name }) => name)
    }
    const claim = newClaim(record, { owes: [errand('wipe')] })
    expect((await withLostAnswer(() => store.claim(id, claim))).why).toBe('claimed')
    expect(await due()).toEqual(['wipe'])
    expect(await withLostAnswer(() => store.release(id, claim.claimId, ['wipe']))).toBe('sealed')
    expect(await due()).toEqual([])
    const again = newClaim(record, { owes: [errand('wipe')] })
    await other.claim(id, again)
    await withLostAnswer(() => store.finish(id, 'wipe'))
    expect(await withLostAnswer(() => store.settle(id, again.claimId, 'revealed', [errand('card')]))).toBe(
      'settled',
    )
    await withLostAnswer(() => store.done(id, 'revealed', [errand('news')]))
    const alone = errand('alone')
    await withLostAnswer(() => store.plan(alone))
    await withLostAnswer(() => store.postpone(id, 'alone', now, { note: alone.note, tries: 4 }))
    expect(await due()).toEqual(['card', 'news', 'alone'])
    expect(await other.errands(1, 0, [alone])).toMatchObject([{ tries: 5 }])
  })

  it('is what a take without a claim id gets wrong: the counter-example tells its only reader that there is nothing', async () => {
    const client = new Redis(proxy.url)
    await client.ping()
    let deceived = 0
    for (let round = 0; round < 10; round++) {
      await client.set('secret', 'bytes')
      const answer = await withLostAnswer(() => client.getdel('secret'))
      if (answer === null) deceived++
    }
    client.disconnect()
    expect(deceived).toBe(10)
  })
})
