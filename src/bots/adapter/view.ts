import type { SecretId } from '../../core/format/id.ts'
import type { Secret } from '../../core/format/secret.ts'
import type { OpenPress, Press } from './press.ts'

/**
 * A piece of a line. `text` is ours and may be styled; `verbatim` is theirs and is shown to the letter, as text and
 * nothing else. Only where it says so is it an address of ours, to be copied or followed, and never one that the
 * platform fetches for a preview.
 */
export type Part =
  | { readonly text: string }
  | { readonly strong: string }
  | { readonly verbatim: string; readonly address?: 'to-copy' | 'to-follow' }
  /** A user id of the platform, shown as a mention that notifies nobody. */
  | { readonly person: string }
  /** A channel id of the platform. */
  | { readonly channel: string }
  /** ms since epoch, shown in the reader's own time zone. */
  | { readonly when: number; readonly as: 'time' | 'day' | 'relative' }

/** A button, with everything that its press needs. */
export interface Button {
  readonly label: string
  readonly press: Press
  readonly tone?: 'primary' | 'danger'
  /** Asked before the press counts, where the platform can. */
  readonly sure?: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string }
}

/** One part of a message, on a line of its own. */
export type Block =
  | { readonly block: 'heading'; readonly text: string }
  /** One paragraph, with at most one button beside it. `quiet` is small print. */
  | {
      readonly block: 'line'
      readonly parts: readonly Part[]
      readonly quiet?: true
      readonly button?: Button
    }
  | { readonly block: 'buttons'; readonly buttons: readonly Button[] }

/** A message for one reader or for a channel. */
export interface Message {
  /** Constant words for push notifications and e-mail: nothing that a person typed. */
  readonly summary: string
  readonly blocks: readonly Block[]
}

/** Where a person acted. */
export interface Place {
  readonly channel: string
  /** `bot`: the person's conversation with the bot. `direct`: between people, the bot is not in it. */
  readonly kind: 'channel' | 'direct' | 'bot'
  /** The platform's own way to answer here without membership (a `response_url`, an interaction token); a capability, never logged. */
  readonly reply?: string
}

/** The names of the fields that a problem can be shown on. */
export type Field = 'to' | 'secret' | 'passphrase' | 'ttl' | 'note'

/** What is wrong with a form, in one sentence for each field. */
export type Problems = Partial<Record<Field, string>>

/** Everything that a person fills in. */
export type Form = ComposeForm | ConfirmForm

/** The form that seals. */
export interface ComposeForm {
  readonly form: 'compose'
  /** Chosen already, user ids. */
  readonly to: readonly string[]
  /** Filled in already; only for "Seal what I just typed". */
  readonly secret?: Secret
  /** Why it is not filled in, if that was asked for. */
  readonly problem?: string
  /** Where it goes when nobody is chosen; absent where a card for the first person has no place. */
  readonly place?: Place
  /** What is longer, or a file, has a page of its own. */
  readonly hasLinks?: true
}

/** "You can open it once." Opens before any I/O, so it knows only what the button carried. */
export interface ConfirmForm {
  readonly form: 'confirm'
  readonly press: OpenPress
  /** What went wrong on the last try, if any. */
  readonly problem?: string
}

/** What the private surface of one reveal shows. */
export type RevealView =
  | { readonly view: 'opening' }
  | { readonly view: 'confirm'; readonly form: ConfirmForm }
  | {
      readonly view: 'shown'
      readonly id: SecretId
      readonly secret: Secret
      readonly from: string
      /** ms since epoch. */
      readonly wipeAt: number
    }
  /** `isEarly`: before its minute was over, because Sotto stopped. */
  | { readonly view: 'wiped'; readonly isEarly?: boolean }
  | { readonly view: 'message'; readonly message: Message }
