import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { fails } from '../../../doubles/slack/faults.ts'
import type { Call } from '../../../doubles/slack/recorder.ts'
import { liveMarkup } from '../../../doubles/slack/seen.ts'
import type { Links } from '../../../src/bots/ask.ts'
import { renderBlocks } from '../../../src/bots/slack/render.ts'
import { printToken } from '../../../src/core/format/token.ts'
import { reveal, send, type World, world } from './harness.ts'

const page = 'https://sotto.example/'
const links: Links = {
  ask: async () => {
    throw new Error('nobody is asked')
  },
  composeUrl: page,
  dropUrl: (token) => `${page}d#${printToken(token)}`,
}

let opened: OpenedStore
let here: World

beforeEach(async () => {
  opened = await sqlite.open()
})

afterEach(async () => {
  await here.close()
  await opened.close()
})

async function open(withLinks = true): Promise<World> {
  here = await world({ store: opened.store, ...(withLinks && { with: { links } }) })
  return here
}

describe('the page for what does not fit the form', () => {
  it('is offered in it, shown to whoever presses alone, and what is filled in stays', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    const { general } = slack.channels
    await anna.types('/secret @ben', { channel: general })
    expect((await anna.untilModal('Send a secret')).text).toContain(
      'Longer than that, or a file?\n[Use a link]',
    )
    await anna.fills('Secret', 'the half of it')
    await anna.fills('What is it for?', 'the vpn')
    await anna.presses('Use a link')
    await anna.untilSees(page)
    expect(anna.seesModal()?.text).toMatch(/Secret: the half of it[\s\S]*What is it for\?: the vpn/)
    expect(ben.sees()).not.toContain(page)
    expect(slack.outboundWith(page)).toMatchObject([{ via: 'response_url', call: { applied: true } }])
    expect(JSON.stringify(slack.export())).not.toContain(page)
    await anna.submits()
    await anna.untilModal('Sealed for @ben')
  })

  it.each([
    ['the form was opened from nowhere', undefined],
    ['its own address is used up', fails('used_url')],
  ])('comes in the person’s own messages when %s', async (_, fault) => {
    const { slack } = await open()
    const { anna } = slack.people
    if (fault) {
      slack.faults.always('response_url', fault)
      await anna.types('/secret', { channel: slack.channels.general })
    } else await anna.usesShortcut('Send a secret')
    await anna.untilModal('Send a secret')
    await anna.presses('Use a link')
    await anna.until(() => anna.seesMessages().includes(page))
    expect(anna.seesModal()?.title).toBe('Send a secret')
  })

  it('is not offered where links are off', async () => {
    const { slack } = await open(false)
    const { anna } = slack.people
    await anna.types('/secret', { channel: slack.channels.general })
    expect((await anna.untilModal('Send a secret')).text).not.toContain('file?')
  })

  it('can be followed, and nothing else that is to the letter can', () => {
    const parts = (verbatim: string, address?: 'to-copy' | 'to-follow') =>
      renderBlocks({
        summary: '',
        blocks: [{ block: 'line', parts: [{ verbatim, ...(address && { address }) }] }],
      })
    expect(liveMarkup('', parts(page, 'to-follow'))).toHaveLength(1)
    expect(liveMarkup('', parts(page, 'to-copy'))).toEqual([])
    expect(liveMarkup('', parts(page))).toEqual([])
    for (const text of ['javascript:alert(1)', `${page}<b>`, `${page} x`, '<!channel>'])
      expect(liveMarkup('', parts(text, 'to-follow'))).toEqual([])
  })
})

/** Messages that Slack may preview, which is when somebody fetches the addresses in them. */
const previewed = (calls: readonly Call[]): readonly Call[] =>
  calls.filter(({ args }) =>
    ['unfurl_links', 'unfurl_media'].some((argument) => String(args[argument]) !== 'false'),
  )

describe('no message', () => {
  it('is ever previewed, whatever way it goes', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await anna.types('/secret link', { channel: slack.channels.general })
    await anna.untilSees(page)
    await send(slack, anna, { to: [ben], secret: 'x', note: page })
    await reveal(ben)
    await anna.untilSees('opened your secret')
    await send(slack, anna, { secret: 'x', note: page, channel: slack.channels.random })
    await ben.until(() => ben.seesButton('Reveal', slack.channels.random))
    await ben.dismissesModal()
    await ben.presses('Reveal', { in: slack.channels.random })
    await ben.untilModal('You can open it once')
    await ben.submits()
    await anna.untilSees('Opened by @ben')
    await ben.messagesBot(page)
    await ben.untilSees('Shall I seal that')
    const calls = ['chat.postMessage', 'response_url'].flatMap((method) => slack.callsTo(method))
    expect(calls.length).toBeGreaterThan(8)
    expect(new Set(calls.map(({ args }) => args['response_type']))).toEqual(
      new Set([undefined, 'ephemeral', 'in_channel']),
    )
    expect(previewed(calls)).toEqual([])
    for (const method of ['chat.update', 'chat.postEphemeral'])
      for (const { args } of slack.callsTo(method))
        expect(liveMarkup('', args['blocks']).join()).not.toContain('"link"')
  })

  it('with a preview would be found (counter-example)', () => {
    const call = { args: { channel: 'C1', text: page, unfurl_links: false } } as unknown as Call
    expect(previewed([call])).toEqual([call])
  })
})
