import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resetAfter, slowAnswer } from '../../../doubles/discord/faults.ts'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { type Stage, sends, stage } from './stage.ts'

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
