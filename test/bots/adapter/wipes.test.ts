import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { wipes } from '../../../src/bots/adapter/wipes.ts'

describe('secrets on screens', () => {
  it('go when their minute is over, and all at once at the end', async () => {
    const clock = doubleClock()
    const { plan, all } = wipes(clock)
    const gone: string[] = []
    plan('V1', clock.now() + 60_000, async () => void gone.push('one'))
    plan('V2', clock.now() + 90_000, async () => void gone.push('two'))
    clock.advance(60_000)
    expect(gone).toEqual(['one'])
    await all()
    clock.advance(60_000)
    expect(gone).toEqual(['one', 'two'])
  })

  it('go once from one surface, and are left alone where nothing stands any more', async () => {
    const clock = doubleClock()
    const { plan, drop, all } = wipes(clock)
    const gone: string[] = []
    plan('V1', clock.now() + 60_000, async () => void gone.push('first attempt'))
    plan('V1', clock.now() + 60_000, async () => void gone.push('second attempt'))
    plan('V2', clock.now() + 60_000, async () => void gone.push('closed'))
    drop('V2')
    drop('V3')
    clock.advance(60_000)
    await all()
    expect(gone).toEqual(['second attempt'])
  })
})
