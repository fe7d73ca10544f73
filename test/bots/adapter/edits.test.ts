import { beforeEach, describe, expect, it } from 'vitest'
import { type Edit, edits } from '../../../src/bots/adapter/edits.ts'
import type { Delivery } from '../../../src/bots/adapter/platform.ts'
import type { Message } from '../../../src/bots/adapter/view.ts'

const at = { channel: '100000000000000001', message: '100000000000000002' }
const saying = (text: string): Message => ({
  summary: '',
  blocks: [{ block: 'line', parts: [{ text }] }],
})

describe('an edit', () => {
  /** Calls that wait for their answers, oldest first. */
  let waiting: ((answer: Delivery) => void)[]
  let edit: Edit

  beforeEach(() => {
    waiting = []
    edit = edits(
      ({ blocks }) => blocks,
      () => new Promise((resolve) => waiting.push(resolve)),
    )
  })

  it('is made once for all who ask for the very same while it is on its way', async () => {
    const both = [edit(at, saying('Opened')), edit(at, saying('Opened'))]
    expect(waiting).toHaveLength(1)
    waiting[0]?.({ why: 'ambiguous', code: 'http_502' })
    expect(await Promise.all(both)).toEqual(Array(2).fill({ why: 'ambiguous', code: 'http_502' }))
  })

  it('is made for itself when it says something else, stands elsewhere, or comes later', async () => {
    const first = edit(at, saying('Opened'))
    void edit(at, saying('Expired'))
    void edit({ ...at, message: '100000000000000003' }, saying('Opened'))
    expect(waiting).toHaveLength(3)
    waiting[0]?.({ why: 'ok' })
    expect(await first).toEqual({ why: 'ok' })
    void edit(at, saying('Opened'))
    expect(waiting).toHaveLength(4)
  })
})
