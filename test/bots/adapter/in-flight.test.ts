import { describe, expect, it } from 'vitest'
import { inFlight } from '../../../src/bots/adapter/in-flight.ts'

describe('what is under way', () => {
  it('is waited for, what it begins too, and counted when the time is over', async () => {
    const { run, drained } = inFlight()
    let finish = () => {}
    void run(
      new Promise<void>((resolve) => {
        finish = resolve
      }).then(() => void run(Promise.resolve())),
    )
    expect(await drained(5)).toBe(1)
    finish()
    expect(await drained(1_000)).toBe(0)
  })

  it('is waited for to its end when it begins more after every end', async () => {
    const { run, drained } = inFlight()
    const begun: number[] = []
    const chain = async (left: number): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve))
      begun.push(left)
      if (left > 0) void run(chain(left - 1))
    }
    void run(chain(5))
    expect(await drained(10_000)).toBe(0)
    expect(begun).toEqual([5, 4, 3, 2, 1, 0])
  })

  it('hands on what comes of it, and counts what failed no longer', async () => {
    const { run, drained } = inFlight()
    expect(await run(Promise.resolve('done'))).toBe('done')
    await expect(run(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError)
    expect(await drained(0)).toBe(0)
  })
})
