import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import type { Delivery } from '../../../src/bots/adapter/platform.ts'
import { wipes } from '../../../src/bots/adapter/wipes.ts'
import { printId } from '../../../src/core/format/id.ts'

const id = printId(randomBytes(16))

/** The store says nothing, so that all is done here and now. */
function begin(answers: Delivery[] = [], others = false) {
  const clock = doubleClock({ now: () => 0 })
  const gone: string[] = []
  const over: string[] = []
  const { plan, drop, end } = wipes({
    clock,
    platform: {
      async wipe(note, isEarly) {
        gone.push(isEarly ? `${note}, early` : note)
        return answers.shift() ?? { why: 'ok' }
      },
    },
    conversation: () => ({
      wipe: async (_, directly) => void (await directly()),
      wiped: async (which) => void over.push(which),
      callOthers: async () => true,
      othersAnswered: async () => others,
    }),
  })
  const stands = (surface: string, afterMs: number, note = surface) =>
    plan(surface, { id, at: clock.now() + afterMs, note })
  return { clock, gone, over, stands, drop, end }
}

describe('secrets on screens', () => {
  it('go when their minute is over, and the rest at the end, which says so', async () => {
    const { clock, gone, over, stands, end } = begin()
    stands('V1', 60_000)
    stands('V2', 90_000)
    clock.advance(60_000)
    expect(gone).toEqual(['V1'])
    await end(0)
    clock.advance(60_000)
    expect(gone).toEqual(['V1', 'V2, early'])
    expect(over).toEqual([id])
  })

  it('have what is left of their minute while there is time', async () => {
    const { clock, gone, stands, end } = begin()
    stands('V1', 60_000)
    const ended = end(60_000)
    clock.advance(60_000)
    await ended
    expect(gone).toEqual(['V1'])
  })

  it('stay for another process that lives', async () => {
    const { gone, over, stands, end } = begin([], true)
    stands('V1', 60_000)
    await end(0)
    expect([gone, over]).toEqual([[], []])
  })

  it('stay planned in the store when they cannot be taken away at the end', async () => {
    const refused: Delivery = { why: 'ambiguous', code: 'http_503' }
    const { gone, over, stands, end } = begin([refused, refused, refused])
    stands('V1', 60_000)
    await end(0)
    expect(gone).toHaveLength(3)
    expect(over).toEqual([])
  })

  it('go once from one surface, and are left alone where nothing stands any more', async () => {
    const { clock, gone, stands, drop, end } = begin()
    stands('V1', 60_000, 'first attempt')
    stands('V1', 60_000, 'second attempt')
    stands('V2', 60_000, 'closed')
    drop('V2')
    drop('V3')
    clock.advance(60_000)
    await end(1_000)
    expect(gone).toEqual(['second attempt'])
  })
})
