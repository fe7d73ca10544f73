import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { notices } from '../../src/bots/notices.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import type { Party } from '../../src/core/format/party.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { LogEvent } from '../../src/core/log.ts'
import { newsMs } from '../../src/core/store.ts'
import { vault } from '../../src/core/vault.ts'
import { Memory, referenceStore } from '../fixtures/reference-store.ts'
import { type Stage, stage } from './stage.ts'

const anna: Party = { platform: 'slack', tenant: 'T1', id: 'U1' }
const ben: Party = { platform: 'slack', tenant: 'T1', id: 'U2' }

describe('news that nobody could be told', () => {
  it('is given up a month after the expiry, with one line, whichever process comes by', async () => {
    let time = Date.now()
    const log: LogEvent[] = []
    const safe = vault({
      store: referenceStore(new Memory(), () => time),
      keyring: parseKeyring(`k1:${randomBytes(32).toString('base64')}`),
      argon2: argon2Queue().run,
      log: (event) => log.push(event),
    })
    const shared = await safe.share({
      content: Secret.fromText('hello'),
      ttlSeconds: 600,
      recipient: ben,
      owner: anna,
      about: new Uint8Array(),
      stagedMs: 60_000,
    })
    if (shared.why !== 'sealed') throw new Error(shared.why)
    await safe.confirm(shared.id, new Uint8Array())
    // Neither process has the platform that the secret came from.
    const processes = [1, 2].map(() =>
      notices(
        safe,
        [],
        { plan: () => expect.fail() },
        (event) => log.push(event),
        () => time,
      ),
    )
    const rounds = async () => {
      for (const { round } of processes) expect(await round()).toBe(0)
    }
    time = shared.expiresAt + newsMs - 1
    await rounds()
    expect(log).toEqual([])
    for (let hour = 0; hour < 3; hour++) {
      time += 3_600_000
      await rounds()
    }
    expect(log).toEqual([{ event: 'news-given-up', id: shared.id, state: 'expired' }])
  })
})

/** Longer than any process has a due notice to itself, ms. */
const holdMs = 32_000

describe('news that went out', () => {
  let here: Stage

  beforeEach(async () => {
    here = await stage()
  })
  afterEach(() => here.close())

  async function rounds(): Promise<void> {
    for (let round = 0; round < 10; round++) await here.round()
  }

  it.each([
    ['of an expiry', () => here.later(3_600_001), /^to anna: A secret .* expired unopened/],
    ['of an opening', () => here.press('ben', 'open'), /^to anna: @ben opened your secret/],
  ])('%s is done: nobody is told again, however long the rounds go on', async (_, happens, news) => {
    await here.send('anna', ['ben'], 'hunter2')
    here.script()
    await happens()
    await rounds()
    expect(here.script().filter((line) => news.test(line))).toHaveLength(1)
    for (let later = 0; later < 3; later++) {
      here.later(holdMs)
      await rounds()
    }
    // What was shown is wiped meanwhile, which is no news.
    expect(here.script().filter((line) => line !== 'wiped for ben')).toEqual([])
  })

  it('but could not be posted is due again', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    here.script()
    here.later(3_600_001)
    here.posts.push({ why: 'ambiguous', code: 'ECONNRESET' })
    await rounds()
    expect(here.script().filter((line) => line.startsWith('to anna'))).toEqual([])
    here.later(holdMs)
    await rounds()
    expect(here.script().filter((line) => line.startsWith('to anna'))).toHaveLength(1)
  })
})
