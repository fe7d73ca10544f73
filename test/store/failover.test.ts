import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { redisServer } from '../../doubles/run/redis-server.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'
import { tcpProxy } from '../fixtures/tcp-proxy.ts'

/**
 * Claims under load on a primary that stops reaching its replica, and then dies; the replica takes its place, as a
 * sentinel would have it. How many were shown, and how many of those the new primary gives away again.
 */
async function failOver(replicas: number) {
  const primary = await redisServer()
  const link = await tcpProxy(primary.port)
  const replica = await redisServer({ replicaOf: link.port })
  const wire = await tcpProxy(primary.port)
  const store = redisStore({ at: wire.at, replicas, commandTimeoutMs: 2_000 })
  const records = Array.from({ length: 184 }, () => newRecord())
  const patient = redisStore({ at: primary.at, commandTimeoutMs: 60_000 })
  await Promise.all(records.map((record) => patient.put(record)))
  await patient.close()
  const admin = new Redis(primary.port)
  // WAIT waits for what this connection wrote, and so for all that came before it.
  await admin.set('last', 'written', 'EX', 600)
  await admin.call('WAIT', 1, 0)
  admin.disconnect()

  const shown: typeof records = []
  let unknown = 0
  let next = 0
  let promoted: Promise<void> | undefined
  const promote = async () => {
    await primary.kill()
    const successor = new Redis(replica.port)
    await successor.replicaof('NO', 'ONE')
    successor.disconnect()
    wire.to(replica.port)
    wire.cut()
  }
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let n = next++; n < records.length; n = next++) {
        if (n === 120) link.stall()
        if (n === 152) promoted = promote()
        const record = records[n]!
        try {
          const result = await store.claim(record.id, newClaim(record, { leaseMs: 60_000 }))
          if (result.why === 'claimed') shown.push(record)
        } catch {
          unknown++
        }
        if (n > 152) await promoted
      }
    }),
  )

  const successor = redisStore({ at: replica.at })
  const again = await Promise.all(shown.map((record) => successor.claim(record.id, newClaim(record))))
  await successor.close()
  await store.close()
  await Promise.all([link.close(), wire.close()])
  await Promise.all([primary.close(), replica.close()])
  return { shown: shown.length, unknown, twice: again.filter(({ why }) => why === 'claimed').length }
}

describe('a Redis whose primary dies under load', () => {
  it('shows no secret twice when claims wait for the replica; what it cannot confirm, it does not hand out', async () => {
    const { shown, unknown, twice } = await failOver(1)
    expect(shown).toBeGreaterThan(80)
    expect(unknown).toBeGreaterThan(0)
    expect(twice).toBe(0)
  })

  it('shows secrets twice when claims do not wait: the counter-example is caught', async () => {
    expect((await failOver(0)).twice).toBeGreaterThan(0)
  })
})
