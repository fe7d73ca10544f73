import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { fails, resetAfter } from '../../../doubles/slack/faults.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import { reveal, send, type World, type WorldParts, world } from './harness.ts'

let opened: OpenedStore
let here: World

beforeEach(async () => {
  opened = await sqlite.open()
})

afterEach(async () => {
  await here.close()
  await opened.close()
})

async function open(parts: Partial<WorldParts> = {}): Promise<World> {
  here = await world({ store: opened.store, ...parts })
  return here
}

/** The edits through a press that Slack has seen. */
const throughPress = () =>
  here.slack.callsTo('response_url').filter(({ args }) => args['replace_original'] === true)

/** The edits of the message with the token, by the bot as a member. */
const asMember = (channel: string) =>
  here.slack.callsTo('chat.update').filter(({ args }) => args['channel'] === channel)

describe('the card of an opened secret', () => {
  it.each(['the bot’s messages', 'a channel that the bot is in'])('in %s is edited once', async (where) => {
    // Time stands still, so that press and news name the same second.
    const now = Date.now()
    await opened.close()
    opened = await sqlite.open(() => now)
    const { slack } = await open({ with: { clock: () => now } })
    const { anna, ben } = slack.people
    const own = where === 'the bot’s messages'
    await send(slack, anna, { ...(own && { to: [ben] }), secret: 'x' })
    await reveal(ben)
    await anna.untilSees('opened your secret')
    await ben.untilSees('Opened')
    expect(asMember(own ? ben.dm.id : slack.channels.general.id)).toHaveLength(1)
    await here.stop()
    expect(throughPress()).toEqual([])
    expect(ben.seesButton('Reveal', own ? 'dm' : slack.channels.general)).toBe(false)
  })

  it('is replaced through its press where only one person sees it', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: 'x' })
    await ben.presses('Reveal', { in: slack.channels.general })
    await ben.untilModal('You can open it once')
    await ben.submits()
    await anna.untilSees('opened your secret')
    await here.stop()
    expect(throughPress()).toHaveLength(1)
    expect(ben.seesButton('Reveal', slack.channels.general)).toBe(false)
  })

  it('is replaced through its press when the edit is refused', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: 'x' })
    slack.faults.always('chat.update', fails('fatal_error'))
    await reveal(ben)
    await ben.until(() => !ben.seesButton('Reveal', 'dm'))
    expect(throughPress()).toHaveLength(1)
  })

  describe('that was posted without an answer', () => {
    async function posted(parts: Partial<WorldParts> = {}) {
      const { slack } = await open(parts)
      const { anna, ben } = slack.people
      slack.faults.next('chat.postMessage', resetAfter())
      await send(slack, anna, { to: [ben], secret: 'x' })
      await reveal(ben)
      await anna.untilSees('opened your secret')
      await here.stop()
      return ben.seesButton('Reveal', 'dm')
    }

    it('is edited by the press, since the news cannot know it', async () => {
      expect(await posted()).toBe(false)
    })

    it('would keep its token if the edits were trusted blindly (counter-example)', async () => {
      const twist = (conversation: Conversation): Conversation => ({
        ...conversation,
        reveal: (event) =>
          conversation.reveal({ ...event, surface: { ...event.surface, replaceCard: async () => {} } }),
      })
      expect(await posted({ twist })).toBe(true)
    })
  })
})
