import { type OpenedStore, sqlite } from '../../doubles/run/stores.ts'
import { type WiredOptions, wired } from '../../doubles/run/wired.ts'
import type { Conversation } from '../../src/bots/adapter/event.ts'
import type { Failure, Found, Platform, Surface } from '../../src/bots/adapter/platform.ts'
import type { Press } from '../../src/bots/adapter/press.ts'
import type { Block, Message, Part, Place, RevealView } from '../../src/bots/adapter/view.ts'
import { conversation } from '../../src/bots/conversation.ts'
import { Secret } from '../../src/core/format/secret.ts'
import type { LogEvent } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/store.ts'
import type { Vault } from '../../src/core/vault.ts'

export const general: Place = { channel: 'general', kind: 'channel' }

const ok = { why: 'ok' } as const

/** What a platform answers, one after another, before it is well again. */
type Script<T> = T[]

/** A conversation on a platform that does as it is told, over a real store: everything that people read is in `script`. */
export interface Stage {
  readonly talk: Conversation
  readonly vault: Vault
  readonly log: readonly LogEvent[]
  /** The transcript so far, emptied by reading. */
  script(): readonly string[]
  /** `undefined`: this one is taken. */
  readonly posts: Script<Failure | undefined>
  readonly edits: Script<Failure>
  readonly shows: Script<Failure>
  readonly wipes: Script<Failure>
  readonly prepares: Script<Failure>
  /** Moves the store's clock. */
  later(ms: number): void
  round(): Promise<unknown>
  send(from: string, to: readonly string[], secret: string, passphrase?: string): Promise<void>
  /** Presses the newest button of that kind that was posted or answered, as `who`, in #general. */
  press(who: string, act: Press['act'], passphrase?: string): Promise<void>
  close(): Promise<void>
}

/** @param around what stands between the vault and the store, to fail where a test wants it to */
export async function stage(
  around = (store: SecretStore): SecretStore => store,
  options: Pick<WiredOptions, 'env' | 'rates'> = {},
): Promise<Stage> {
  let now = Date.now()
  const opened: OpenedStore = await sqlite.open(() => now)
  const store = around(opened.store)
  const lines: string[] = []
  const log: LogEvent[] = []
  const posts: Stage['posts'] = []
  const edits: Stage['edits'] = []
  const shows: Stage['shows'] = []
  const wipes: Stage['wipes'] = []
  const prepares: Stage['prepares'] = []
  const buttons: Press[] = []
  const write = (event: LogEvent) => void log.push(event)
  const say = (where: string, message: Message) => {
    lines.push(`${where}: ${textOf(message)}`)
    buttons.push(...pressesOf(message))
  }
  let count = 0

  const platform: Platform = {
    name: 'slack',
    begin: [],
    maxSecretChars: 3000,
    maxNoteChars: 150,
    maxRecipients: 3,
    find: async (ids) => ids.map(found),
    async post(target, message) {
      const failure = posts.shift()
      if (failure) return failure
      const where =
        'person' in target ? target.person : 'place' in target ? target.place.channel : target.under.channel
      say(`to ${where}`, message)
      return { why: 'ok', at: { channel: where, message: `m${++count}` } }
    },
    async hint(place, person, message) {
      say(`to ${person} in ${place.channel}`, message)
    },
    async edit(at, message) {
      const failure = edits.shift()
      if (failure) return failure
      say(`${at.message} changes`, message)
      return ok
    },
    async wipe(note, isEarly) {
      const failure = wipes.shift()
      if (failure) return failure
      lines.push(`wiped for ${note}${isEarly ? ', early' : ''}`)
      return ok
    },
  }
  const parts = await wired({ store, log: write, platforms: [platform], clock: () => now, ...options })
  const talk = conversation(parts.talk(platform))

  const surface = (who: string): Surface => ({
    prepare: async () => prepares.shift() ?? ok,
    wiping: () => ({ note: who, forMs: 3_600_000 }),
    async show(view) {
      const failure = shows.shift()
      if (!failure) lines.push(`${who} sees: ${viewText(view)}`)
      if (!failure && view.view === 'message') buttons.push(...pressesOf(view.message))
      return failure ?? ok
    },
    async replaceCard(message) {
      lines.push(`the pressed card changes: ${textOf(message)}`)
    },
  })

  return {
    talk,
    vault: parts.vault,
    log,
    posts,
    edits,
    shows,
    wipes,
    prepares,
    script: () => lines.splice(0),
    later(ms) {
      now += ms
    },
    round: async () => (await parts.notices.round()) + (await parts.errands.round()),

    async send(from, to, text, passphrase) {
      const draft = {
        to,
        secret: Secret.fromText(text),
        ...(passphrase !== undefined && { passphrase: Secret.fromText(passphrase) }),
        ttlSeconds: 3_600,
        note: '',
      }
      const checked = await talk.check({ act: 'send', by: person(from), draft, place: general })
      if ('problems' in checked) {
        lines.push(`${from} is told: ${Object.values(checked.problems).join(' ')}`)
        return
      }
      const { message } = await talk.send(checked.ready)
      say(`${from} reads`, message)
    },

    async press(who, act, passphrase) {
      const press = buttons.findLast((one) => one.act === act)
      const by = person(who)
      switch (press?.act) {
        case 'open': {
          const instead = await talk.peek({ act: 'reveal', by, press, place: general })
          if (instead) return say(`${who} sees`, instead)
          await talk.reveal({
            act: 'reveal',
            by,
            press,
            place: general,
            surface: surface(who),
            ...(passphrase !== undefined && { passphrase: Secret.fromText(passphrase) }),
          })
          return
        }
        case 'burn':
          return say(`${who} reads`, (await talk.answer({ act: 'burn', by, id: press.id })).message)
        case 'tell':
          return say(`${who} reads`, (await talk.answer({ act: 'tell', by, press, place: general })).message)
        case 'list':
          return say(`${who} reads`, (await talk.answer({ act: 'list', by, before: press.before })).message)
        default:
          throw new Error(`there is no button to ${act}`)
      }
    },

    async close() {
      await parts.limiter.close()
      await opened.close()
    },
  }
}

export function person(id: string) {
  return { tenant: 'acme', id }
}

/** Everyone exists, but for those whose names say otherwise. */
function found(id: string): Found {
  if (id === 'robot') return { why: 'bot', id }
  if (id === 'ghost') return { why: 'unknown', id }
  return { why: 'person', person: person(id) }
}

function pressesOf(message: Message): readonly Press[] {
  return message.blocks.flatMap((block) => {
    if (block.block === 'buttons') return block.buttons.map(({ press }) => press)
    return block.block === 'line' && block.button ? [block.button.press] : []
  })
}

function textOf(message: Message): string {
  return message.blocks.map(blockText).join(' ')
}

function blockText(block: Block): string {
  if (block.block === 'heading') return `${block.text}.`
  const own = block.block === 'line' ? block.parts.map(partText).join('') : ''
  const list = block.block === 'buttons' ? block.buttons : block.button ? [block.button] : []
  return [own, ...list.map(({ label }) => `[${label}]`)].filter(Boolean).join(' ')
}

/** Moments differ from run to run. */
function partText(part: Part): string {
  if ('when' in part) return '<when>'
  if ('person' in part) return `@${part.person}`
  if ('channel' in part) return `#${part.channel}`
  if ('verbatim' in part) return `“${part.verbatim}”`
  return 'text' in part ? part.text : part.strong
}

function viewText(view: RevealView): string {
  switch (view.view) {
    case 'shown':
      return `the secret “${view.secret.text()}”`
    case 'message':
      return textOf(view.message)
    case 'confirm':
      return `the form: ${view.form.problem ?? ''}`
    default:
      return view.view
  }
}
