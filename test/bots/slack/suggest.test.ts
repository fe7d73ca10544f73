import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { fails, held, rateLimited, resetBefore } from '../../../doubles/slack/faults.ts'
import type { Person } from '../../../doubles/slack/person.ts'
import { reveal, type World, world } from './harness.ts'

let opened: OpenedStore
let here: World

beforeEach(async () => {
  opened = await sqlite.open()
  here = await world({ store: opened.store })
})

afterEach(async () => {
  await here.close()
  await opened.close()
})

/** What stands in the secret's field now. */
const secretIn = (person: Person): string =>
  /^Secret: (\S*) {2}\(/m.exec(person.seesModal()?.text ?? '')?.[1] ?? ''

/** Refusals change nothing that anybody sees, so that they are looked for. */
const allAnswered = () =>
  expect
    .poll(() => here.slack.callsTo('views.update').map(({ answer }) => answer !== undefined))
    .not.toContain(false)

async function fillForm(): Promise<Person> {
  const { anna } = here.slack.people
  await anna.types('/secret @ben', { channel: here.slack.channels.general })
  await anna.untilModal('Send a secret')
  await anna.fills('Passphrase', 'the usual place')
  await anna.fills('Expires after', '1 hour')
  await anna.fills('What is it for?', 'the vpn')
  return anna
}

describe('a suggestion', () => {
  it.each([
    ['Suggest a password', /^[!-~]{20}$/],
    ['Suggest a passphrase', /^[a-z]+(-[a-z]+){5}$/],
  ])('(%s) fills the secret, and the rest stays as it is filled', async (label, shape) => {
    const anna = await fillForm()
    await anna.presses(label)
    await anna.until(() => shape.test(secretIn(anna)))
    const { text = '' } = anna.seesModal() ?? {}
    for (const kept of ['To whom?: @ben', 'Passphrase: the usual place', 'Expires after: 1 hour', 'the vpn'])
      expect(text).toContain(kept)
  })

  it('takes the place of what was typed, and of another suggestion', async () => {
    const anna = await fillForm()
    await anna.fills('Secret', 'hunter2')
    await anna.presses('Suggest a password')
    await anna.until(() => secretIn(anna) !== 'hunter2')
    const first = secretIn(anna)
    await anna.presses('Suggest a password')
    await anna.until(() => secretIn(anna) !== first)
    await anna.fills('Secret', 'typed after all')
    expect(anna.seesModal()?.text).toContain('Secret: typed after all')
  })

  it('is what the recipient reads', async () => {
    const anna = await fillForm()
    await anna.presses('Suggest a passphrase')
    const text = await anna.until(() => secretIn(anna))
    await anna.submits()
    await anna.untilModal('Sealed for @ben')
    const { ben } = here.slack.people
    await reveal(ben, 'the usual place')
    await ben.untilModal(text)
  })

  it('stands in the form and nowhere else, and the passphrase beside it goes nowhere', async () => {
    const { slack, log } = here
    const anna = await fillForm()
    await anna.presses('Suggest a password')
    const text = await anna.until(() => secretIn(anna))
    const { id } = anna.seesModal() ?? {}
    await anna.submits()
    await anna.untilModal('Sealed for @ben')
    expect(slack.outboundWith(text)).toMatchObject([
      { name: 'views.update', call: { args: { view_id: id }, applied: true } },
    ])
    expect(slack.outboundWith('the usual place')).toEqual([])
    expect(JSON.stringify(slack.export())).not.toContain(text)
    expect(JSON.stringify(log)).not.toContain(text)
    expect((await opened.dump()).includes(text)).toBe(false)
  })

  it('after “Seal what I just typed” takes the place of what was typed', async () => {
    const { anna } = here.slack.people
    await anna.messagesBot('hunter2')
    await anna.untilSees('Shall I seal that')
    await anna.presses('Seal what I just typed')
    await anna.untilModal('Secret: hunter2')
    await anna.presses('Suggest a passphrase')
    await anna.until(() => /^[a-z]+(-[a-z]+){5}$/.test(secretIn(anna)))
  })
})

describe('a suggestion that comes late', () => {
  it('never takes the place of a newer one, as it would without the hash (counter-example)', async () => {
    const { slack } = here
    const anna = await fillForm()
    const overtaken = Promise.withResolvers<void>()
    slack.faults.next('views.update', held(overtaken.promise))
    const first = anna.presses('Suggest a password')
    await slack.until(() => slack.callsTo('views.update').length === 1)
    await anna.presses('Suggest a passphrase')
    await anna.until(() => secretIn(anna))
    overtaken.resolve()
    await first
    await allAnswered()
    const newer = secretIn(anna)
    expect(newer).toMatch(/^[a-z]+(-[a-z]+){5}$/)
    const [late] = slack.callsTo('views.update')
    expect(late?.answer?.body).toMatchObject({ error: 'hash_conflict' })
    const { view_id, view } = late?.args ?? {}
    const ofItsOwn = JSON.stringify(view).replace(/"value-[^"]*"/, '"value-2"')
    slack.workspace.views.update(String(view_id), JSON.parse(ofItsOwn))
    expect(secretIn(anna)).toMatch(/^[!-~]{20}$/)
    expect(secretIn(anna)).not.toBe(newer)
  })

  it('leaves alone what was sent off meanwhile', async () => {
    const { slack } = here
    const anna = await fillForm()
    await anna.fills('Secret', 'hunter2')
    const sent = Promise.withResolvers<void>()
    slack.faults.next('views.update', held(sent.promise))
    const pressed = anna.presses('Suggest a password')
    await slack.until(() => slack.callsTo('views.update').length === 1)
    await anna.submits()
    sent.resolve()
    await pressed
    await allAnswered()
    await anna.untilModal('Sealed for @ben')
    const { ben } = slack.people
    await reveal(ben, 'the usual place')
    await ben.untilModal('hunter2')
  })

  it('has one effect, however often its press is delivered', async () => {
    const { slack } = here
    const anna = await fillForm()
    await anna.presses('Suggest a password')
    const text = await anna.until(() => secretIn(anna))
    await slack.replay(slack.lastSent('block_actions'))
    await slack.until(() => slack.callsTo('views.update').length === 2)
    await allAnswered()
    expect(secretIn(anna)).toBe(text)
  })
})

describe('a suggestion that does not arrive', () => {
  it.each([
    ['refused', rateLimited(30)],
    ['an unknown code', fails('frobnicated')],
    ['no connection', resetBefore()],
  ])('(%s) is told, and the form stays', async (_, fault) => {
    const { slack } = here
    const anna = await fillForm()
    await anna.fills('Secret', 'hunter2')
    slack.faults.always('views.update', fault)
    await anna.presses('Suggest a password')
    await anna.untilSees('the suggestion did not arrive')
    expect(secretIn(anna)).toBe('hunter2')
  })

  it('because the window was closed is nobody’s business any more', async () => {
    const { slack } = here
    const anna = await fillForm()
    const closed = Promise.withResolvers<void>()
    slack.faults.next('views.update', held(closed.promise))
    const pressed = anna.presses('Suggest a password')
    await slack.until(() => slack.callsTo('views.update').length === 1)
    await anna.dismissesModal()
    closed.resolve()
    await pressed
    await allAnswered()
    expect(anna.sees()).not.toContain('did not arrive')
  })
})
