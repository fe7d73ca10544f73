import { describe, expect, it } from 'vitest'
import { answerOnce, answerTyped, type Typed } from '../../../src/bots/adapter/answer.ts'
import type { Delivered } from '../../../src/bots/adapter/dedupe.ts'
import type { Event } from '../../../src/bots/adapter/event.ts'
import type { Posted } from '../../../src/bots/adapter/platform.ts'
import type { Message } from '../../../src/bots/adapter/view.ts'
import { refused } from '../../../src/bots/refusals.ts'
import { words } from '../../../src/bots/words.ts'
import { printId } from '../../../src/core/format/id.ts'

const by = { tenant: 'acme', id: 'anna' }
const hello: Message = { summary: 'hello', blocks: [] }
const storeDown = refused(words.refused.storeDown)

function listener() {
  const answered: Event[] = []
  return {
    answered,
    conversation: {
      async answer(event: Event) {
        answered.push(event)
        return { message: hello }
      },
    },
  }
}

describe('the answer to what a person did', () => {
  const burn: Event = { act: 'burn', by, id: printId(new Uint8Array(16)) }
  const ask: Event = { act: 'ask', by, name: 'Anna', note: '' }

  it.each([
    ['the first delivery', burn, 'first', hello],
    ['the first delivery of what must happen once', ask, 'first', hello],
    ['a repetition', burn, 'again', undefined],
    ['a repetition of what must happen once', ask, 'again', undefined],
    ['a delivery of which the store says nothing', burn, 'unknown', hello],
    ['one that must happen once, of which the store says nothing', ask, 'unknown', storeDown],
  ] as const)('to %s', async (_, event, why, answer) => {
    const { answered, conversation } = listener()
    expect(await answerOnce(event, { why }, conversation)).toEqual(answer)
    expect(answered).toEqual(answer === hello ? [event] : [])
  })
})

describe('what is typed to the bot', () => {
  const typed: Typed = { by, message: 'm1', mark: 'e1', target: { under: { channel: 'd1', message: 'm1' } } }

  /** Answers it once, as this delivery, with the post coming out like that. */
  async function answers(why: Delivered['why'], posted: Posted) {
    const { answered, conversation } = listener()
    const forgotten: string[] = []
    const posts: Message[] = []
    const came = await answerTyped(typed, {
      conversation,
      platform: {
        async post(target, message) {
          expect(target).toEqual(typed.target)
          posts.push(message)
          return posted
        },
      },
      async dedupe(kind, mark) {
        expect([kind, mark]).toEqual(['event', 'e1'])
        return why === 'first' ? { why, forget: async () => void forgotten.push(mark) } : { why }
      },
    })
    return { came, answered: answered.length, posts: posts.length, forgotten: forgotten.length }
  }

  const ok = { why: 'ok' } as const
  const definitive = { why: 'definitive', code: '429' } as const
  const ambiguous = { why: 'ambiguous', code: 'timeout' } as const

  it.each([
    ['the first time', 'first', ok, { came: ok, answered: 1, posts: 1, forgotten: 0 }],
    ['not again', 'again', ok, { came: undefined, answered: 0, posts: 0, forgotten: 0 }],
    ['also when the store says nothing', 'unknown', ok, { came: ok, answered: 1, posts: 1, forgotten: 0 }],
    [
      'by another delivery when the answer was not posted',
      'first',
      definitive,
      { came: definitive, answered: 1, posts: 1, forgotten: 1 },
    ],
    [
      'by no other when it may have been posted',
      'first',
      ambiguous,
      { came: ambiguous, answered: 1, posts: 1, forgotten: 0 },
    ],
  ] as const)('is answered %s', async (_, why, posted, outcome) => {
    expect(await answers(why, posted)).toEqual(outcome)
  })
})
