import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { wipes } from '../../../src/bots/adapter/wipes.ts'

describe('secrets on screens', () => {
  it('go when their minute is over, and all at once at the end', async () => {
    const clock = doubleClock()
    const { plan, all } = wipes(clock)
    const gone: string[] = []
    plan(clock.now() + 60_000, async () => void gone.push('one'))
    plan(clock.now() + 90_000, async () => void gone.push('two'))
    clock.advance(60_000)
    expect(gone).toEqual(['one'])
    await all()
    clock.advance(60_000)
    expect(gone).toEqual(['one', 'two'])
  })
})
