import type { SecretId } from './format/id.ts'
import type { State } from './store.ts'

/**
 * Everything that Sotto may ever log. A closed list: what has no event here is not logged, so nothing needs to be
 * redacted. No event has a field that a person can fill with text.
 */
export type LogEvent =
  | { readonly event: 'started'; readonly store: string; readonly bots: string; readonly readyMs: number }
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped'; readonly unfinished: number }
  | { readonly event: 'finding'; readonly severity: 'refuse' | 'warn'; readonly text: string }
  /** So many lines before this one could not be written. */
  | { readonly event: 'log-dropped'; readonly lines: number }
  | { readonly event: 'key-file-created'; readonly path: string }
  | { readonly event: 'listening'; readonly host: string; readonly port: number }
  | {
      readonly event: 'platform-down'
      readonly platform: string
      readonly code: string
      readonly tries: number
    }
  | { readonly event: 'platform-up'; readonly platform: string }
  | {
      readonly event: 'platform-call-failed'
      readonly platform: string
      readonly call: string
      readonly code: string
    }
  | { readonly event: 'malformed'; readonly platform: string; readonly what: string }
  | { readonly event: 'request-refused'; readonly platform: string; readonly reason: string }
  | {
      readonly event: 'handler-failed'
      readonly platform: string
      readonly what: string
      readonly code: string
    }
  | { readonly event: 'store-failed'; readonly call: string; readonly code: string }
  | { readonly event: 'unconfirmed'; readonly platform: string; readonly id: SecretId; readonly code: string }
  | {
      readonly event: 'alarm'
      readonly what: 'tampered' | 'unknown-key' | 'locked' | 'not-me'
      readonly id: SecretId
    }
  | {
      readonly event: 'notice-failed'
      readonly platform: string
      readonly id: SecretId
      readonly state: State
    }
  | { readonly event: 'news-given-up'; readonly id: SecretId; readonly state: State }
  | { readonly event: 'errand-given-up'; readonly id: SecretId; readonly name: string }
  | { readonly event: 'errand-failed'; readonly id: SecretId; readonly name: string; readonly code: string }
  | { readonly event: 'shard-shared'; readonly platform: string; readonly shard: number }

/** Writes one event. Must not throw. */
export type Log = (event: LogEvent) => void

/** A code from outside, for a log line: others put whole sentences in its place, which may quote anything. */
export function safeCode(code: string): string {
  return /^[\w.-]{1,64}$/.test(code) ? code : 'unknown'
}

/** The code of an error, for a log line: `code`, and a store's reason behind a dot; else its name, never its message. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown'
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number'))
    return safeCode(String(error.code) + reasonOf(error))
  return error instanceof Error ? safeCode(error.name) : 'unknown'
}

/** Why a store was away, as far as it knows. Of other errors a reason may be anybody's text. */
function reasonOf(error: object): string {
  const known =
    error instanceof Error && error.name === 'StoreError' && 'reason' in error ? error.reason : undefined
  return typeof known === 'string' ? `.${known}` : ''
}
