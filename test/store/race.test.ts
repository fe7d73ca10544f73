import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { race, team } from '../../doubles/race/race.ts'
import { openRacecourse, type Place, raceErrand, raceRecord } from '../../doubles/race/racecourse.ts'
import { type RedisServer, redisServer } from '../../doubles/run/redis-server.ts'
import { newClaim } from '../fixtures/records.ts'

const racers = team(4)
const many = team(8)
const folder = mkdtempSync(join(tmpdir(), 'sotto-race-'))
let server: RedisServer

beforeAll(async () => {
  server = await redisServer()
})
afterAll(async () => {
  await Promise.all([racers.close(), many.close()])
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

function place(kind: Place['kind'], broken: boolean): Place {
  const at = kind === 'redis' ? server.url : join(folder, broken ? 'broken.db' : 'sotto.db')
  return { kind, at, broken }
}

/** Whether a counter-example gives itself away: processes that happen to take turns race again. */
async function caught(misses: () => Promise<boolean>): Promise<boolean> {
  for (let race = 0; race < 20; race++) if (await misses()) return true
  return false
}

describe.each(['sqlite', 'redis'] as const)('several processes on one %s', (kind) => {
  it('show each of many secrets at most once, while some are burned, released or expire', async () => {
    const outcome = await race(racers, place(kind, false), 400)
    expect(outcome.shownTwice).toBe(0)
    expect(outcome.answers['shown, unsettled'] ?? 0).toBe(0)
    expect(outcome.answers['other bytes'] ?? 0).toBe(0)
    expect(outcome.shown + outcome.burned + outcome.neither).toBe(400)
    for (const happened of [outcome.shown, outcome.burned, outcome.neither])
      expect(happened).toBeGreaterThan(0)
  })

  it('are caught when the store reads and then deletes', async () => {
    const misses = async () => (await race(racers, place(kind, true), 400)).shownTwice > 0
    expect(await caught(misses)).toBe(true)
  })

  it('are caught in a single process as well: of 200 claims at once, many win a read and a delete', async () => {
    const winners = async (broken: boolean) => {
      const store = openRacecourse(place(kind, broken))
      const record = raceRecord(randomBytes(8).toString('hex'), 0, await store.now())
      await store.put(record)
      const results = await Promise.all(
        Array.from({ length: 200 }, () => store.claim(record.id, newClaim(record))),
      )
      await store.close()
      return results.filter(({ why }) => why === 'claimed').length
    }
    expect(await winners(false)).toBe(1)
    expect(await winners(true)).toBeGreaterThan(1)
  })

  it('evaluate ten wrong proofs of 1,000, never get the bytes, and lock once', async () => {
    const { wrong, locked, bytes, store, record } = await guess(false)
    expect({ wrong, locked, bytes }).toEqual({ wrong: 9, locked: 991, bytes: 0 })
    expect(await store.claim(record.id, newClaim(record))).toMatchObject({ receipt: { state: 'locked' } })
    await store.close()
  })

  it('are caught when the store reads the number of tries, and then writes it', async () => {
    const misses = async () => {
      const { wrong, store } = await guess(true)
      await store.close()
      return wrong > 10
    }
    expect(await caught(misses)).toBe(true)
  })

  async function guess(broken: boolean) {
    const run = randomBytes(8).toString('hex')
    const store = openRacecourse(place(kind, broken))
    const record = raceRecord(run, 0, await store.now())
    const guesses = 1_000 / racers.size
    const tallies = await racers.run(
      place(kind, broken),
      (racer) => ({ do: 'guess', run, racer, guesses }),
      () => store.put(record),
    )
    const count = (answer: string) => tallies.reduce((sum, tally) => sum + (tally[answer]?.length ?? 0), 0)
    return { wrong: count('wrong-proof'), locked: count('locked'), bytes: count('bytes'), store, record }
  }

  it('hand each of many due errands to one of eight processes, and a counter-example is caught that reads and then deletes', async () => {
    const handed = async (broken: boolean, count: number) => {
      const run = randomBytes(8).toString('hex')
      const store = openRacecourse(place(kind, broken))
      const tallies = await many.run(
        place(kind, broken),
        (racer) => ({ do: 'errands', run, racer }),
        async () => {
          for (let n = 0; n < count; n++) await store.plan(raceErrand(run, n))
        },
      )
      await store.close()
      return tallies.flatMap((tally) => tally['taken'] ?? [])
    }
    const taken = await handed(false, 300)
    expect(taken.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 300 }, (_, n) => n))
    const misses = async () => {
      const numbers = await handed(true, 40)
      return new Set(numbers).size < numbers.length
    }
    expect(await caught(misses)).toBe(true)
  })

  it('let one of them be first for each key, and a counter-example is caught that reads and then writes', async () => {
    const firsts = async (broken: boolean) => {
      const run = randomBytes(8).toString('hex')
      const tallies = await racers.run(place(kind, broken), (racer) => ({
        do: 'first',
        run,
        racer,
        keys: 300,
      }))
      const all = tallies.flatMap((tally) => tally['first'] ?? [])
      expect(new Set(all).size).toBe(300)
      return all.length
    }
    expect(await firsts(false)).toBe(300)
    expect(await caught(async () => (await firsts(true)) > 300)).toBe(true)
  })
})
