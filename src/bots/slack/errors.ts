import { safeCode } from '../../core/log.ts'
import type { Failure } from '../adapter/platform.ts'
import { transportFailure } from '../adapter/transport-failure.ts'

/** Refused before anything happened; the same call may go well another time. */
const refusedNow = [
  // Rate limits, in both spellings that Slack uses.
  'ratelimited',
  'rate_limited',
  // Views: the trigger came too late or twice, the view changed or cannot be taken.
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
  'trigger_expired',
  'trigger_exchanged',
  'hash_conflict',
  'push_limit_reached',
  'view_too_large',
  'duplicate_external_id',
  'not_enabled',
  // Arguments that were never looked at further.
  'invalid_arguments',
  'invalid_arg_name',
  'invalid_array_arg',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_charset',
  'invalid_form_data',
  'invalid_json',
  'json_not_object',
  'invalid_post_type',
  'missing_post_type',
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'unknown_method',
  // A token that may not do it.
  'not_authed',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'token_expired',
  'token_revoked',
  'account_inactive',
  'access_denied',
  'team_access_not_granted',
  'ekm_access_denied',
  'org_login_required',
  'two_factor_setup_required',
  // An answer's address that is used up.
  'used_url',
  'expired_url',
  'no_service',
] as const

/** Refused for good: whoever tries again is refused again. */
const refusedForGood = [
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'message_not_found',
  'thread_not_found',
  'cant_update_message',
  'edit_window_closed',
  'cannot_dm_bot',
  'user_disabled',
  'user_not_found',
  'users_not_found',
  'user_not_visible',
  'user_not_in_channel',
  'messages_tab_disabled',
] as const

const now: ReadonlySet<string> = new Set(refusedNow)
const forGood: ReadonlySet<string> = new Set(refusedForGood)

/** Every code that proves that a call had no effect, without `not_found`, which proves it on a first attempt only. */
export const definitiveCodes: readonly string[] = [...refusedNow, ...refusedForGood]

/** Those of them that no later attempt changes. */
export const goneCodes: readonly string[] = refusedForGood

/**
 * The one table of what an error code proves. A view that is `not_found` was closed: on the first attempt nothing can
 * have been shown, on a later one an earlier attempt may have been. Every code that is not listed is ambiguous.
 */
export function classify(code: string, attempt = 1): Failure {
  if (now.has(code)) return { why: 'definitive', code }
  if (forGood.has(code)) return { why: 'definitive', code, gone: true }
  if (code === 'not_found') return { why: attempt <= 1 ? 'definitive' : 'ambiguous', code }
  return { why: 'ambiguous', code: safeCode(code) }
}

/** What a failed call proves, from the error that `WebClient` or `fetch` threw. Reads neither message nor body. */
export function failureOf(error: unknown, attempt = 1): Failure {
  switch (field(error, 'code')) {
    case 'slack_webapi_platform_error':
      return classify(String(field(field(error, 'data'), 'error')), attempt)
    case 'slack_webapi_rate_limited_error':
      return { why: 'definitive', code: 'rate_limited', ...waitOf(field(error, 'retryAfter')) }
    case 'slack_webapi_http_error':
      return httpFailure(Number(field(error, 'statusCode')))
    default:
      return transportFailure(field(error, 'original') ?? error)
  }
}

function waitOf(seconds: unknown): { readonly afterMs?: number } {
  return typeof seconds === 'number' && seconds > 0 ? { afterMs: seconds * 1_000 } : {}
}

/** A status other than 200: only "too many requests" proves that nothing happened. */
export function httpFailure(status: number): Failure {
  return { why: status === 429 ? 'definitive' : 'ambiguous', code: `http_${status}` }
}

/** Whether Slack itself answered, be it with a refusal: then it can be reached. */
export function answered(error: unknown): boolean {
  const code = field(error, 'code')
  return code === 'slack_webapi_platform_error' || code === 'slack_webapi_rate_limited_error'
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
