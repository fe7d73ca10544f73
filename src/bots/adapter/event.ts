import type { SecretId } from '../../core/format/id.ts'
import type { Secret } from '../../core/format/secret.ts'
import type { Person, Surface } from './platform.ts'
import type { OpenPress, Press } from './press.ts'
import type { Form, Message, Place, Problems } from './view.ts'

/** What a person did that opens a form; answered without I/O. */
export type FormEvent =
  | {
      readonly act: 'compose'
      readonly by: Person
      readonly to: readonly string[]
      readonly place?: Place
      readonly secret?: Secret
      readonly problem?: string
    }
  | { readonly act: 'open'; readonly by: Person; readonly press: OpenPress }

/** What was filled into the compose form. */
export interface Draft {
  readonly to: readonly string[]
  readonly secret: Secret
  readonly passphrase?: Secret
  /** Absent: nobody touched what the form starts with. */
  readonly ttlSeconds?: number
  readonly note: string
}

/** What a person did that is answered with a message. */
export type Event =
  | { readonly act: 'help'; readonly by: Person }
  /** Words after the command that are neither a person nor a known word. They are not passed on. */
  | { readonly act: 'typed-in-command'; readonly by: Person }
  | { readonly act: 'list'; readonly by: Person; readonly before: string }
  | { readonly act: 'burn'; readonly by: Person; readonly id: SecretId }
  | {
      readonly act: 'tell'
      readonly by: Person
      readonly place?: Place
      readonly press: Extract<Press, { act: 'tell' }>
    }
  /** Something typed to the bot; `message` finds it again when the person presses. */
  | { readonly act: 'typed'; readonly by: Person; readonly message: string }
  /** Asks `to` for a secret, or with nobody named makes a drop link for somebody outside. */
  | {
      readonly act: 'ask'
      readonly by: Person
      /** How the page outside names who asks; shown, never trusted. */
      readonly name: string
      readonly to?: string
      readonly note: string
    }
  /** Wants the page for what does not fit a form. */
  | { readonly act: 'link'; readonly by: Person }
  | { readonly act: 'unknown-button'; readonly by: Person }

/** A compose form that was sent off. */
export interface SendEvent {
  readonly act: 'send'
  readonly by: Person
  readonly draft: Draft
  readonly place?: Place
}

/** A checked draft with the people whom the platform found. */
export interface Ready {
  readonly event: SendEvent
  /** Empty: for the first person in the place. */
  readonly people: readonly Person[]
}

/** Somebody wants to open a card, and where it would be shown. */
export interface RevealEvent {
  readonly act: 'reveal'
  readonly by: Person
  readonly press: OpenPress
  /** Where the card was pressed. */
  readonly place?: Place
  readonly passphrase?: Secret
  readonly surface: Surface
}

/** The answer to an `Event`; only the person who acted sees it. */
export interface Reply {
  readonly message: Message
}

/** What every platform's adapter talks to: what a person did goes in, what they see comes out. */
export interface Conversation {
  /** The form to open, at once: no I/O, so that it is on the screen within the platform's 3 s. */
  form(event: FormEvent): Form

  /** What is wrong with a filled form, field by field, or what is ready to be sent. Nothing is stored. */
  check(event: SendEvent): Promise<{ readonly problems: Problems } | { readonly ready: Ready }>

  /** Seals and delivers; the reply says what became of each recipient. */
  send(ready: Ready): Promise<Reply>

  /** What to show instead of the confirm form when the secret cannot be opened by this person now; undefined when it can. */
  peek(event: Omit<RevealEvent, 'surface' | 'passphrase'>): Promise<Message | undefined>

  /** The whole reveal on its surface. True when the secret stands there and has to be wiped later. */
  reveal(event: RevealEvent): Promise<boolean>

  /**
   * The minute of what this process has shown is over. Whoever is at it already, it is done once; `directly` does it
   * where the store cannot say. Does not reject.
   */
  wipe(id: SecretId, directly: () => Promise<unknown>): Promise<void>

  /** This process stops while a secret stands there: asks whether another lives. False: that cannot be asked. Does not reject. */
  callOthers(id: SecretId): Promise<boolean>

  /** Whether one has answered since, and so wipes in time what this one leaves. Does not reject. */
  othersAnswered(id: SecretId): Promise<boolean>

  /** It is proven that the secret stands on no screen any more: nobody wipes it later. Does not reject. */
  wiped(id: SecretId): Promise<void>

  answer(event: Event): Promise<Reply>
}
