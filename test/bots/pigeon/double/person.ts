import type { Found } from '../../../../doubles/discord/signal.ts'
import { ownTime } from '../../../../doubles/run/own-time.ts'
import type { Interaction, PigeonButton, PigeonForm } from '../protocol.ts'
import { readMarkup } from './markup.ts'
import { show, talkWith } from './verbs.ts'
import type { Account, Done, Message, World } from './world.ts'

/** An interaction before Pigeon has given it an id, a name and a room's kind. */
type Unsent<I = Interaction> = I extends Interaction ? Omit<I, 'id' | 'person' | 'name' | 'kind'> : never

/** What a person can do, and what they see. */
export interface Person {
  readonly id: string
  /** A command in a room; `@p1` names somebody. */
  types(words: string, room?: string): Done
  /** Says something to the bot. */
  says(text: string): void
  /** Presses the button that `seesButton` finds, and says yes if the client asks. */
  presses(label: string): Done
  /** Sends any press, as if it stood on this message. */
  pressesAs(message: string, press: string): Done
  /** Fills the form that answered an interaction in, and sends it off. @throws for what the client would not let them send */
  fills(form: Done, fields?: Readonly<Record<string, string | readonly string[]>>): Done
  /** The newest button of this label in their talk with the bot, else the newest anywhere, with its message. */
  seesButton(label: string): { readonly button: PigeonButton; readonly message: string } | undefined
  sees(): string
  until<T>(look: () => T): Promise<Found<T>>
  untilSees(words: string | RegExp): Promise<void>
}

interface PersonParts {
  readonly world: World
  /** Tells the bot. */
  deliver(done: Done): void
  until<T>(look: () => T, otherwise: () => string): Promise<Found<T>>
}

/** Somebody at their client. */
export function person({ id, name }: Account, { world, deliver, until }: PersonParts): Person {
  function does(unsent: Unsent, message?: Message): Done {
    const { kind } = world.rooms.get(unsent.room) ?? { kind: 'room' }
    const interaction = { ...unsent, id: `i${world.next()}`, person: id, name, kind } as Interaction
    const done: Done = { interaction, at: ownTime(), got: false, ...(message && { message }) }
    world.interactions.set(interaction.id, done)
    deliver(done)
    return done
  }

  function visible(): readonly Message[] {
    return [...world.messages.values()].filter(({ room, only }) =>
      only === undefined ? world.rooms.get(room)?.people.includes(id) : only === id,
    )
  }

  function seesButton(label: string) {
    const own = visible().filter(({ room }) => world.rooms.get(room)?.kind === 'talk')
    return newest(label, own) ?? newest(label, visible())
  }

  function newest(label: string, messages: readonly Message[]) {
    const all = messages.flatMap(({ id: message, body }) =>
      body.lines.flatMap(({ buttons = [] }) => buttons.map((button) => ({ message, button }))),
    )
    return all.findLast(({ button }) => button.label === label)
  }

  function pressesAs(message: string, press: string): Done {
    const on = world.messages.get(message)
    if (!on) throw new Error(`no message ${message}`)
    // A private message answers its own buttons in its place.
    return does({ what: 'press', room: on.room, on: message, press }, on.only === undefined ? undefined : on)
  }

  function sees(): string {
    return visible()
      .flatMap(({ body }) => [...body.lines.map(({ text }) => readMarkup(text).shown), body.plain ?? ''])
      .join('\n')
  }

  const self: Person = {
    id,
    types: (words, room = 'r1') => does({ what: 'command', room, words }),
    says(text) {
      const room = talkWith(world, id)
      const said = show(world, { room, by: id, body: { lines: [], plain: text } })
      does({ what: 'typed', room, message: said.id })
    },
    presses(label) {
      const found = seesButton(label)
      if (!found) throw new Error(`${name} sees no button ${label}:\n${sees()}`)
      return pressesAs(found.message, found.button.press)
    },
    pressesAs,
    fills({ form, interaction }, entered = {}) {
      if (!form) throw new Error(`${name} has no form`)
      const fields = filled(form, entered)
      const on = interaction.what === 'press' ? { on: interaction.on } : {}
      return does({ what: 'filled', room: interaction.room, form: form.id, fields, ...on })
    },
    seesButton,
    sees,
    until: (look) => until(look, () => `${name} sees:\n${sees()}\nand waits for ${look}`),
    async untilSees(words) {
      const has = () => (typeof words === 'string' ? sees().includes(words) : words.test(sees()))
      await until(has, () => `${name} never saw ${words}:\n${sees()}`)
    },
  }
  return self
}

function filled(form: PigeonForm, entered: Readonly<Record<string, string | readonly string[]>>) {
  for (const name of Object.keys(entered)) {
    if (!form.fields.some((field) => field.name === name))
      throw new Error(`${form.title} has no field ${name}`)
  }
  return Object.fromEntries(
    form.fields.map(({ name, required, max = Number.POSITIVE_INFINITY, value = '' }) => {
      const given = entered[name] ?? value
      if (required && given.length === 0) throw new Error(`${name} has to be filled in`)
      if (given.length > max) throw new Error(`${name} takes at most ${max}`)
      return [name, given]
    }),
  )
}
