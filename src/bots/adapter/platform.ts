import type { Message, Place, RevealView } from './view.ts'

/** Someone on a platform, as its signed payload names them; never a display name. */
export interface Person {
  readonly tenant: string
  readonly id: string
}

/** Where a posted message stands. */
export interface At {
  readonly channel: string
  readonly message: string
}

/**
 * Why a call was not `ok`. `definitive`: proven to have had no effect. `ambiguous`: everything else, any unlisted code
 * included.
 */
export type Failure =
  /**
   * `gone`: it will never have one, whoever tries again (a deleted message, a closed account). `afterMs`: how long the
   * platform wants to be left alone.
   */
  | { readonly why: 'definitive'; readonly code: string; readonly gone?: true; readonly afterMs?: number }
  | { readonly why: 'ambiguous'; readonly code: string }

/** A place that the bot has no way to: it is no member there, and was not asked there either. */
export const noWay = { why: 'definitive', code: 'no_way', gone: true } as const satisfies Failure

/** How long somebody, or what they typed, is looked for while a person waits within the platform's 3 s; ms. */
export const lookUpMs = 1_500

/** What became of one call. */
export type Delivery = { readonly why: 'ok' } | Failure

/** `at` is absent where the platform does not say where it stands (an answer through `Place.reply`). */
export type Posted = { readonly why: 'ok'; readonly at?: At } | Failure

/** Who an id is, or why it can be no recipient. */
export type Found =
  | { readonly why: 'person'; readonly person: Person }
  | { readonly why: 'unknown' | 'bot' | 'deactivated'; readonly id: string }
  /** The platform did not answer in time. */
  | { readonly why: 'unreachable'; readonly id: string; readonly code: string }

/** A person's conversation with the bot, by user id; a place; or below a message, so that it is seen as its answer. */
export type Target = { readonly person: string } | { readonly place: Place } | { readonly under: At }

/** What the conversation needs of a chat platform. No method rejects. */
export interface Platform {
  /** Its own word for itself, which stands in what is stored: lower-case letters, digits and `-`, at most 40. */
  readonly name: string
  /** The help's sentences on how to begin, which are the platform's own. */
  readonly begin: readonly string[]
  readonly maxSecretChars: number
  readonly maxNoteChars: number
  readonly maxRecipients: number

  /** Who the chosen ids are, in their order, within `lookUpMs`. */
  find(ids: readonly string[], by: Person): Promise<readonly Found[]>

  /** Posts once. */
  post(target: Target, message: Message): Promise<Posted>

  /** Shows `message` to one person in a channel if that happens to work: not durable, never the only carrier. */
  hint(place: Place, person: string, message: Message): Promise<void>

  /** Replaces a posted message. */
  edit(at: At, message: Message): Promise<Delivery>

  /**
   * One attempt to take away what stands on a surface, from whichever process. `ok`: it is gone, or was already.
   * @param note its surface's `Wiping.note`
   * @param isEarly before its minute is over, because Sotto stops: its reader is told so
   */
  wipe(note: string, isEarly: boolean): Promise<Delivery>
}

/** How a surface is wiped by whoever is alive then. */
export interface Wiping {
  /** What finds it again, a key to it included; at most 1,000 characters of ASCII. Kept sealed, and erased with the proof. */
  readonly note: string
  /** How long the note may still be of use, ms; after it nobody tries any more. */
  readonly forMs: number
}

/** The private surface of one reveal: one person's modal or ephemeral message. No method rejects. */
export interface Surface {
  /** Shows "Opening…" and so proves, before anything is consumed, that the surface is there. */
  prepare(): Promise<Delivery>

  /** Once it is prepared: how it is wiped. Kept in the store before anything is shown. */
  wiping(): Wiping

  /**
   * One attempt to replace what the surface shows; the same view again is harmless. `attempt` counts from 1: an
   * answer such as "closed" proves on the first attempt only that nothing was shown.
   */
  show(view: RevealView, attempt: number): Promise<Delivery>

  /** Replaces the pressed card through the press itself, where the platform lets that work without membership. */
  replaceCard(message: Message): Promise<void>
}
