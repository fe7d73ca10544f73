import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { fails, held, resetBefore, slow, statusBefore } from '../../../doubles/slack/faults.ts'
import { reveal, send, type World, world } from './harness.ts'

let opened: OpenedStore
let here: World
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  opened = await sqlite.open()
  here = await world({ store: opened.store })
})

afterEach(async () => {
  await here.close()
  await opened.close()
})

describe('the command', () => {
  it('with a secret typed behind it is refused kindly, and what was typed goes nowhere', async () => {
    const { slack, log } = here
    const { anna } = slack.people
    await anna.types(`/secret @ben ${canary}`, { channel: slack.channels.general })
    await anna.untilSees('treat it as exposed')
    expect(anna.seesModal()).toBeUndefined()
    expect(slack.outboundWith(canary)).toEqual([])
    expect(JSON.stringify(log)).not.toContain(canary)
    expect((await opened.dump()).includes(canary)).toBe(false)
  })

  it('answers help and list only to whoever typed it', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await anna.types('/secret help', { channel: slack.channels.general })
    await anna.untilSees('What it cannot do')
    await anna.types('/secret list', { channel: slack.channels.general })
    await anna.untilSees('You have no secrets on the way')
    expect(ben.sees()).toBe('')
  })

  it.each([
    ['used up', fails('used_url')],
    ['broken', statusBefore(500)],
    ['unreachable', resetBefore()],
  ])('answers in the person’s messages when its own address is %s', async (_, fault) => {
    const { slack } = here
    const { anna } = slack.people
    slack.faults.always('response_url', fault)
    await anna.types('/secret help', { channel: slack.channels.general })
    await anna.until(() => anna.seesMessages().includes('What it cannot do'))
  })

  it('asks colleagues by a card that opens the form with the asker chosen', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await anna.types('/secret request @ben the staging password', { channel: slack.channels.general })
    await anna.untilSees(/I asked @ben/)
    await ben.untilSees('the staging password')
    await ben.presses('Send it to them')
    expect((await ben.untilModal('Send a secret')).text).toContain('To whom?: @anna')
  })

  it('works for a person who named somebody and touched nothing, whatever their client leaves out', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    anna.sloppy = true
    await send(slack, anna, { to: [ben], secret: canary })
    expect(anna.seesModal()?.text).toContain('Sealed for @ben')
    expect(slack.callsTo('chat.postMessage').map(({ args }) => args['channel'])).not.toContain(
      slack.channels.general.id,
    )
  })

  it('opens the form from the shortcut, and there somebody must be chosen', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await anna.usesShortcut('Send a secret')
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    expect(await anna.submits()).toMatchObject({ error: 'client_validation' })
    await anna.fills('To whom?', [ben])
    await anna.submits()
    await anna.untilModal('Sealed for @ben')
  })
})

describe('a filled form', () => {
  it.each([
    ['another app’s bot', 'deploybot', 'A bot cannot open a secret'],
    ['Slackbot', 'USLACKBOT', 'A bot cannot open a secret'],
    ['a deactivated account', 'dora', 'is deactivated'],
    ['nobody who exists', 'U0000000000', 'is not known here'],
  ])('for %s is refused on its field, and nothing is stored', async (_, who, problem) => {
    const { slack } = here
    const { anna } = slack.people
    const id = slack.workspace.world.userByName(who)?.id ?? who
    await anna.types('/secret', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('To whom?', [{ id }])
    await anna.fills('Secret', canary)
    await anna.submits()
    expect((await anna.untilModal(problem)).errors['To whom?']).toContain(problem)
    expect(slack.callsTo('chat.postMessage')).toEqual([])
    expect((await opened.store.list([new Uint8Array(16)], 10)).receipts).toEqual([])
  })

  it('is answered within three seconds when Slack does not say who somebody is', async () => {
    const { slack } = here
    const { anna } = slack.people
    slack.faults.always('users.info', slow(5_000))
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    const outcome = await anna.submits()
    expect(outcome).toMatchObject({ ok: true })
    expect(outcome.ms).toBeLessThan(3_000)
    expect(anna.seesModal()?.errors['To whom?']).toContain('could not be looked up')
  })

  it('for two people, one of them gone for the bot, reports each by itself', async () => {
    const { slack } = here
    const { anna, ben, nora } = slack.people
    await anna.usesShortcut('Send a secret')
    await anna.untilModal('Send a secret')
    await anna.fills('To whom?', [ben, nora])
    await anna.fills('Secret', canary)
    await anna.submits()
    const { text } = await anna.untilModal('Sealed for @ben')
    expect(text).toContain('@nora could not be reached')
    expect(ben.seesButton('Reveal', 'dm')).toBe(true)
  })

  it('closed too early is answered where the person is', async () => {
    const { slack } = here
    const { anna } = slack.people
    const closed = Promise.withResolvers<void>()
    slack.faults.always('chat.postMessage', held(closed.promise))
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    await anna.submits()
    await anna.dismissesModal()
    closed.resolve()
    await anna.untilSees('Sealed for @ben')
  })
})

describe('where the bot is no member', () => {
  it('the card goes out through the command’s own address, and changes through the press', async () => {
    const { slack } = here
    const { anna, ben, carla } = slack.people
    const { random } = slack.channels
    await send(slack, anna, { secret: canary, channel: random })
    await ben.until(() => ben.seesButton('Reveal', random))
    await reveal(ben)
    await ben.untilModal(canary)
    await carla.untilSees(/Opened by @ben · /)
    expect(carla.screen.buttons()).not.toContain('Reveal')
    await carla.until(() => !carla.seesButton('Reveal', random))
    await anna.untilSees('@ben opened your secret')
  })

  it('two people alone can hand over a secret in their own conversation', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { secret: canary, channel: slack.channels.annaAndBen })
    await ben.until(() => ben.seesButton('Reveal', slack.channels.annaAndBen))
    await reveal(ben)
    await ben.untilModal(canary)
    await anna.untilSees(/Opened by @ben · /)
  })

  it('somebody must be chosen in the person’s own conversation with the bot', async () => {
    const { slack } = here
    const { anna } = slack.people
    await anna.types('/secret')
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    await anna.submits()
    expect((await anna.untilModal('Choose at least one person')).errors['To whom?']).toBeDefined()
  })
})

describe('the card in the channel', () => {
  it('is the recipient’s alone, opens the same secret, and goes when it is opened', async () => {
    const { slack } = here
    const { anna, ben, carla } = slack.people
    const { general } = slack.channels
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', general))
    expect(carla.seesButton('Reveal')).toBe(false)
    await ben.presses('Reveal', { in: general })
    await ben.untilModal('You can open it once')
    await ben.submits()
    await ben.untilModal(canary)
    await ben.until(() => !ben.screen.buttons().includes('Reveal'))
  })

  it('of a secret for the first one here says to the second who came first', async () => {
    const { slack } = here
    const { anna, ben, carla } = slack.people
    await send(slack, anna, { secret: canary })
    await carla.presses('Reveal')
    await carla.untilModal('You can open it once')
    await reveal(ben)
    await ben.untilModal(canary)
    await carla.submits()
    await carla.untilModal('It is gone')
    await carla.dismissesModal()
    expect(slack.outboundWith(canary)).toHaveLength(1)
  })
})

describe('a shown secret', () => {
  it('is wiped on request', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await reveal(ben)
    await ben.untilModal(canary)
    await ben.presses('I have it, wipe now')
    expect((await ben.untilModal('Wiped')).text).not.toContain(canary)
  })

  it('is left alone when its window is closed', async () => {
    const { slack, stop } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await reveal(ben)
    await ben.untilModal(canary)
    const calls = slack.callsTo('views.update').length
    await ben.closesModal()
    await stop()
    expect(slack.callsTo('views.update')).toHaveLength(calls)
  })

  it('is wiped when the bot stops', async () => {
    const { slack, stop } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await reveal(ben)
    await ben.untilModal(canary)
    expect(await stop()).toBe(0)
    expect(ben.seesModal()?.text).toContain('Wiped')
  })

  it('says to whoever comes again that it was opened, and lets them say that it was not they', async () => {
    const { slack, log } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    const second = slack.lastSent('block_actions')
    await ben.submits()
    await ben.untilModal(canary)
    await anna.untilSees('@ben opened your secret')
    // The same card from another client, on which it has not changed yet.
    await slack.send('interactive', { ...second.payload, trigger_id: slack.workspace.triggers.make(ben.id) })
    await ben.untilModal('from your account')
    await ben.presses('Not me: tell the sender')
    await ben.untilModal('The sender was told')
    await anna.untilSees('says that it was not they')
    expect(log).toContainEqual(expect.objectContaining({ event: 'alarm', what: 'not-me' }))
  })
})

describe('typing to the bot', () => {
  it('is always answered, and seals what was typed on request', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await anna.messagesBot(`the code is <${canary}> & more`)
    await anna.untilSees('Shall I seal that for someone?')
    expect(slack.outboundWith(canary)).toEqual([])
    await anna.presses('Seal what I just typed', { in: 'dm' })
    expect((await anna.untilModal(canary)).text).toContain(`the code is <${canary}> & more`)
    await anna.fills('To whom?', [ben])
    await anna.submits()
    await anna.untilModal('Sealed for @ben')
    await reveal(ben)
    expect((await ben.untilModal(canary)).text).toContain(`the code is <${canary}> & more`)
  })

  it('of something too long opens the empty form, and says so', async () => {
    const { slack } = here
    const { anna } = slack.people
    await anna.messagesBot('x'.repeat(3_001))
    await anna.untilSees('Shall I seal that for someone?')
    await anna.presses('Seal what I just typed', { in: 'dm' })
    expect((await anna.untilModal('longer than')).text).not.toContain('xxx')
  })

  it('and deleted again opens the empty form, and says so', async () => {
    const { slack } = here
    const { anna } = slack.people
    await anna.messagesBot(canary)
    await anna.untilSees('Shall I seal that for someone?')
    const [message] = slack.workspace.messages.in(anna.dm)
    if (message) slack.workspace.messages.remove(message)
    await anna.presses('Seal what I just typed', { in: 'dm' })
    await anna.untilModal('I could not read what you typed')
  })

  it('is sealed by nobody but who typed it', async () => {
    const { slack } = here
    const { anna, mallory } = slack.people
    await anna.messagesBot(canary)
    await anna.untilSees('Shall I seal that for someone?')
    await slack.impersonatePress(mallory, anna, 'Seal what I just typed', 'dm')
    await mallory.untilModal('I could not read what you typed')
    expect(mallory.sees()).not.toContain(canary)
  })
})

describe('App Home', () => {
  it('shows what was sent, burns it, and turns its pages', async () => {
    const { slack } = here
    const { anna, ben } = slack.people
    await anna.opensHome()
    await anna.until(() => anna.seesHome().includes('You have no secrets on the way'))
    for (let at = 1; at <= 11; at++)
      await send(slack, anna, { to: [ben], secret: canary, note: `number ${at}.` })
    await anna.dismissesModal()
    await anna.opensHome()
    await anna.until(() => anna.seesHome().includes('number 11.'))
    expect(anna.seesHome()).not.toContain('number 1.')
    await anna.presses('Older', { in: 'home' })
    await anna.until(() => anna.seesHome().includes('number 1.'))
    await anna.presses('Burn', { in: 'home' })
    await anna.until(() => /Nobody can open it any more[\s\S]*number 11/.test(anna.seesHome()))
    await anna.presses('Help', { in: 'home' })
    await anna.until(() => anna.seesHome().includes('What it cannot do'))
    await anna.presses('New secret', { in: 'home' })
    await anna.untilModal('Send a secret')
  })
})

describe('whatever is not ours', () => {
  it('is answered privately and logged without content', async () => {
    const { slack, log } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    const press = slack.lastSent('block_actions').payload
    for (const value of ['c0:open', `c1:open:${canary}`, 'x'.repeat(3_000)])
      await slack.send('interactive', {
        ...press,
        trigger_id: slack.workspace.triggers.make(ben.id),
        response_url: slack.workspace.responseUrls.make(ben.id, ben.dm),
        actions: [{ type: 'button', action_id: 'x', value }],
      })
    await ben.untilSees('too old or damaged')
    for (const payload of [
      { type: 'message_action' },
      { type: 'view_submission' },
      { type: 'workflow_step_edit' },
    ])
      expect((await slack.send('interactive', { ...press, ...payload, actions: undefined })).ack.ok).toBe(
        true,
      )
    const view = {
      ...(slack.workspace.views.top(ben.id) &&
        slack.workspace.viewOutput(slack.workspace.views.top(ben.id)!)),
    }
    for (const changed of [
      { callback_id: 'other' },
      { private_metadata: canary },
      { private_metadata: '{}' },
    ]) {
      const { ack } = await slack.send('interactive', {
        ...press,
        type: 'view_submission',
        actions: undefined,
        view: { ...view, ...changed },
      })
      expect(JSON.stringify(ack)).toContain('too old or damaged')
    }
    const malformed = log.filter(({ event }) => event === 'malformed')
    expect(malformed.length).toBeGreaterThanOrEqual(6)
    expect(JSON.stringify(log)).not.toContain(canary)
    expect(log).not.toContainEqual(expect.objectContaining({ event: 'handler-failed', what: 'interaction' }))
  })
})

describe('a form that does not open', () => {
  it.each([
    ['expired_trigger_id', fails('expired_trigger_id')],
    ['a dead connection', resetBefore()],
  ])('for %s is told, opens nothing, and opens next time', async (_, fault) => {
    const { slack } = here
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    slack.faults.next('views.open', fault)
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilSees('If no form opened')
    await reveal(ben)
    await ben.untilModal(canary)
  })
})
