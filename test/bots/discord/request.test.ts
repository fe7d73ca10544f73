import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { printKdf } from '../../../src/core/format/kdf.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { derive, seal } from '../../../src/core/format/suite1.ts'
import { parseToken } from '../../../src/core/format/token.ts'
import { type Stage, stage } from './stage.ts'

let on: Stage

beforeEach(async () => {
  on = await stage()
})

afterEach(() => on.close())

/** What the drop page does with a link: seals an answer for whoever asked. */
async function answers(link: string, text: string): Promise<void> {
  const { web } = on.actors[0] ?? {}
  const token = parseToken(link.slice(link.indexOf('#') + 1))
  if (!web || !token) throw new Error(`no drop link: ${link}`)
  const derived = derive(token)
  const cover = await web.askCover(derived.id)
  if (!cover) throw new Error('nobody asks')
  const unlocked = derived.unlock()
  const context = { expiresAt: cover.expiresAt, recipient: cover.recipient, kdf: printKdf(undefined) }
  const sealed = seal(derived, unlocked, Secret.fromText(text), context)
  const answer = {
    id: derived.id,
    answerProof: derived.answerProof(),
    sealed,
    proofHash: unlocked.proofHash(),
  }
  expect(await web.answer(answer)).toBe('sealed')
}

describe('a request', () => {
  it('to a colleague arrives as a card that opens the form with the asker chosen', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await anna.types('/secret-request', { from: ben, for: 'the vpn' }, { channel: discord.channels.general })
    await anna.untilSees('I asked @ben')
    await ben.untilSees('For: the vpn')
    await ben.presses('Send it to them')
    expect((await ben.untilModal('Send a secret')).text).toContain('@anna')
    await ben.fills('Secret', 'canary-1')
    await ben.submits()
    await anna.untilSees('@ben sent you a secret')
  })

  it('to nobody gives a link, whose answer opens on the card, once', async () => {
    const { discord } = on
    const { anna, mallory } = discord.people
    await anna.types('/secret-request', { for: 'the vpn' })
    await anna.untilSees('Give this link')
    const [link = ''] = /https:\/\/sotto\.example\/d#\S+/.exec(anna.sees()) ?? []
    await anna.presses('Reveal')
    await anna.untilSees('Nothing yet')
    const text = 'canary-2 ``` and ```'
    await answers(link, text)
    await on.actors[0]?.notices.round()
    await discord.impersonatePress(mallory, anna, 'Reveal')
    await mallory.untilSees('not for you')
    await anna.presses('Reveal')
    await anna.untilSees(text)
    await anna.until(() => !anna.seesButton('Reveal'))
    // In the card, and in the private answer with the link.
    const withToken = discord.outboundWith(link.slice(link.indexOf('#') + 1))
    expect(withToken.map(({ route }) => route)).toEqual(['message.create', 'original.edit'])
  })

  it('is answered by an outsider in what Discord cannot show exactly, and that is said', async () => {
    const { anna } = on.discord.people
    await anna.types('/secret-request')
    await anna.untilSees('Give this link')
    const [link = ''] = /https:\/\/sotto\.example\/d#\S+/.exec(anna.sees()) ?? []
    const text = `${'_'.repeat(3_000)}\`\`\`end`
    await answers(link, text)
    await anna.presses('Reveal')
    await anna.untilSees('Three backticks in a row cannot stand here')
    expect(anna.reads().at(-1)?.codeBlocks.join('').replaceAll('\u200b', '')).toBe(text)
  })
})
