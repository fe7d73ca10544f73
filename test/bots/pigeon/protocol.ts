/**
 * What the documents of Pigeon say, an invented chat: one JSON object a line, both ways, over one TCP connection. The
 * adapter and the double both stand on these types, as others do on a published package.
 */

/** A button; the client itself asks `sure` before the press counts. */
export interface PigeonButton {
  readonly label: string
  readonly press: string
  readonly sure?: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string }
}

/**
 * One line of a message, in Pigeon's markup: `*strong*`, `@p1` a mention, `@everyone` an alarm for the whole room,
 * `#r1` a room, `%<ms>:time%` a moment, and every web address a link. A backslash makes the next character plain.
 */
export interface PigeonLine {
  readonly text: string
  readonly small?: true
  readonly buttons?: readonly PigeonButton[]
}

/** A message. `plain` stands below the lines to the letter, without any markup. */
export interface Body {
  readonly lines: readonly PigeonLine[]
  readonly plain?: string
}

/** One field of a form. */
export interface PigeonField {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly kind: 'people' | 'text' | 'choice'
  readonly required: boolean
  /** Characters, or people. */
  readonly max?: number
  readonly value?: string | readonly string[]
  readonly choices?: readonly { readonly label: string; readonly value: string }[]
}

/** A form. `id` comes back with what was filled in. */
export interface PigeonForm {
  readonly id: string
  readonly title: string
  readonly lead?: string
  readonly fields: readonly PigeonField[]
}

/**
 * What somebody did. It is sent until it is got, so perhaps twice. With its id it can be answered for a quarter of an
 * hour: once by a form, within three seconds, and any number of times by the one private message that belongs to it.
 */
export type Interaction = {
  readonly id: string
  readonly person: string
  readonly name: string
  readonly room: string
  /** `talk`: between one person and the bot. */
  readonly kind: 'room' | 'talk'
} & (
  | { readonly what: 'command'; readonly words: string }
  /** `on`: the message of the button. A private one answers the press in its place. */
  | { readonly what: 'press'; readonly on: string; readonly press: string }
  /** `on`: the message whose button opened the form. */
  | {
      readonly what: 'filled'
      readonly on?: string
      readonly form: string
      readonly fields: Readonly<Record<string, string | readonly string[]>>
    }
  | { readonly what: 'typed'; readonly message: string }
)

/** What the bot asks of Pigeon. Each call is answered by an object with its number, and perhaps an `error`. */
export type Call =
  /** First of all; the answer names the `loft` whose people the connection is for. */
  | { readonly verb: 'hello'; readonly token: string }
  | { readonly verb: 'got'; readonly interaction: string }
  | { readonly verb: 'post'; readonly room: string; readonly under?: string; readonly body: Body }
  | { readonly verb: 'edit'; readonly room: string; readonly message: string; readonly body: Body }
  /** The room between this person and the bot. */
  | { readonly verb: 'talk'; readonly person: string }
  | { readonly verb: 'who'; readonly person: string }
  | { readonly verb: 'read'; readonly room: string; readonly message: string }
  | { readonly verb: 'form'; readonly interaction: string; readonly form: PigeonForm }
  | { readonly verb: 'private'; readonly interaction: string; readonly body: Body }

/** Everything that comes from Pigeon: an answer, or an interaction. */
export type Incoming = ({ readonly answer: number; readonly error?: string } & Fields) | Interaction

/** An answer's own fields, not looked at yet. */
export type Fields = Readonly<Record<string, unknown>>
