import { Secret } from '../../core/format/secret.ts'
import { words } from '../words.ts'
import type { Draft } from './event.ts'
import type { Problems } from './view.ts'

/** What was typed and chosen in the compose form, as the platform's payload has it. */
interface Entered {
  readonly to: readonly string[]
  /** Empty: none was typed. */
  readonly secret: string
  readonly passphrase: string
  /** In seconds; undefined: nobody touched it. */
  readonly ttl: string | undefined
  readonly note: string
}

/**
 * The draft, or what cannot even be tried; the rest is the conversation's to check.
 * @param isShowable whether the platform can show a secret exactly: one that it cannot is refused while its sender has it
 */
export function draftOf(
  { to, secret, passphrase, ttl, note }: Entered,
  isShowable: (secret: string) => boolean = () => true,
): { readonly draft: Draft } | { readonly problems: Problems } {
  const problems: Problems = {}
  if (!secret.isWellFormed()) problems.secret = words.problem.secretInvalid
  else if (secret !== '' && !isShowable(secret)) problems.secret = words.problem.secretUnshowable
  if (!passphrase.isWellFormed()) problems.passphrase = words.problem.secretInvalid
  if (Object.keys(problems).length > 0) return { problems }
  return {
    draft: {
      to,
      secret: Secret.fromText(secret),
      ...(passphrase !== '' && { passphrase: Secret.fromText(passphrase) }),
      ...(ttl !== undefined && { ttlSeconds: Number(ttl) }),
      note: note.trim(),
    },
  }
}

/**
 * What was typed to the bot, to fill the form with; or in one sentence why the form stays empty.
 * @param text undefined: it could not be read again
 */
export function typedSecret(
  text: string | undefined,
  maxChars: number,
): { readonly secret: Secret } | { readonly problem: string } {
  if (text === undefined || text === '' || !text.isWellFormed()) return { problem: words.compose.typedLost }
  if (text.length > maxChars) return { problem: words.compose.typedLong(maxChars) }
  return { secret: Secret.fromText(text) }
}

/** A passphrase as it was typed; undefined when it is empty or holds what no sender could have typed. */
export function passphraseOf(text: string): Secret | undefined {
  return text !== '' && text.isWellFormed() ? Secret.fromText(text) : undefined
}

/** Forgets what was typed, once it is sealed or refused. */
export function wipeDraft({ secret, passphrase }: Draft): void {
  secret.wipe()
  passphrase?.wipe()
}
