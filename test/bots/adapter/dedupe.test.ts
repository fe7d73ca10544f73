import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, stores } from '../../../doubles/run/stores.ts'
import { dedupe, mustBeFirst, rememberMs, waitMs } from '../../../src/bots/adapter/dedupe.ts'
import type { Event } from '../../../src/bots/adapter/event.ts'
import { printId } from '../../../src/core/format/id.ts'
import { newToken } from '../../../src/core/format/token.ts'
import type { LogEvent } from '../../../src/core/log.ts'
import type { SecretStore } from '../../../src/core/store.ts'

const platforms = ['slack', 'discord'] as const
const mark = 'a trigger that grants something'

function notebook() {
  const log: LogEvent[] = []
  return { log, note: (event: LogEvent) => void log.push(event) }
}

/** A store whose `first` is asked as `first` says, and what was asked of it. */
function asked(first: SecretStore['first'], forget: SecretStore['forget'] = async () => {}) {
  const firsts: Parameters<SecretStore['first']>[] = []
  const forgotten: Parameters<SecretStore['forget']>[] = []
  return {
    firsts,
    forgotten,
    store: {
      first: (...given: Parameters<SecretStore['first']>) => {
        firsts.push(given)
        return first(...given)
      },
      forget: (...given: Parameters<SecretStore['forget']>) => {
        forgotten.push(given)
        return forget(...given)
      },
    },
  }
}

describe.each(stores)('one delivery of many, over $name', ({ open }) => {
  let now = Date.now()
  let opened: OpenedStore

  beforeEach(async () => {
    now = Date.now()
    opened = await open(() => now)
  })

  afterEach(() => opened.close())

  it.each(platforms)('is the first in every process of %s, for an hour', async (platform) => {
    const { note } = notebook()
    const processes = [opened.store, opened.another()].map((store) => dedupe(store, note, platform))
    const deliver = async () => {
      const delivered = await Promise.all(processes.map((dedupe) => dedupe('event', mark)))
      return delivered.map(({ why }) => why).sort()
    }
    expect(await deliver()).toEqual(['again', 'first'])
    now += rememberMs - 1
    expect(await deliver()).toEqual(['again', 'again'])
    now += 1
    expect(await deliver()).toEqual(['again', 'first'])
  })

  it('is the first again once it is forgotten', async () => {
    const once = dedupe(opened.store, notebook().note, 'discord')
    const delivered = await once('event', mark)
    if (delivered.why === 'first') await delivered.forget()
    expect((await once('event', mark)).why).toBe('first')
    expect((await once('event', mark)).why).toBe('again')
  })

  it('is told apart by platform, kind and mark', async () => {
    const { note } = notebook()
    for (const platform of platforms) {
      const once = dedupe(opened.store, note, platform)
      for (const kind of ['event', 'interaction', 'submission'] as const) {
        expect((await once(kind, mark)).why).toBe('first')
        expect((await once(kind, `${mark} `)).why).toBe('first')
      }
    }
  })
})

describe('what marks a delivery', () => {
  it('is kept as a hash, the same for both platforms as long', async () => {
    const { firsts, store } = asked(async () => true)
    for (const platform of platforms) await dedupe(store, notebook().note, platform)('interaction', mark)
    expect(firsts.map(([key]) => key)).toEqual([
      expect.stringMatching(/^slack:interaction:[\w-]{43}$/),
      expect.stringMatching(/^discord:interaction:[\w-]{43}$/),
    ])
    expect(firsts.map(([, , ttlMs]) => ttlMs)).toEqual([rememberMs, rememberMs])
    expect(rememberMs).toBe(3_600_000)
  })
})

describe('a store that does not say', () => {
  it('is asked once more by the same caller, and believed then', async () => {
    const { log, note } = notebook()
    let tries = 0
    const { firsts, store } = asked(async () => {
      tries++
      if (tries === 1) throw Object.assign(new Error('lost'), { code: 'unavailable' })
      return true
    })
    expect((await dedupe(store, note, 'slack')('event', mark)).why).toBe('first')
    expect(firsts).toHaveLength(2)
    expect(firsts[1]).toEqual(firsts[0])
    expect(log).toEqual([])
  })

  it.each(platforms)(
    'leaves %s without an answer after its time, and with nothing kept',
    async (platform) => {
      const { log, note } = notebook()
      let fail = (_error: Error) => {}
      const { firsts, forgotten, store } = asked(
        () =>
          new Promise((_, reject) => {
            fail = reject
          }),
      )
      const started = performance.now()
      expect((await dedupe(store, note, platform)('event', mark)).why).toBe('unknown')
      expect(performance.now() - started).toBeGreaterThanOrEqual(waitMs - 5)
      expect(log).toEqual([{ event: 'store-failed', call: 'first', code: 'deadline' }])
      expect(forgotten.map(([key, caller]) => [key, caller])).toEqual(
        firsts.map(([key, caller]) => [key, caller]),
      )
      // Asked again now, it would keep what was just forgotten.
      fail(new Error('lost'))
      await new Promise((resolve) => setImmediate(resolve))
      expect(firsts).toHaveLength(1)
    },
  )

  it('costs no more than a line of the log when it cannot even forget', async () => {
    const { log, note } = notebook()
    const down = () => Promise.reject(Object.assign(new Error('gone'), { code: 'unavailable' }))
    const { store } = asked(down, down)
    expect((await dedupe(store, note, 'discord')('event', mark)).why).toBe('unknown')
    expect(log.map((event) => 'call' in event && event.call)).toEqual(['first', 'forget'])
  })
})

it('what others are told or asked must happen once; the rest may be answered twice', () => {
  const by = { tenant: '', id: '1' }
  const press = { act: 'tell', token: newToken('c1'), audience: 'person' } as const
  const events: readonly Event[] = [
    { act: 'help', by },
    { act: 'typed-in-command', by },
    { act: 'list', by, before: '' },
    { act: 'burn', by, id: printId(new Uint8Array(16)) },
    { act: 'tell', by, press },
    { act: 'typed', by, message: '1' },
    { act: 'ask', by, name: '', note: '' },
    { act: 'link', by },
    { act: 'unknown-button', by },
  ]
  expect(events.filter(mustBeFirst).map(({ act }) => act)).toEqual(['tell', 'ask'])
})
