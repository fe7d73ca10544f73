import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { After } from '../../src/core/deadline.ts'
import {
  type ErrandHandler,
  type ErrandResult,
  type Errands,
  errands,
  type Promised,
} from '../../src/core/errands.ts'
import { printId } from '../../src/core/format/id.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { LogEvent } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { StoreError } from '../../src/store/errors.ts'
import { Memory, referenceStore } from '../fixtures/reference-store.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const keyring = parseKeyring(`k1:${randomBytes(32).toString('base64url')}`)
const id = printId(randomBytes(16))
const text = new TextEncoder()

describe('the runner of errands', () => {
  let time: number
  let memory: Memory
  let store: SecretStore
  let log: LogEvent[]
  /** What handlers were given, with the time since the start. */
  let runs: { readonly at: number; readonly note: string; readonly tries: number }[]
  let start: number

  beforeEach(() => {
    time = Date.now()
    start = time
    memory = new Memory()
    store = referenceStore(memory, () => time)
    log = []
    runs = []
  })

  /** A process whose handler of `wipe` answers `results` in turn, and then `done`. */
  function runner(
    results: readonly (ErrandResult | Error)[] = [],
    over: Partial<Parameters<typeof errands>[0]> = {},
  ) {
    const answers = [...results]
    const wipe: ErrandHandler = async (note, { tries }) => {
      runs.push({ at: time - start, note: new TextDecoder().decode(note), tries })
      const answer = answers.shift() ?? 'done'
      if (answer instanceof Error) throw answer
      return answer
    }
    const parts = { store, keyring, handlers: { wipe }, log: (event: LogEvent) => log.push(event) }
    return errands({ ...parts, clock: () => time, jitter: () => 0, ...over })
  }

  const promise = (over: Partial<Promised> = {}): Promised => ({
    id,
    name: 'wipe',
    dueAt: time,
    until: time + 15 * minute,
    note: text.encode('the view'),
    ...over,
  })

  /** Rounds every second until `until`. */
  async function live(until: number, ...runners: readonly Errands[]): Promise<void> {
    for (; time - start <= until; time += second) for (const each of runners) await each.round()
  }

  it('does what is due with its note, once', async () => {
    const one = runner()
    await one.keep(promise({ dueAt: time + 3 * second }))
    await live(10 * minute, one)
    expect(runs).toEqual([{ at: 3 * second, note: 'the view', tries: 0 }])
    expect(log).toEqual([])
  })

  it('keeps the note sealed under the server key, and refuses one that is too long', async () => {
    const one = runner()
    await one.keep(promise({ note: text.encode('CANARY') }))
    const [{ note } = { note: undefined }] = memory.errands.values()
    expect(Buffer.from(note ?? []).includes('CANARY')).toBe(false)
    expect(() => one.plan(promise({ note: new Uint8Array(2_049) }))).toThrow(RangeError)
    expect(one.plan(promise({ note: new Uint8Array(2_048) })).note.length).toBeLessThanOrEqual(2_112)
  })

  it('tries again after pauses that grow, and then every six hours', async () => {
    const one = runner(Array.from({ length: 8 }, () => 'later' as const))
    await one.keep(promise({ until: time + 48 * hour }))
    const pauses = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 6 * hour, 6 * hour, 6 * hour]
    for (const pause of pauses) {
      await one.round()
      time += pause - 1
      await one.round()
      time += 1
    }
    await one.round()
    expect(runs.slice(1).map(({ at }, n) => at - runs[n]!.at)).toEqual(pauses)
    expect(runs.map(({ tries }) => tries)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(memory.errands.get(`${id} wipe`)?.note).toBeUndefined()
  })

  it('spreads the pauses of processes that failed together', async () => {
    const one = runner(['later'], { jitter: (most) => most })
    await one.keep(promise())
    await live(30 * second, one)
    expect(runs.map(({ at }) => at)).toEqual([0, 6 * second])
  })

  it('waits as long as the platform says, and no longer than until its end', async () => {
    const one = runner([{ after: 47 * second }, { after: hour }])
    await one.keep(promise())
    await live(2 * hour, one)
    expect(runs.map(({ at }) => at)).toEqual([0, 47 * second])
    expect(log).toEqual([{ event: 'errand-given-up', id, name: 'wipe' }])
  })

  it('gives up at its end with one line, however many processes there are', async () => {
    const processes = [
      runner(Array(99).fill('later')),
      runner(Array(99).fill('later')),
      runner([], { handlers: {} }),
    ]
    await processes[0]!.keep(promise())
    await live(14 * minute + 59 * second, ...processes)
    expect(log).toEqual([])
    await live(2 * hour, ...processes)
    expect(log).toEqual([{ event: 'errand-given-up', id, name: 'wipe' }])
    expect(runs.every(({ at }) => at < 15 * minute)).toBe(true)
  })

  it('leaves to another process what it has no handler, no platform or no key for, and counts no try', async () => {
    const other = parseKeyring(`k2:${randomBytes(32).toString('base64url')}`)
    const strangers = [
      runner([], { handlers: {} }),
      runner([], { keyring: other }),
      runner([], { handlers: { wipe: async () => 'elsewhere' } }),
    ]
    await runner().keep(promise())
    await live(5 * minute, ...strangers)
    expect(runs).toEqual([])
    expect(log).toEqual([])
    const able = runner()
    await live(5 * minute + 5 * second, able)
    expect(runs).toMatchObject([{ note: 'the view', tries: 0 }])
  })

  it('has no handler by the name of what every object has', async () => {
    const one = runner([], { handlers: {} })
    await one.keep(promise({ name: 'constructor' }))
    expect(await one.round()).toBe(0)
    expect(log).toEqual([])
  })

  it('tries again what throws, and logs its code alone', async () => {
    const error = Object.assign(new Error('the secret itself'), { code: 'ECONNRESET' })
    const one = runner([error])
    await one.keep(promise())
    await live(minute, one)
    expect(runs.map(({ at }) => at)).toEqual([0, 5 * second])
    expect(log).toEqual([{ event: 'errand-failed', id, name: 'wipe', code: 'ECONNRESET' }])
  })

  it('runs one at once when it is asked to, unless somebody is at it', async () => {
    const one = runner()
    await one.keep(promise({ dueAt: time + minute }))
    expect(await one.now(id, 'card')).toBe('nothing')
    const asked = await Promise.all([one.now(id, 'wipe'), one.now(id, 'wipe'), runner().now(id, 'wipe')])
    expect(asked.toSorted()).toEqual(['done', 'nothing', 'nothing'])
    expect(runs).toHaveLength(1)
  })

  it('does each of many once, with two processes on one store', async () => {
    const processes = [runner(), runner()]
    const ids = Array.from({ length: 120 }, () => printId(randomBytes(16)))
    for (const each of ids) await processes[0]!.keep(promise({ id: each, note: text.encode(each) }))
    let done = 0
    for (let round = 0; round < 5; round++)
      done += (await Promise.all(processes.map((each) => each.round()))).reduce(
        (sum, count) => sum + count,
        0,
      )
    expect(done).toBe(120)
    expect(runs.map(({ note }) => note).toSorted()).toEqual(ids.toSorted())
  })

  it('is taken over by another process when the first one dies with it', async () => {
    const dead = runner([], { handlers: { wipe: () => new Promise<never>(() => undefined) } })
    await dead.keep(promise())
    void dead.round()
    await live(2 * minute, runner())
    expect(runs).toEqual([{ at: minute, note: 'the view', tries: 1 }])
  })

  it('goes on without a handler that does not answer in time, and tells it so', async () => {
    let told: AbortSignal | undefined
    const hangs: ErrandHandler = (_, { tries, signal }) => {
      told = signal
      return tries > 0 ? Promise.resolve('done') : new Promise<never>(() => undefined)
    }
    const after: After = (ms, then) => {
      time += ms
      then()
      return () => {}
    }
    const one = runner([], { handlers: { wipe: hangs }, after })
    await one.keep(promise())
    expect(await one.round()).toBe(0)
    expect(told?.aborted).toBe(true)
    expect(time - start).toBeLessThan(minute)
    expect(log).toEqual([{ event: 'errand-failed', id, name: 'wipe', code: 'timeout' }])
    time += 5 * second
    expect(await runner([], { handlers: { wipe: hangs } }).round()).toBe(1)
  })

  it('leaves alone what replaced an errand while it ran', async () => {
    const one = runner([], {
      handlers: {
        card: async (note) => {
          runs.push({ at: time - start, note: new TextDecoder().decode(note), tries: 0 })
          if (runs.length === 1) await one.keep(promise({ name: 'card', note: text.encode('newer') }))
          return 'done'
        },
      },
    })
    await one.keep(promise({ name: 'card', note: text.encode('older') }))
    await live(2 * second, one)
    expect(runs.map(({ note }) => note)).toEqual(['older', 'newer'])
  })

  it('does not reject while the store is away, says so once a minute, and goes on afterwards', async () => {
    const away = async () => {
      throw new StoreError('unavailable', 'away')
    }
    let failing: (keyof SecretStore)[] = []
    const flaky = new Proxy(store, {
      get: (target, name: keyof SecretStore) => (failing.includes(name) ? away : target[name]),
    })
    const one = runner(['later'], { store: flaky })
    await one.keep(promise())
    failing = ['errands']
    for (; time - start < 150 * second; time += second) expect(await one.round()).toBe(0)
    expect(log).toEqual(Array(3).fill({ event: 'store-failed', call: 'errands', code: 'unavailable' }))
    log.length = 0
    time += minute
    for (const call of ['postpone', 'finish'] as const) {
      failing = [call]
      await one.round()
      expect(log.splice(0)).toEqual([{ event: 'store-failed', call, code: 'unavailable' }])
      time += minute
    }
    failing = []
    expect(await one.round()).toBe(1)
    expect(runs.map(({ tries }) => tries)).toEqual([0, 1, 2])
  })
})
