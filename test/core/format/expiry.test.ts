import { describe, expect, it } from 'vitest'
import {
  defaultTtlSeconds,
  lifetimes,
  maxTtlSeconds,
  minTtlSeconds,
  offeredLifetimes,
  startingTtl,
  validTtl,
} from '../../../src/core/format/expiry.ts'

const day = 86_400

describe('the lifetimes that are offered', () => {
  it('are all of them unless the operator allows less', () => {
    expect(offeredLifetimes(maxTtlSeconds)).toEqual(lifetimes)
    expect(startingTtl(maxTtlSeconds)).toBe(defaultTtlSeconds)
  })

  it.each([
    [minTtlSeconds, minTtlSeconds],
    [3_600, 3_600],
    [day, day],
    [2 * day, day],
    [3 * day - 1, day],
    [3 * day, 3 * day],
    [8 * day, 3 * day],
  ])('with at most %i seconds start with %i', (most, starting) => {
    expect(startingTtl(most)).toBe(starting)
    expect(offeredLifetimes(most)).toContain(starting)
    for (const seconds of offeredLifetimes(most)) expect(validTtl(seconds, most)).toBe(true)
  })
})
