import { readFile } from 'node:fs/promises'
import { hashRaw } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { type Argon2Queue, argon2Queue, type QueueOptions } from '../../src/core/argon2-queue.ts'
import { chatKdf, type KdfParameters } from '../../src/core/format/kdf.ts'

const salt = new Uint8Array(16).fill(2)
const passphrase = (at: number) => new TextEncoder().encode(`passphrase ${at}`)

/** Stretches that end when the test says so, and the most that ever ran together. */
function controlled(options: Omit<QueueOptions, 'argon2'> = {}) {
  const open: { readonly passphrase: Uint8Array; readonly end: (why?: Error) => void }[] = []
  const peak = { running: 0, memoryKiB: 0 }
  const queue: Argon2Queue = argon2Queue({
    ...options,
    argon2: (bytes, _, parameters) =>
      new Promise((resolve, reject) => {
        running.add(parameters)
        peak.running = Math.max(peak.running, running.size)
        peak.memoryKiB = Math.max(peak.memoryKiB, sum(running))
        open.push({
          passphrase: Uint8Array.from(bytes),
          end(why) {
            running.delete(parameters)
            if (why) reject(why)
            else resolve(new Uint8Array(32))
          },
        })
      }),
  })
  const running = new Set<KdfParameters>()
  const sum = (all: ReadonlySet<KdfParameters>) =>
    [...all].reduce((total, { memoryKiB }) => total + memoryKiB, 0)
  return { queue, open, peak }
}

const settled = () => new Promise(setImmediate)

describe('the Argon2 queue', () => {
  it('runs two at a time, in the order of arrival', async () => {
    const { queue, open, peak } = controlled()
    const all = [0, 1, 2, 3, 4].map((at) => queue.run(passphrase(at), salt, { ...chatKdf }))
    const order: string[] = []
    for (let at = 0; at < 5; at++) {
      await settled()
      expect(open.length).toBe(Math.min(at + 2, 5))
      order.push(new TextDecoder().decode(open[at]?.passphrase))
      open[at]?.end()
    }
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2, 3, 4].map((at) => `passphrase ${at}`))
    expect(peak.running).toBe(2)
    expect(queue.load()).toEqual({ running: 0, waiting: 0, memoryKiB: 0 })
  })

  it('tells whoever finds it full that it is busy, at once, and never grows', async () => {
    const { queue, open } = controlled({ waiting: 64 })
    const answers = Array.from({ length: 200 }, (_, at) => queue.run(passphrase(at), salt, { ...chatKdf }))
    const early = await Promise.all(
      answers.map((answer) => Promise.race([answer, settled().then(() => 'waits')])),
    )
    expect(early.filter((answer) => answer === 'busy')).toHaveLength(200 - 64 - 2)
    expect(early.slice(0, 66).every((answer) => answer === 'waits')).toBe(true)
    expect(queue.load()).toEqual({ running: 2, waiting: 64, memoryKiB: 2 * chatKdf.memoryKiB })
    for (let at = 0; at < 66; at++) {
      open[at]?.end()
      await settled()
    }
    expect((await Promise.all(answers)).filter((answer) => answer !== 'busy')).toHaveLength(66)
  })

  it('keeps within its memory, whatever the records ask for', async () => {
    const { queue, open, peak } = controlled({ parallel: 8, memoryKiB: 100 * 1024 })
    const sizes = [64, 32, 64, 8, 8, 100, 8].map((mebibytes) => mebibytes * 1024)
    const all = sizes.map((memoryKiB, at) => queue.run(passphrase(at), salt, { memoryKiB, passes: 1 }))
    await settled()
    expect(open).toHaveLength(2)
    for (let at = 0; at < sizes.length; at++) {
      await settled()
      open[at]?.end()
    }
    await Promise.all(all)
    expect(peak.memoryKiB).toBeLessThanOrEqual(100 * 1024)
    await expect(queue.run(passphrase(0), salt, { memoryKiB: 101 * 1024, passes: 1 })).rejects.toMatchObject({
      code: 'too-large',
    })
  })

  it('would take 3.7 GiB for 200 reveals without its bounds, and takes 38 MiB with them', async () => {
    for (const [bounds, memoryKiB] of [
      [{ parallel: Number.POSITIVE_INFINITY, memoryKiB: Number.POSITIVE_INFINITY }, 200 * chatKdf.memoryKiB],
      [{}, 2 * chatKdf.memoryKiB],
    ] as const) {
      const { queue, open, peak } = controlled(bounds)
      const all = Array.from({ length: 200 }, (_, at) => queue.run(passphrase(at), salt, { ...chatKdf }))
      for (let at = 0; at < 200; at++) {
        await settled()
        open[at]?.end()
      }
      await Promise.all(all)
      expect(peak.memoryKiB).toBe(memoryKiB)
    }
  })

  it('goes on after one that failed', async () => {
    const { queue, open } = controlled({ parallel: 1 })
    const first = queue.run(passphrase(0), salt, { ...chatKdf })
    const second = queue.run(passphrase(1), salt, { ...chatKdf })
    await settled()
    open[0]?.end(new Error('out of memory'))
    await expect(first).rejects.toThrow('out of memory')
    await settled()
    open[1]?.end()
    expect(await second).toHaveLength(32)
  })

  it('wipes every passphrase: used, refused and failed', async () => {
    const { queue, open } = controlled({ parallel: 1, waiting: 1 })
    const passphrases = [0, 1, 2].map(passphrase)
    const answers = passphrases.map((bytes) => queue.run(bytes, salt, { ...chatKdf }).catch(() => 'failed'))
    await settled()
    open[0]?.end(new Error())
    await settled()
    open[1]?.end()
    expect(await Promise.all(answers)).toEqual(['failed', expect.any(Uint8Array), 'busy'])
    for (const bytes of passphrases) expect(bytes.every((byte) => byte === 0)).toBe(true)
  })
})

/**
 * What the process gained at most, in MiB, and how many of the stretches other work on Node's thread pool had to wait for
 * at most, as a share of all: counted and not timed, so that the machine's speed is nothing to it.
 */
async function underLoad(run: (at: number) => Promise<unknown>, count: number) {
  const before = process.memoryUsage.rss()
  let ended = 0
  let most = before
  let longest = 0
  let over = false
  const other = (async () => {
    while (!over) {
      const from = ended
      await readFile(import.meta.filename)
      longest = Math.max(longest, ended - from)
      most = Math.max(most, process.memoryUsage.rss())
    }
  })()
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const answer = await run(at)
      if (answer !== 'busy') ended++
      return answer
    }),
  )
  over = true
  await other
  return { answers, mebibytes: (most - before) / 2 ** 20, share: longest / ended }
}

describe('200 passphrases at once, for real', () => {
  it('take two in memory, leave other work its latency, and 134 hear that it is busy', async () => {
    const { run } = argon2Queue({ parallel: 2, waiting: 64 })
    const { answers, mebibytes, share } = await underLoad((at) => run(passphrase(at), salt, chatKdf), 200)
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(134)
    // Two at 19 MiB, and what the allocator keeps between them.
    expect(mebibytes).toBeLessThan(4 * 19)
    expect(share).toBeLessThan(0.3)
  })

  it('would keep everyone else waiting to the end without the queue', async () => {
    const { share } = await underLoad(
      (at) => hashRaw(passphrase(at), { salt, memoryCost: chatKdf.memoryKiB, timeCost: chatKdf.passes }),
      66,
    )
    expect(share).toBeGreaterThan(0.6)
  })
})
