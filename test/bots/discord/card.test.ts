import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resetAfter, slowAnswer } from '../../../doubles/discord/faults.ts'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { type Edit, edits } from '../../../src/bots/adapter/edits.ts'
import type { Delivery } from '../../../src/bots/adapter/platform.ts'
import type { Message } from '../../../src/bots/adapter/view.ts'
import { type Stage, sends, stage } from './stage.ts'

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

describe('a card that was opened', () => {
  let on: Stage
  let opened: OpenedStore

  beforeEach(async () => {
    // Time stands still, so that press and news name the same second.
    const now = Date.now()
    opened = await sqlite.open(() => now)
    on = await stage({ opened, settings: { clock: { now: () => now } } })
  })

  afterEach(async () => {
    await on.close()
    await opened.close()
  })

  /** How often the card was edited. */
  async function opens(): Promise<number> {
    const { discord } = on
    const { anna, ben } = discord.people
    const [card] = ben.screen.messages(ben.dm)
    discord.faults.always('message.edit', slowAnswer(200))
    await ben.presses('Reveal')
    await ben.untilSees(/Opened · /)
    await anna.untilSees('opened your secret')
    await discord.idle()
    expect(ben.seesButton('Reveal')).toBe(false)
    return discord.callsTo('message.edit').filter(({ path }) => path.includes(card?.id ?? 'none')).length
  }

  it('is edited once by press and news together', async () => {
    const { anna, ben } = on.discord.people
    await sends(anna, { to: [ben], secret: 'x' })
    expect(await opens()).toBe(1)
  })

  it('is edited by the press where the news cannot know it, because the answer to its posting was lost', async () => {
    const { anna, ben } = on.discord.people
    on.discord.faults.when('message.create', (body) => JSON.stringify(body).includes('c1:open'), resetAfter())
    expect(await sends(anna, { to: [ben], secret: 'x' })).toContain('It is not certain that the card reached')
    expect(await opens()).toBe(1)
  })
})
