import { describe, expect, it } from 'vitest'
import { retry, tryTwice } from '../../../src/bots/adapter/retry.ts'

const ok = { why: 'ok', code: '' }
const ambiguous = { why: 'ambiguous', code: 'timeout' }
const definitive = { why: 'definitive', code: '429' }

/** A call that comes out as `outcomes` say, one after another, and the attempts that were made. */
function scripted(...outcomes: (typeof ok)[]) {
  const attempts: number[] = []
  return {
    attempts,
    call: async (attempt: number) => {
      attempts.push(attempt)
      return outcomes[attempt - 1] ?? ok
    },
  }
}

describe('a call whose effect may be had twice', () => {
  it.each([
    ['went well', [ok], [1]],
    ['was refused', [definitive], [1]],
    ['is in doubt once', [ambiguous, ok], [1, 2]],
    ['is in doubt for ever', [ambiguous, ambiguous, ambiguous, ok], [1, 2, 3]],
  ] as const)('is made as often as it helps when it %s', async (_, outcomes, attempts) => {
    const script = scripted(...outcomes)
    expect(await retry(script.call)).toEqual(outcomes[attempts.length - 1])
    expect(script.attempts).toEqual(attempts)
  })

  it('is repeated for other reasons, and as often, as its caller says', async () => {
    const script = scripted(definitive, definitive, ok)
    expect(await retry(script.call, { tries: 2, again: ({ why }) => why !== 'ok' })).toEqual(definitive)
    expect(script.attempts).toEqual([1, 2])
  })
})

describe('a verb of the store', () => {
  it('is tried twice, and fails when the second try does', async () => {
    let tries = 0
    const verb = async () => {
      tries++
      if (tries % 2 === 1) throw new RangeError('lost')
      return 'settled'
    }
    expect(await tryTwice(verb)).toBe('settled')
    await expect(tryTwice(() => Promise.reject(new RangeError('lost')))).rejects.toThrow(RangeError)
  })
})
