import {
  type APIInteraction,
  InteractionContextType as Context,
  ComponentType as Kind,
  InteractionType as Type,
} from 'discord-api-types/v10'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printPress } from '../../../src/bots/adapter/press.ts'
import { parse } from '../../../src/bots/discord/parse.ts'
import { parseTyped } from '../../../src/bots/discord/typed.ts'
import { printId } from '../../../src/core/format/id.ts'
import { parseChatToken, printToken } from '../../../src/core/format/token.ts'

const anna = {
  id: '300000000000000001',
  username: 'anna',
  discriminator: '0',
  global_name: 'Anna',
  avatar: null,
}
const ben = { ...anna, id: '300000000000000002', username: 'ben', global_name: 'Ben' }
const channel = { id: '200000000000000001', type: 0 }
const guild = '100000000000000001'
const token = parseChatToken(`c1.${'A'.repeat(43)}`)!
const id = printId(new Uint8Array(16))
const openPress = { act: 'open', token, from: ben.id, passphrase: true, audience: 'person' } as const

function payload(over: Record<string, unknown>): APIInteraction {
  return {
    id: '400000000000000001',
    application_id: '500000000000000001',
    token: 'interaction-token',
    version: 1,
    channel,
    guild_id: guild,
    context: Context.Guild,
    member: { user: anna },
    ...over,
  } as unknown as APIInteraction
}

const command = (data: Record<string, unknown>, over = {}) =>
  payload({ type: Type.ApplicationCommand, data: { id: '1', ...data }, ...over })
const press = (customId: string, message: Record<string, unknown> = {}, over = {}) =>
  payload({
    type: Type.MessageComponent,
    data: { custom_id: customId, component_type: Kind.Button },
    message: { id: '600000000000000001', ...message },
    ...over,
  })
const field = (id: string, value: unknown) => ({
  type: Kind.Label,
  component: Array.isArray(value)
    ? { type: Kind.StringSelect, custom_id: id, values: value }
    : { type: Kind.TextInput, custom_id: id, value },
})
const submission = (customId: string, fields: Record<string, unknown>, over = {}) =>
  payload({
    type: Type.ModalSubmit,
    data: {
      custom_id: customId,
      components: Object.entries(fields).map(([id, value]) => field(id, value)),
    },
    ...over,
  })

const here = () => true
const away = () => false
const intent = (payload: APIInteraction) => parse(payload, here)?.intent

describe('what an interaction means', () => {
  it('is a form for the command, with whom it names, and for the menu on a person', () => {
    const to = { name: 'to', type: 6, value: ben.id }
    const event = { act: 'compose', by: { tenant: '', id: anna.id }, to: [ben.id] }
    expect(intent(command({ type: 1, name: 'secret', options: [to] }))).toMatchObject({ kind: 'form', event })
    expect(intent(command({ type: 2, name: 'Send a secret', target_id: ben.id }))).toMatchObject({
      kind: 'form',
      event,
    })
  })

  it('is a list or the page for the other commands, and help for one that is no longer known', () => {
    expect(intent(command({ type: 1, name: 'secrets' }))).toMatchObject({
      event: { act: 'list', before: '' },
    })
    expect(intent(command({ type: 1, name: 'secret-link' }))).toMatchObject({ event: { act: 'link' } })
    expect(intent(command({ type: 1, name: 'older' }))).toMatchObject({ event: { act: 'help' } })
  })

  it('is a request, in the name that people read, to somebody or to nobody', () => {
    const options = [
      { name: 'from', type: 6, value: ben.id },
      { name: 'for', type: 3, value: ' the vpn ' },
    ]
    const by = { tenant: '', id: anna.id }
    const asked = { act: 'ask', by, name: 'Anna', note: 'the vpn', to: ben.id }
    expect(intent(command({ type: 1, name: 'secret-request', options }))).toEqual({
      kind: 'answer',
      event: asked,
    })
    const nick = { member: { user: anna, nick: 'Annie' } }
    expect(intent(command({ type: 1, name: 'secret-request' }, nick))).toEqual({
      kind: 'answer',
      event: { act: 'ask', by, name: 'Annie', note: '' },
    })
  })

  it('says who acted by the signed id, in a server and outside', () => {
    expect(parse(command({ type: 1, name: 'secrets' }), here)?.interaction.by).toEqual({
      tenant: '',
      id: anna.id,
    })
    const outside = { member: undefined, guild_id: undefined, user: ben, context: Context.BotDM }
    expect(parse(command({ type: 1, name: 'secrets' }, outside), here)?.interaction.by.id).toBe(ben.id)
  })

  it('is nothing for bots, pings and completions', () => {
    const bot = { member: { user: { ...anna, bot: true } } }
    expect(parse(command({ type: 1, name: 'secret' }, bot), here)).toBeUndefined()
    expect(parse(payload({ type: Type.Ping, member: undefined }), here)).toBeUndefined()
    expect(parse(payload({ type: Type.ApplicationCommandAutocomplete, data: {} }), here)).toBeUndefined()
  })

  it('tells a place where the bot is from one where it is not', () => {
    const kind = (over: Record<string, unknown>, isMember: () => boolean) =>
      parse(command({ type: 1, name: 'secret' }, over), isMember)?.interaction.place
    const dm = { guild_id: undefined, member: undefined, user: anna }
    const reply = '500000000000000001/interaction-token'
    expect(kind({}, here)).toEqual({ channel: channel.id, kind: 'channel', reply })
    expect(kind({}, away)?.kind).toBe('direct')
    expect(kind({ ...dm, context: Context.BotDM }, here)?.kind).toBe('bot')
    expect(kind({ ...dm, context: Context.PrivateChannel }, here)?.kind).toBe('direct')
    expect(kind({ ...dm, context: undefined }, here)?.kind).toBe('direct')
  })

  it('is a form when the button says that there is a passphrase, and a reveal when not', () => {
    expect(intent(press(printPress(openPress)))).toMatchObject({ kind: 'form', event: { act: 'open' } })
    expect(intent(press(printPress({ ...openPress, passphrase: false })))).toMatchObject({ kind: 'reveal' })
  })

  it('asks before it burns', () => {
    const burn = printPress({ act: 'burn', id })
    expect(intent(press(burn))).toMatchObject({ kind: 'sure' })
    expect(intent(submission(burn, {}))).toMatchObject({ event: { act: 'burn', id } })
  })

  it('wipes a private message and no other', () => {
    expect(intent(press('c1:wipe', { flags: 64 }))).toEqual({ kind: 'wipe' })
    expect(intent(press('c1:wipe', { flags: 0 }))).toMatchObject({ event: { act: 'unknown-button' } })
  })

  it('knows a card that came through an interaction', () => {
    const source = (message: object) => parse(press('c1:help', message as never), here)?.interaction.source
    expect(source({ interaction_metadata: { id: '1' } })).toMatchObject({ isGuest: true, isPrivate: false })
    expect(source({ flags: 64 })).toMatchObject({ isGuest: false, isPrivate: true })
  })

  it('answers every old, foreign or altered button as unknown', () => {
    const open = printPress(openPress)
    const strange = [
      '',
      'c0:open',
      'c2:help',
      'reveal',
      'c1',
      'c1:',
      'c1:open',
      `${open}:`,
      `${open} `,
      open.replace(printToken(token), `w1.${'A'.repeat(43)}`),
      open.slice(0, -1),
      'c1:burn:../../etc',
      `c1:burn:${'A'.repeat(21)}B`,
      'c1:new:abc',
      'c1:new:UANNA',
      `c1:new:${'9'.repeat(16)}`,
      'c1:seal-typed:abc',
      open.replace(ben.id, 'abc'),
      'c1:compose',
      'x'.repeat(200),
    ]
    for (const customId of strange) {
      expect(intent(press(customId))).toMatchObject({ event: { act: 'unknown-button' } })
      if (customId !== 'c1:compose')
        expect(intent(submission(customId, {}))).toMatchObject({ event: { act: 'unknown-button' } })
    }
  })

  it('never fails on a custom id', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), (customId) => {
        expect(intent(press(`c1:${customId}`))).toBeDefined()
        expect(intent(submission(customId, {}))).toBeDefined()
      }),
    )
  })

  it('is what the form holds, to the letter', () => {
    const fields = { to: [ben.id], secret: ' a\n`b` ', passphrase: ' p ', ttl: ['3600'], note: ' for ben ' }
    const sent = intent(submission('c1:compose', fields))
    if (sent?.kind !== 'send') throw new Error('not sent')
    const { draft } = sent.event
    expect(draft.secret.text()).toBe(' a\n`b` ')
    expect(draft.passphrase?.text()).toBe(' p ')
    expect(draft).toMatchObject({ to: [ben.id], ttlSeconds: 3_600, note: 'for ben' })
  })

  it('takes missing fields for empty ones', () => {
    const sent = intent(submission('c1:compose', { secret: 'x' }))
    if (sent?.kind !== 'send') throw new Error('not sent')
    expect(sent.event.draft).toMatchObject({ to: [], note: '' })
    expect(sent.event.draft).not.toHaveProperty('ttlSeconds')
    expect(sent.event.draft.passphrase).toBeUndefined()
  })

  it('is a problem when the text could not come back as it is', () => {
    for (const secret of ['\ud800', '\n\n', '```'.repeat(1_000)]) {
      expect(intent(submission('c1:compose', { secret }))).toMatchObject({
        kind: 'problems',
        problems: { secret: expect.any(String) },
      })
    }
    expect(intent(submission('c1:compose', { secret: 'x', passphrase: '\udc00' }))).toMatchObject({
      problems: { passphrase: expect.any(String) },
    })
  })
})

describe('a message', () => {
  const message = {
    id: '1',
    channelId: '2',
    guildId: null,
    type: 0,
    webhookId: null,
    author: { id: anna.id, bot: false },
  }

  it('is typed to the bot when a person wrote it in their conversation', () => {
    expect(parseTyped(message)).toEqual({
      by: { tenant: '', id: anna.id },
      message: '1',
      mark: '1',
      target: { under: { channel: '2', message: '1' } },
    })
  })

  it('is not, when a bot, a webhook or Discord itself wrote it, or a server holds it', () => {
    expect(parseTyped({ ...message, author: { id: '9', bot: true } })).toBeUndefined()
    expect(parseTyped({ ...message, webhookId: '9' })).toBeUndefined()
    expect(parseTyped({ ...message, type: 6 })).toBeUndefined()
    expect(parseTyped({ ...message, guildId: guild })).toBeUndefined()
  })
})
