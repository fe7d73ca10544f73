import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { safeCode } from '../../core/log.ts'
import type { Failure } from '../adapter/platform.ts'
import { transportFailure } from '../adapter/transport-failure.ts'

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json: the refusals that prove that nothing was done. */
const refusals = {
  10015: 'unknown webhook: the interaction was never answered',
  10062: 'unknown interaction: later than 3 s',
  20016: 'slowmode',
  20028: 'channel write limit',
  20029: 'server write limit',
  30046: 'too many edits of an old message',
  40003: 'opening direct messages too fast',
  40062: 'resource rate limited',
  40094: 'no more follow-ups',
  50006: 'empty message',
  50013: 'missing permissions',
  50027: 'interaction token over',
  50035: 'invalid form body',
} as const

/** Refusals that no later attempt changes. */
const goneForEver = {
  10003: 'unknown channel',
  10008: 'unknown message',
  10013: 'unknown user',
  50001: 'missing access',
  50007: 'takes no direct messages',
  50278: 'no mutual server',
} as const

/** The codes that prove that nothing was done; every other one, known or not, leaves it open. */
const definitiveCodes: readonly number[] = [...Object.keys(refusals), ...Object.keys(goneForEver)].map(Number)

/** Those of them that no later attempt changes. */
const goneCodes: readonly number[] = Object.keys(goneForEver).map(Number)

/** What proves of a private message that nobody can read it any more, or that nobody can do anything about it. */
const nowhere = ['10008', '10015', '10062', '50027']

/** Whether there is nothing left to wipe. */
export function isNowhere({ code }: Failure): boolean {
  return nowhere.includes(code)
}

/** Somebody acknowledged this interaction before: another process, or a duplicate. */
export const alreadyAcknowledged = '40060'

/** What an error of a call proves. The library's errors hold the request, so they end here: a code is all that leaves. */
export function classify(error: unknown): Failure {
  if (error instanceof RateLimitError) {
    return { why: 'definitive', code: '429', ...(error.retryAfter > 0 && { afterMs: error.retryAfter }) }
  }
  if (error instanceof DiscordAPIError) return refusal(error)
  if (error instanceof HTTPError) return { why: 'ambiguous', code: `http_${error.status}` }
  return transportFailure(error)
}

function refusal({ code: raw, status }: DiscordAPIError): Failure {
  if (status === 429) return { why: 'definitive', code: '429' }
  // Code 0 with 401: our own token is no longer valid, so nothing was done for us.
  if (status === 401 && raw === 0) return { why: 'definitive', code: '401' }
  const code = safeCode(String(raw))
  if (goneCodes.includes(Number(code))) return { why: 'definitive', code, gone: true }
  return { why: definitiveCodes.includes(Number(code)) ? 'definitive' : 'ambiguous', code }
}
