import { describe, expect, it } from 'vitest'
import { flight } from '../../../src/bots/discord/flight.ts'

describe('what is under way', () => {
  it('is waited for, what it begins too, and counted when the time is over', async () => {
    const { track, landed } = flight()
    let finish = () => {}
    track(
      new Promise<void>((resolve) => {
        finish = resolve
      }).then(() => track(Promise.resolve())),
    )
    expect(await landed(5)).toBe(1)
    finish()
    expect(await landed(1_000)).toBe(0)
  })
})
