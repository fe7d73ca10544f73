import { minTtlSeconds, startingTtl, validTtl } from '../core/format/expiry.ts'
import { maxPassphraseChars } from '../core/format/kdf.ts'
import type { Draft, SendEvent } from './adapter/event.ts'
import type { Found, Platform } from './adapter/platform.ts'
import type { Field, Place, Problems } from './adapter/view.ts'
import { span, words } from './words.ts'

/** What is wrong with a draft by itself. Characters are UTF-16 units, whatever the platform counts itself. */
export function draftProblems(
  draft: Draft,
  place: Place | undefined,
  platform: Platform,
  maxTtlSeconds: number,
): Problems {
  const problems: Problems = {}
  const set = (field: Field, problem: string) => {
    problems[field] ??= problem
  }
  const text = draft.secret.text()
  if (text.length === 0) set('secret', words.problem.secretEmpty)
  if (text.length > platform.maxSecretChars) set('secret', words.problem.secretLong(platform.maxSecretChars))
  if (draft.note.length > platform.maxNoteChars) set('note', words.problem.noteLong(platform.maxNoteChars))
  if ((draft.passphrase?.text().length ?? 0) > maxPassphraseChars)
    set('passphrase', words.problem.passphraseLong(maxPassphraseChars))
  if (!validTtl(lifetimeOf(draft, maxTtlSeconds), maxTtlSeconds)) {
    set('ttl', words.problem.ttl(span(minTtlSeconds), span(maxTtlSeconds)))
  }
  if (draft.to.length === 0 && (place === undefined || place.kind === 'bot')) set('to', words.problem.nobody)
  if (new Set(draft.to).size > platform.maxRecipients) set('to', words.problem.many(platform.maxRecipients))
  return problems
}

/** How long a draft's secrets can be opened, in seconds: as it says, or as the form started. */
export function lifetimeOf({ ttlSeconds }: Draft, maxTtlSeconds: number): number {
  return ttlSeconds ?? startingTtl(maxTtlSeconds)
}

/** What is wrong with the people who were chosen. */
export function peopleProblem(found: readonly Found[]): string | undefined {
  for (const one of found) if (one.why !== 'person') return words.problem[one.why]
  return undefined
}

/** The recipients whom a form names, each once. */
export function recipients(event: SendEvent): readonly string[] {
  return [...new Set(event.draft.to)]
}
