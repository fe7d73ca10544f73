import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../doubles/run/stores.ts'
import { type Wired, wired } from '../../doubles/run/wired.ts'
import type { Conversation } from '../../src/bots/adapter/event.ts'
import type { Person, Platform, Surface } from '../../src/bots/adapter/platform.ts'
import type { Press } from '../../src/bots/adapter/press.ts'
import type { Message } from '../../src/bots/adapter/view.ts'
import { conversation } from '../../src/bots/conversation.ts'
import { Secret } from '../../src/core/format/secret.ts'
import type { LogEvent } from '../../src/core/log.ts'

type OpenPress = Extract<Press, { act: 'open' }>
type BurnPress = Extract<Press, { act: 'burn' }>

const anna: Person = { tenant: 'T1', id: 'UANNA' }
const ben: Person = { tenant: 'T1', id: 'UBEN' }
const minutes = 60

let opened: OpenedStore
let parts: Wired
let talk: Conversation
let log: LogEvent[]
let posted: { readonly to: string; readonly message: Message }[]

const platform: Platform = {
  name: 'slack',
  begin: [],
  maxSecretChars: 3000,
  maxNoteChars: 150,
  maxRecipients: 10,
  find: async (ids) => ids.map((id) => ({ why: 'person', person: { tenant: 'T1', id } })),
  async post(target, message) {
    posted.push({ to: 'person' in target ? target.person : '', message })
    return { why: 'ok', at: { channel: 'D1', message: `${posted.length}` } }
  },
  hint: async () => undefined,
  edit: async () => ({ why: 'ok' }),
  wipe: async () => ({ why: 'ok' }),
}

beforeEach(async () => {
  opened = await sqlite.open()
  log = []
  posted = []
  parts = await wired({
    store: opened.store,
    log: (event) => log.push(event),
    platforms: [platform],
    env: { SOTTO_WEB: 'on', PUBLIC_URL: 'https://sotto.example', SOTTO_MAX_TTL: '3600' },
    rates: { 'chat-person': { points: 2, seconds: 600 }, 'chat-alarm': { points: 2, seconds: 600 } },
  })
  talk = conversation(parts.talk(platform))
})

afterEach(async () => {
  await parts.limiter.close()
  await opened.close()
})

const draft = (ttlSeconds = 10 * minutes) => ({
  to: [ben.id],
  secret: Secret.fromText('hunter2'),
  ttlSeconds,
  note: '',
})

const surface: Surface = {
  prepare: async () => ({ why: 'ok' }),
  wiping: () => ({ note: 'the view', forMs: 3_600_000 }),
  show: async () => ({ why: 'ok' }),
  replaceCard: async () => undefined,
}

/** A secret of Anna's for Ben: the buttons of its card and of its receipt. */
async function sent(): Promise<{ readonly open: OpenPress; readonly burn: BurnPress }> {
  const ready = await checked(anna)
  if (!('ready' in ready)) throw new Error('not ready')
  await talk.send(ready.ready)
  const presses = posted
    .flatMap(({ message }) => message.blocks)
    .flatMap((block) => (block.block === 'buttons' ? block.buttons : []))
    .map(({ press }) => press)
  const open = presses.find((press): press is OpenPress => press.act === 'open')
  const burn = presses.find((press): press is BurnPress => press.act === 'burn')
  if (open === undefined || burn === undefined) throw new Error('no card')
  return { open, burn }
}

async function checked(by: Person, ttlSeconds?: number) {
  return await talk.check({ act: 'send', by, draft: draft(ttlSeconds) })
}

describe('requests', () => {
  it.each([
    ['of a colleague', { to: ben.id }],
    ['of somebody outside', {}],
  ])('%s count against the share of whoever asks', async (_, to) => {
    const ask = (by: Person) => talk.answer({ act: 'ask', by, name: 'Anna', note: 'the password', ...to })
    const said = [await ask(anna), await ask(anna), await ask(anna)].map((reply) => JSON.stringify(reply))
    expect(said.map((text) => /a lot of secrets.*try again in/.test(text))).toEqual([false, false, true])
    // One card each for the two, and none for the third.
    expect(posted).toHaveLength(2)
    expect(said[2]).not.toContain('sotto.example')
    expect(await checked(anna)).toHaveProperty('problems')
  })
})

describe('the share of a person', () => {
  it('is not that of somebody with the same id in another workspace', async () => {
    for (const _ of [1, 2]) expect(await checked(anna)).toHaveProperty('ready')
    expect(await checked(anna)).toHaveProperty('problems')
    expect(await checked({ ...anna, tenant: 'T2' })).toHaveProperty('ready')
  })
})

describe('"not me"', () => {
  const tell = (by: Person, { token, audience }: OpenPress) =>
    talk.answer({ act: 'tell', by, press: { act: 'tell', token, audience } })
  const alarms = () => log.filter((event) => event.event === 'alarm' && event.what === 'not-me')

  it('reaches the sender and the log a few times only, and is answered all the same', async () => {
    const { open } = await sent()
    expect(await talk.reveal({ act: 'reveal', by: ben, press: open, surface })).toBe(true)
    posted.length = 0
    const answers = []
    for (let time = 0; time < 4; time++) answers.push(JSON.stringify(await tell(ben, open)))
    expect(new Set(answers).size).toBe(1)
    expect(posted.map(({ to }) => to)).toEqual([anna.id, anna.id])
    expect(alarms()).toHaveLength(2)
  })

  it('is heard only from whoever it was opened by', async () => {
    const { open, burn } = await sent()
    posted.length = 0
    for (const by of [ben, anna, { ...ben, tenant: 'T2' }]) await tell(by, open)
    await talk.answer({ act: 'burn', by: anna, id: burn.id })
    for (const by of [ben, anna, { ...ben, tenant: 'T2' }]) await tell(by, open)
    expect(posted).toEqual([])
    expect(alarms()).toEqual([])
  })
})

describe('a lifetime', () => {
  it('beyond the operator’s longest is refused, whatever the form offered', async () => {
    expect(await checked(anna, 60 * minutes)).toHaveProperty('ready')
    expect(await checked(anna, 60 * minutes + 1)).toHaveProperty('problems.ttl')
    expect(await checked(anna, 24 * 60 * minutes)).toHaveProperty('problems.ttl')
  })
})
