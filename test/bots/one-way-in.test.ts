import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OpenedStore, stores } from '../../doubles/run/stores.ts'
import { wired } from '../../doubles/run/wired.ts'
import type { Conversation, Event } from '../../src/bots/adapter/event.ts'
import type { Person, Platform, Surface } from '../../src/bots/adapter/platform.ts'
import { type Press, parsePress, printPress } from '../../src/bots/adapter/press.ts'
import type { Message, Place, RevealView } from '../../src/bots/adapter/view.ts'
import { conversation } from '../../src/bots/conversation.ts'
import { ids } from '../../src/bots/slack/ids.ts'
import { printId, type SecretId } from '../../src/core/format/id.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { printToken, Token } from '../../src/core/format/token.ts'
import { canary, contains } from '../fixtures/canary.ts'

type OpenPress = Extract<Press, { act: 'open' }>

const anna: Person = { tenant: 'T1', id: 'UANNA' }
const ben: Person = { tenant: 'T1', id: 'UBEN' }
const general: Place = { channel: 'CGENERAL', kind: 'channel' }

interface World {
  readonly talk: Conversation
  readonly secret: string
  readonly press: OpenPress
  readonly id: SecretId
  close(): Promise<void>
}

function pressesIn({ blocks }: Message): readonly Press[] {
  return blocks.flatMap((block) =>
    block.block === 'buttons'
      ? block.buttons.map(({ press }) => press)
      : block.block === 'line' && block.button
        ? [block.button.press]
        : [],
  )
}

/** A token does not print by itself: here a button that has one is to be seen. */
function inClear(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const whole = this[key]
  return whole instanceof Token ? printToken(whole) : value
}

/** Everything that a person's screen would hold, the shown secret in clear. */
function textOf(view: RevealView | Message): string {
  if ('view' in view && view.view === 'shown') return view.secret.text()
  return JSON.stringify(view, inClear)
}

/** Anna has sealed a secret for Ben; the outsider has somehow got at the button and the id. */
async function world(open: () => Promise<OpenedStore>, leak = false): Promise<World> {
  const opened = await open()
  const posted: Message[] = []
  const platform: Platform = {
    name: 'slack',
    begin: [],
    maxSecretChars: 3000,
    maxNoteChars: 150,
    maxRecipients: 10,
    find: async (ids) => ids.map((id) => ({ why: 'person', person: { tenant: 'T1', id } })),
    async post(_target, message) {
      posted.push(message)
      return { why: 'ok', at: { channel: 'D1', message: `${posted.length}` } }
    },
    hint: async () => undefined,
    edit: async () => ({ why: 'ok' }),

    wipe: async () => ({ why: 'ok' as const }),
  }
  const log = () => undefined
  const { vault, limiter, ...parts } = await wired({ store: opened.store, log, platforms: [platform] })
  const honest = conversation({
    ...parts.talk(platform),
    ...(leak && { vault: { ...vault, peek: async () => undefined } }),
  })
  const secret = canary()
  const draft = { to: [ben.id], secret: Secret.fromText(secret), ttlSeconds: 600, note: 'a note' }
  const checked = await honest.check({ act: 'send', by: anna, draft, place: general })
  if (!('ready' in checked)) throw new Error('not ready')
  await honest.send(checked.ready)
  const presses = posted.flatMap(pressesIn)
  const press = presses.find((one): one is OpenPress => one.act === 'open')
  const burn = presses.find((one) => one.act === 'burn')
  if (press === undefined || burn?.act !== 'burn') throw new Error('no card')
  const talk: Conversation = leak
    ? {
        ...honest,
        answer: async (event) =>
          event.act === 'list' ? honest.answer({ ...event, by: anna }) : honest.answer(event),
      }
    : honest
  const close = async () => {
    await limiter.close()
    await opened.close()
  }
  return { talk, secret, press, id: burn.id, close }
}

function screen(seen: string[]): Surface {
  return {
    prepare: async () => ({ why: 'ok' }),
    wiping: () => ({ note: 'the view', forMs: 3_600_000 }),
    show: async (view) => {
      seen.push(textOf(view))
      return { why: 'ok' }
    },
    replaceCard: async (message) => {
      seen.push(textOf(message))
    },
  }
}

const outsiders = fc.constantFrom<Person>(
  { tenant: 'T1', id: 'UMALLORY' },
  { tenant: 'T2', id: ben.id },
  { tenant: '', id: ben.id },
  { tenant: 'T1', id: '' },
)
const places = fc.constantFrom<Place | undefined>(
  undefined,
  general,
  { channel: 'DBEN', kind: 'bot' },
  { channel: 'CGENERAL', kind: 'direct' },
)

/** One act of somebody who is neither sender nor recipient, with everything that a button could carry. */
const acts = fc.record({
  by: outsiders,
  place: places,
  act: fc.constantFrom(
    'list',
    'burn',
    'tell',
    'reveal',
    'peek',
    'typed',
    'unknown-button',
    'help',
    'garbled',
  ),
  audience: fc.constantFrom<'person' | 'place'>('person', 'place'),
  words: fc.string({ maxLength: 60 }),
  cut: fc.nat(99),
})

type Act = typeof acts extends fc.Arbitrary<infer T> ? T : never

async function perform(
  { talk, press, id }: World,
  { by, place, act, audience, words, cut }: Act,
): Promise<readonly string[]> {
  const seen: string[] = []
  const answer = async (event: Event) => void seen.push(textOf((await talk.answer(event)).message))
  const here = place ? { place } : {}
  const altered = { ...press, audience }
  switch (act) {
    case 'list':
      await answer({ act, by, before: cut % 2 ? words : '' })
      break
    case 'burn':
      await answer({ act, by, id: cut % 3 ? id : printId(randomBytes(16)) })
      break
    case 'tell':
      await answer({ act, by, ...here, press: { act, token: press.token, audience } })
      break
    case 'reveal':
      await talk.reveal({
        act,
        by,
        ...here,
        press: altered,
        surface: screen(seen),
        ...(cut % 2 && { passphrase: Secret.fromText('guess') }),
      })
      break
    case 'peek': {
      const message = await talk.peek({ act: 'reveal', by, ...here, press: altered })
      if (message) seen.push(textOf(message))
      break
    }
    case 'typed':
      await answer({ act, by, message: '1.1' })
      break
    case 'garbled': {
      const printed = printPress(press)
      const parsed = parsePress(printed.slice(0, cut) + words + printed.slice(cut + 1), ids)
      if (parsed?.act === 'open')
        await talk.reveal({ act: 'reveal', by, ...here, press: parsed, surface: screen(seen) })
      break
    }
    default:
      await answer({ act: act === 'help' ? 'help' : 'unknown-button', by })
  }
  return seen
}

/** What must not be on an outsider's screen. */
function leaks({ secret, press, id }: World, text: string): boolean {
  return contains(text, secret) || text.includes(printToken(press.token)) || text.includes(id)
}

describe.each(stores)('one way in, on $name', ({ open }) => {
  it('gives nobody else content, token or id, whatever they press, and consumes nothing', async () => {
    const here = await world(open)
    try {
      await fc.assert(
        fc.asyncProperty(acts, async (act) => {
          for (const text of await perform(here, act))
            expect([text, leaks(here, text)]).toEqual([text, false])
        }),
        { numRuns: 300 },
      )
      const seen: string[] = []
      await here.talk.reveal({ act: 'reveal', by: ben, press: here.press, surface: screen(seen) })
      expect(seen).toContain(here.secret)
    } finally {
      await here.close()
    }
  })

  it('would see a list that asks for somebody else’s secrets (counter-example)', async () => {
    const here = await world(open, true)
    try {
      const check = await fc.check(
        fc.asyncProperty(acts, async (act) => {
          for (const text of await perform(here, act)) if (leaks(here, text)) throw new Error('leaked')
        }),
        { numRuns: 300 },
      )
      expect(check.failed).toBe(true)
    } finally {
      await here.close()
    }
  })
})
