import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../doubles/run/stores.ts'
import { type Claimed, claim } from '../../src/core/claim.ts'
import type { SecretId } from '../../src/core/format/id.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { LogEvent } from '../../src/core/log.ts'
import { sealOuter } from '../../src/core/outer.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'

const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`
const keyring = parseKeyring(key('k1'))
const others = parseKeyring(key('k2'))
const sealed = randomBytes(372)

/** How the bytes that a store hands over can be wrong. */
const wrong: Record<string, (id: SecretId) => Uint8Array> = {
  altered: (id) => sealOuter(keyring, id, sealed).bytes.with(60, 0).with(61, 0).with(62, 0),
  'under another key than the record says': (id) => sealOuter(others, id, sealed).bytes,
  'not what was sealed inside': (id) => sealOuter(keyring, id, randomBytes(372)).bytes,
}

describe('a claim that was won', () => {
  let opened: OpenedStore

  beforeAll(async () => {
    opened = await sqlite.open()
  })
  afterAll(() => opened.close())

  async function claimed(of: (id: SecretId) => Uint8Array, releasesWithoutKey: boolean) {
    const { store } = opened
    const { id } = newRecord()
    const record = newRecord({ id, sealed: of(id) })
    await store.put(record)
    const events: LogEvent[] = []
    const parts = { store, keyring, log: (event: LogEvent) => events.push(event), releasesWithoutKey }
    const { kids: _, ...attempt } = newClaim(record)
    const result: Claimed<string> = await claim(parts, id, attempt, (bytes) =>
      Buffer.compare(bytes, sealed) === 0 ? 'opened' : undefined,
    )
    const alarms = events.flatMap((event) => (event.event === 'alarm' ? [event.what] : []))
    return { why: result.why, alarms, state: (await store.look(id))?.state }
  }

  it.each([true, false])('is held when its bytes open (%s)', async (releasesWithoutKey) => {
    expect(await claimed((id) => sealOuter(keyring, id, sealed).bytes, releasesWithoutKey)).toEqual({
      why: 'claimed',
      alarms: [],
      state: 'claimed',
    })
  })

  it.each(['altered', 'not what was sealed inside'])(
    'goes back with an alarm when its bytes are %s',
    async (how) => {
      for (const releasesWithoutKey of [true, false])
        expect(await claimed(wrong[how]!, releasesWithoutKey)).toEqual({
          why: 'tampered',
          alarms: ['tampered'],
          state: 'sealed',
        })
    },
  )

  it('goes back without the key where the winner shows, and stays where the bytes were handed out', async () => {
    const missing = { why: 'cannot-open', alarms: ['unknown-key'] }
    const of = wrong['under another key than the record says']!
    expect(await claimed(of, true)).toEqual({ ...missing, state: 'sealed' })
    expect(await claimed(of, false)).toEqual({ ...missing, state: 'claimed' })
  })
})
