import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fails, resetBefore, statusBefore } from '../../../doubles/discord/faults.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  on = await stage()
})

afterEach(() => on.close())

describe('sending', () => {
  it('begins from the menu on a person, who is chosen then', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await anna.usesUserMenu('Send a secret', ben, { channel: discord.channels.general })
    const modal = await anna.untilModal('Send a secret')
    expect(modal.text).toContain('@ben')
    await anna.fills('Secret', canary)
    await anna.submits()
    await anna.untilSees('Sealed for @ben')
    await ben.untilSees('@anna sent you a secret')
    // Who was chosen came with the form: nobody had to be looked up.
    expect(discord.callsTo('user')).toEqual([])
  })

  it('opens its form without any I/O before', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    const before = discord.calls.length
    await on.opened.store.close()
    await anna.types('/secret', { to: ben })
    expect(anna.seesModal()?.title).toBe('Send a secret')
    expect(discord.calls.slice(before).map(({ route }) => route)).toEqual(['callback'])
  })

  it('is refused for bots and people who do not exist, and nothing is kept', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    const robot = [...discord.world.users.values()].find(({ username }) => username === 'deploybot')
    const nobody = { id: '100000000000000009' }
    expect(await sends(anna, { to: [ben, robot as never], secret: canary })).toContain('A bot cannot open')
    expect(await sends(anna, { to: [ben, nobody as never], secret: canary })).toContain('is not known here')
    discord.faults.next('user', resetBefore())
    expect(await sends(anna, { to: [ben, nobody as never], secret: canary })).toContain(
      'could not be looked up',
    )
    await anna.types('/secrets')
    await anna.untilSees('no secrets on the way')
  })

  it('names the field of each mistake, and keeps nothing', async () => {
    const { anna } = on.discord.people
    const answer = await sends(anna, { secret: '\n\n' })
    expect(answer).toContain('Not sent')
    expect(answer).toContain('Secret: This cannot be shown exactly here')
    expect(on.discord.callsTo('message.create')).toEqual([])
  })

  it('needs a person in the conversation with the bot, where nobody else is first', async () => {
    const { anna } = on.discord.people
    await anna.types('/secret')
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    expect(await anna.submits()).toMatchObject({ ok: false, error: 'client_validation' })
    await anna.submits({ careless: true })
    await anna.untilSees('Choose at least one person')
  })

  it('falls back to the place for somebody without a common server, and says so', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    discord.guilds.acme.members.delete(ben.user)
    ben.user.guilds.delete(discord.guilds.acme)
    discord.faults.next('message.create', fails(50_278, 403))
    const answer = await sends(anna, { to: [ben], secret: canary, in: discord.channels.general })
    expect(answer).toContain('@ben takes no messages from me. I put the card here')
    expect(discord.outboundWith(canary)).toEqual([])
  })

  it('reports somebody who cannot be reached from the bot’s conversation, and keeps nothing', async () => {
    const { discord } = on
    const { anna, nora } = discord.people
    expect(await sends(anna, { to: [nora], secret: canary })).toContain('@nora could not be reached')
    await anna.types('/secrets')
    await anna.untilSees('no secrets on the way')
  })

  it('says that it is not certain when the answer to posting the card was lost', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    discord.faults.when(
      'message.create',
      (body) => JSON.stringify(body).includes('c1:open'),
      statusBefore(502),
    )
    expect(await sends(anna, { to: [ben], secret: canary })).toContain(
      'It is not certain that the card reached @ben',
    )
  })

  it('says nothing was done when the interaction was not confirmed', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await anna.types('/secret', { to: ben })
    await anna.fills('Secret', canary)
    const { resetAfter } = await import('../../../doubles/discord/faults.ts')
    discord.faults.next('callback', resetAfter())
    await anna.submits()
    await anna.untilSees('so nothing was done')
    await discord.idle()
    expect(discord.callsTo('message.create')).toEqual([])
  })

  it('takes the longest lifetime that the operator allows', async () => {
    await on.close()
    on = await stage({ env: { SOTTO_MAX_TTL: '3600' } })
    const { anna, ben } = on.discord.people
    expect(await sends(anna, { to: [ben], secret: canary })).toContain('Sealed for')
    await ben.untilSees('sent you a secret')
    const [record] =
      (
        await on.actors[0]?.conversation.answer({ act: 'list', by: { tenant: '', id: anna.id }, before: '' })
      )?.message.blocks.filter(({ block }) => block === 'line') ?? []
    expect(JSON.stringify(record)).toContain('when')
  })
})

describe('burning', () => {
  it('is asked about first, and done once', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await anna.presses('Burn')
    expect((await anna.untilModal('Burn this secret?')).text).toContain('destroyed unread')
    anna.closesModal()
    expect(ben.seesButton('Reveal')).toBe(true)
    await anna.presses('Burn')
    await anna.submits()
    await anna.untilSees('Burned. Nobody can open it any more.')
    await ben.untilSees('Burned unread by the sender')
  })

  it('from the list turns no page and works for the owner only', async () => {
    const { discord } = on
    const { anna, ben, mallory } = discord.people
    await sends(anna, { to: [ben], secret: canary })
    await discord.impersonatePress(mallory, anna, 'Burn')
    await mallory.submits()
    await mallory.untilSees('There was nothing left to burn')
    expect(ben.seesButton('Reveal')).toBe(true)
  })
})

describe('My secrets', () => {
  it('turns its pages in place, ten at a time', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    for (let index = 0; index < 11; index++)
      await sends(anna, { to: [ben], secret: canary, note: `number ${index}` })
    await anna.types('/secrets')
    await anna.untilSees('My secrets')
    const page = () => anna.reads().findLast(({ text }) => text.startsWith('My secrets'))
    expect(page()?.text).toContain('number 10')
    expect(page()?.text).not.toContain('number 0\n')
    await anna.presses('Older')
    await anna.until(() => page()?.text.includes('number 0'))
    expect(page()?.text).not.toContain('number 10')
  })
})
