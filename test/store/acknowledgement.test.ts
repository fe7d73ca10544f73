import { describe, expect, it } from 'vitest'
import { acknowledgement } from '../../src/store/redis/acknowledgement.ts'

/** A wait for replicas that ends when it is told to. */
function waits() {
  const open: { resolve: () => void; reject: (error: unknown) => void }[] = []
  return {
    open,
    wait: () => new Promise<void>((resolve, reject) => open.push({ resolve, reject })),
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a wait for replicas', () => {
  it('says yes when it ended on the connection that it began on', async () => {
    const { open, wait } = waits()
    const acknowledged = acknowledgement(wait, () => 1)()
    open[0]?.resolve()
    expect(await acknowledged).toBe(true)
  })

  it('says no when the connection was another one by then: what it counts is not what was written', async () => {
    const { open, wait } = waits()
    let epoch = 1
    const acknowledged = acknowledgement(wait, () => epoch)()
    epoch = 2
    open[0]?.resolve()
    expect(await acknowledged).toBe(false)
  })

  it('is never one that was under way before: that may not cover what was written since', async () => {
    const { open, wait } = waits()
    const ask = acknowledgement(wait, () => 1)
    const first = ask()
    const later = [ask(), ask()]
    let done = 0
    for (const one of later) void one.then(() => done++)
    open[0]?.resolve()
    await first
    await turn()
    expect({ done, sent: open.length }).toEqual({ done: 0, sent: 2 })
    open[1]?.resolve()
    expect(await Promise.all(later)).toEqual([true, true])
  })

  it('fails for everyone who waited, and not for whoever comes after', async () => {
    const { open, wait } = waits()
    const ask = acknowledgement(wait, () => 1)
    const [first, second] = [ask(), ask()]
    open[0]?.reject(new Error('0 of 1'))
    await expect(first).rejects.toThrow('0 of 1')
    await turn()
    open[1]?.resolve()
    expect(await second).toBe(true)
  })
})
