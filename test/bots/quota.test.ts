import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { redisServer } from '../../doubles/run/redis-server.ts'
import { sqlite } from '../../doubles/run/stores.ts'
import { wired } from '../../doubles/run/wired.ts'
import type { Person, Platform } from '../../src/bots/adapter/platform.ts'
import { conversation } from '../../src/bots/conversation.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { defaultRates, type Limiter } from '../../src/core/limiter.ts'
import { redisLimits } from '../../src/store/rate-limits/redis.ts'
import { sqliteLimits } from '../../src/store/rate-limits/sqlite.ts'
import { stage } from './stage.ts'

const anna: Person = { tenant: 'T1', id: 'UANNA' }
const rates = {
  ...defaultRates,
  'chat-person': { points: 5, seconds: 600 },
  'chat-tenant': { points: 12, seconds: 600 },
  'chat-alarm': { points: 2, seconds: 600 },
}

describe('a flood from chat', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-quota-'))
  const server = await redisServer()
  let count = 0
  const limiters = [
    { name: 'SQLite', open: () => sqliteLimits(join(folder, `${++count}.db`), rates) },
    { name: 'Redis', open: () => redisLimits(server.at, rates) },
  ]
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function talking(limiter: Limiter) {
    const opened = await sqlite.open()
    const platform: Platform = {
      name: 'slack',
      begin: [],
      maxSecretChars: 3000,
      maxNoteChars: 150,
      maxRecipients: 10,
      find: async (ids) => ids.map((id) => ({ why: 'person', person: { tenant: 'T1', id } })),
      post: async () => ({ why: 'ok', at: { channel: 'D1', message: '1' } }),
      hint: async () => undefined,
      edit: async () => ({ why: 'ok' }),

      wipe: async () => ({ why: 'ok' as const }),
    }
    const log = () => undefined
    const wiring = await wired({ store: opened.store, log, platforms: [platform], limiter })
    const talk = conversation(wiring.talk(platform))
    return {
      vault: wiring.vault,
      /** Whether a secret for `many` people was let through. */
      async send(by: Person, many = 1): Promise<boolean> {
        const to = Array.from({ length: many }, (_, n) => `U${n}`)
        const draft = { to, secret: Secret.fromText('x'), ttlSeconds: 600, note: '' }
        const checked = await talk.check({ act: 'send', by, draft })
        if (!('ready' in checked)) {
          expect(checked.problems.secret).toMatch(/a lot of secrets.*try again in/)
          return false
        }
        await talk.send(checked.ready)
        return true
      },
      close: () => opened.close(),
    }
  }

  it.each(limiters)('stops at a person’s share, counted by recipients, on $name', async ({ open }) => {
    const limiter = open()
    const { vault, send, close } = await talking(limiter)
    const who = { ...anna, id: `U${crypto.randomUUID().slice(0, 8)}` }
    expect([await send(who, 3), await send(who, 2), await send(who)]).toEqual([true, true, false])
    // What was sealed before is as it was, nothing was kept of the rest, and nobody else is held back.
    const { receipts } = await vault.outbox({ platform: 'slack', ...who }, 10)
    expect(receipts.map(({ state }) => state)).toEqual(Array(5).fill('sealed'))
    expect(await send({ ...who, id: `${who.id}2` })).toBe(true)
    await close()
    await limiter.close()
  })

  it('stops at a workspace’s share, whoever sends', async () => {
    const limiter = sqliteLimits(join(folder, 'tenant.db'), rates)
    const { send, close } = await talking(limiter)
    const sent = []
    for (let n = 0; n < 15; n++) sent.push(await send({ tenant: 'T1', id: `USENDER${n}` }))
    expect(sent.filter(Boolean)).toHaveLength(12)
    expect(await send({ tenant: 'T2', id: 'UOTHER' })).toBe(true)
    await close()
    await limiter.close()
  })

  it('lets a person raise the alarm a few times only', async () => {
    const here = await stage(undefined, { rates })
    await here.send('anna', ['ben'], 'hunter2')
    await here.press('ben', 'open')
    await here.press('ben', 'open')
    here.script()
    for (let press = 0; press < 4; press++) await here.press('ben', 'tell')
    const script = here.script()
    // Whoever pressed hears the same each time; the sender and the log are spared.
    expect(script.filter((line) => line.startsWith('ben reads: The sender was told.'))).toHaveLength(4)
    expect(script.filter((line) => line.startsWith('to anna: @ben says'))).toHaveLength(2)
    expect(here.log.filter(({ event }) => event === 'alarm')).toHaveLength(2)
    await here.close()
  })

  it('would pass a limiter that never says no (counter-example)', async () => {
    const { send, close } = await talking({
      take: async () => ({ why: 'allowed' }),
      close: async () => undefined,
    })
    for (let n = 0; n < 6; n++) expect(await send(anna)).toBe(true)
    await close()
  })
})
