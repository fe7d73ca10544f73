import { describe, expect, it } from 'vitest'
import { DeadlineError, within, withinOr } from '../../src/core/deadline.ts'

const never = new Promise<never>(() => {})

describe('a deadline', () => {
  it('hands on what comes in time, a failure too', async () => {
    const failed = Promise.reject(new RangeError('no'))
    expect(await within(Promise.resolve('done'), 1_000)).toBe('done')
    expect(await withinOr(Promise.resolve('done'), 1_000, 'late')).toBe('done')
    await expect(within(failed, 1_000)).rejects.toThrow(RangeError)
    await expect(withinOr(failed, 1_000, 'late')).rejects.toThrow(RangeError)
  })

  it('answers without the work when its time is over, or was before', async () => {
    for (const ms of [5, 0, -1_000]) {
      expect(await withinOr(never, ms, 'late')).toBe('late')
      await expect(within(never, ms)).rejects.toThrow(DeadlineError)
    }
  })

  it('goes by the timers that it is given, and takes back what it does not need', async () => {
    const steps: string[] = []
    const after = (ms: number, then: () => void) => {
      steps.push(`after ${ms}`)
      if (ms === 1_000) then()
      return () => void steps.push('cancelled')
    }
    expect(await withinOr(never, 1_000, 'late', after)).toBe('late')
    expect(await withinOr(Promise.resolve('done'), 2_000, 'late', after)).toBe('done')
    expect(steps).toEqual(['after 1000', 'cancelled', 'after 2000', 'cancelled'])
  })

  it('leaves nobody to fail alone: what fails too late ends here', async () => {
    let fail = (_error: Error) => {}
    const work = new Promise<never>((_, reject) => {
      fail = reject
    })
    expect(await withinOr(work, 0, 'late')).toBe('late')
    const unhandled: unknown[] = []
    const note = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', note)
    fail(new Error('too late'))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
