import { describe, expect, it } from 'vitest'
import { shutdown } from '../../src/app/shutdown.ts'
import type { LogEvent } from '../../src/core/log.ts'

const never = <T>() => new Promise<T>(() => {})

describe('stopping', () => {
  it('ends what hears people first, and then closes the last opened first', async () => {
    const order: string[] = []
    const ending = shutdown(() => undefined)
    ending.closes(async () => order.push('store'))
    ending.closes(async () => order.push('limits'))
    ending.drains(async () => {
      await Promise.resolve()
      return order.push('bot')
    })
    ending.drains(async () => {
      order.push('server')
      return 2
    })
    ending.closes(async () => order.push('rounds'))
    expect(await ending.stop(1_000)).toBe(4)
    expect(order).toEqual(['server', 'bot', 'rounds', 'limits', 'store'])
  })

  it('gives the whole drain to what hears people, and only what is left of it to the rest', async () => {
    let now = 0
    const given: number[] = []
    const ending = shutdown(
      () => undefined,
      () => now,
    )
    ending.closes(async (deadlineMs) => given.push(deadlineMs))
    ending.closes(async (deadlineMs) => {
      given.push(deadlineMs)
      now += 500
    })
    ending.drains(async (deadlineMs) => {
      given.push(deadlineMs)
      now += 700
      return 0
    })
    await ending.stop(1_000)
    expect(given).toEqual([1_000, 300, 0])
  })

  it('gives up what never ends, counts it as unfinished, and closes the rest', async () => {
    const log: LogEvent[] = []
    const closed: string[] = []
    const ending = shutdown((event) => void log.push(event))
    ending.closes(async () => closed.push('store'))
    ending.closes(() => never())
    ending.drains(() => never())
    ending.drains(async () => 0)
    expect(await ending.stop(10)).toBe(1)
    expect(closed).toEqual(['store'])
    expect(log).toEqual([{ event: 'store-failed', call: 'close', code: 'deadline' }])
  })

  it('counts what fails to end as unfinished, and says what fails to close', async () => {
    const log: LogEvent[] = []
    const ending = shutdown((event) => void log.push(event))
    ending.closes(() => Promise.reject(new RangeError('no')))
    ending.drains(() => Promise.reject(new Error('no')))
    expect(await ending.stop(10)).toBe(1)
    expect(log).toEqual([{ event: 'store-failed', call: 'close', code: 'RangeError' }])
  })
})
