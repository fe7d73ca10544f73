import type { Typed } from '../../../src/bots/adapter/answer.ts'
import { draftOf } from '../../../src/bots/adapter/draft.ts'
import type { Event, FormEvent, SendEvent } from '../../../src/bots/adapter/event.ts'
import type { Person } from '../../../src/bots/adapter/platform.ts'
import { type OpenPress, parsePress } from '../../../src/bots/adapter/press.ts'
import type { Place, Problems } from '../../../src/bots/adapter/view.ts'
import type { SecretId } from '../../../src/core/format/id.ts'
import { composeId } from './forms.ts'
import { ids } from './ids.ts'
import type { Interaction } from './protocol.ts'

/** What an interaction asks for. */
export type Intent =
  | { readonly kind: 'form'; readonly event: FormEvent }
  | { readonly kind: 'seal-typed'; readonly by: Person; readonly message: string }
  | { readonly kind: 'answer'; readonly event: Event }
  | { readonly kind: 'send'; readonly event: SendEvent }
  | { readonly kind: 'problems'; readonly problems: Problems }
  | {
      readonly kind: 'reveal'
      readonly by: Person
      readonly press: OpenPress
      readonly place: Place
      readonly passphrase: string
    }
  | { readonly kind: 'wipe'; readonly message: string; readonly id?: SecretId }
  | { readonly kind: 'typed'; readonly typed: Typed }

type Done<What extends Interaction['what']> = Extract<Interaction, { readonly what: What }>

/** Reads an interaction, without I/O. Whose it is, Pigeon says: the loft of the connection, and the person's id. */
export function parse(interaction: Interaction, loft: string): Intent {
  const by = { tenant: loft, id: interaction.person }
  switch (interaction.what) {
    case 'command':
      return commandIntent(interaction, by)
    case 'press':
      return pressIntent(interaction, by)
    case 'filled':
      return filledIntent(interaction, by)
    case 'typed': {
      const target = { under: { channel: interaction.room, message: interaction.message } }
      return { kind: 'typed', typed: { by, message: interaction.message, mark: interaction.id, target } }
    }
  }
}

function placeOf({ room, kind }: Interaction): Place {
  return { channel: room, kind: kind === 'talk' ? 'bot' : 'channel' }
}

/** A card for the first person needs a place; the conversation with the bot is none. */
function compose(interaction: Interaction, by: Person, to: readonly string[]): Intent {
  const place = placeOf(interaction)
  return { kind: 'form', event: { act: 'compose', by, to, ...(place.kind !== 'bot' && { place }) } }
}

/** `/secret` with these words after it; people among them stand there as `@p1`. */
function commandIntent(interaction: Done<'command'>, by: Person): Intent {
  const [first = '', ...rest] = interaction.words.trim().split(/\s+/)
  const people = (some: readonly string[]) =>
    some.map((word) => word.slice(1)).filter((id, at) => some[at]?.startsWith('@') && ids.user.test(id))
  const named = people([first, ...rest])
  if (first === '' || named.length === rest.length + 1) return compose(interaction, by, named)
  switch (first) {
    case 'help':
    case 'link':
      return { kind: 'answer', event: { act: first, by } }
    case 'list':
      return { kind: 'answer', event: { act: 'list', by, before: '' } }
    case 'request': {
      const [to] = people(rest.slice(0, 1))
      const note = rest.slice(to === undefined ? 0 : 1).join(' ')
      return {
        kind: 'answer',
        event: { act: 'ask', by, name: interaction.name, note, ...(to !== undefined && { to }) },
      }
    }
    default:
      return { kind: 'answer', event: { act: 'typed-in-command', by } }
  }
}

function pressIntent(interaction: Done<'press'>, by: Person): Intent {
  const press = parsePress(interaction.press, ids)
  switch (press?.act) {
    case 'open':
      return { kind: 'form', event: { act: 'open', by, press } }
    case 'new':
      return compose(interaction, by, press.to === undefined ? [] : [press.to])
    case 'seal-typed':
      return { kind: 'seal-typed', by, message: press.message }
    case 'wipe':
      return { kind: 'wipe', message: interaction.on, ...(press.id && { id: press.id }) }
    case 'burn':
      return { kind: 'answer', event: { act: 'burn', by, id: press.id } }
    case 'list':
      return { kind: 'answer', event: { act: 'list', by, before: press.before } }
    case 'tell':
      return { kind: 'answer', event: { act: 'tell', by, press, place: placeOf(interaction) } }
    case 'help':
    case 'link':
      return { kind: 'answer', event: { act: press.act, by } }
    default:
      return { kind: 'answer', event: { act: 'unknown-button', by } }
  }
}

function filledIntent(interaction: Done<'filled'>, by: Person): Intent {
  const { form, fields } = interaction
  const textOf = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  const press = parsePress(form, ids)
  const place = placeOf(interaction)
  if (press?.act === 'open') return { kind: 'reveal', by, press, place, passphrase: textOf('passphrase') }
  if (form !== composeId) return { kind: 'answer', event: { act: 'unknown-button', by } }
  const to = fields['to']
  const read = draftOf({
    to: typeof to === 'object' ? to.filter((id) => ids.user.test(id)) : [],
    secret: textOf('secret'),
    passphrase: textOf('passphrase'),
    ttl: textOf('ttl') || undefined,
    note: textOf('note'),
  })
  if ('problems' in read) return { kind: 'problems', problems: read.problems }
  return { kind: 'send', event: { act: 'send', by, draft: read.draft, place } }
}
