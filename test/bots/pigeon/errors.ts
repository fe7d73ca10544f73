import type { Failure } from '../../../src/bots/adapter/platform.ts'
import { safeCode } from '../../../src/core/log.ts'

/** Refusals that prove that nothing was done. */
const refusedNow = [
  'slow_down',
  'too_long',
  'bad_call',
  'too_late',
  'already_answered',
  'no_such_interaction',
]

/** Those that no later attempt changes. */
const refusedForGood = ['blocked', 'not_a_member', 'no_such_person', 'no_such_room', 'no_such_message']

/** What an error of Pigeon proves. A code that nobody here knows proves nothing. */
export function classify(code: string): Failure {
  if (refusedForGood.includes(code)) return { why: 'definitive', code, gone: true }
  if (refusedNow.includes(code)) return { why: 'definitive', code }
  return { why: 'ambiguous', code: safeCode(code) }
}

/** The line never left. */
export const notSent: Failure = { why: 'definitive', code: 'not_connected' }

/** The line left, and no answer came. */
export const unanswered = {
  lost: { why: 'ambiguous', code: 'connection_lost' },
  late: { why: 'ambiguous', code: 'timeout' },
} as const satisfies Record<string, Failure>
