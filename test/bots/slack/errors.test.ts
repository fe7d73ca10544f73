import { createServer, type Server } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ownTime } from '../../../doubles/run/own-time.ts'
import { freePort } from '../../../doubles/run/redis-server.ts'
import { api } from '../../../src/bots/slack/api.ts'
import {
  classify,
  definitiveCodes,
  failureOf,
  goneCodes,
  httpFailure,
} from '../../../src/bots/slack/errors.ts'

/**
 * The error codes that Slack's reference lists for the methods that Sotto calls, and what each proves of a first
 * attempt (docs.slack.dev/reference/methods, November 2026): n = nothing happened, g = nor ever will, ? = unknown.
 */
const documented = `
access_denied n, account_inactive n, cannot_dm_bot g, cant_update_message g, channel_not_found g,
duplicate_external_id n, edit_window_closed g, ekm_access_denied n, exchanged_trigger_id n, expired_trigger_id n,
expired_url n, hash_conflict n, invalid_arg_name n, invalid_arguments n, invalid_array_arg n, invalid_auth n,
invalid_blocks n, invalid_blocks_format n, invalid_charset n, invalid_form_data n, invalid_json n, invalid_post_type n,
invalid_trigger_id n, is_archived g, json_not_object n, message_not_found g, messages_tab_disabled g, missing_post_type n,
missing_scope n, msg_blocks_too_long n, msg_too_long n, no_permission n, no_service n, no_text n, not_allowed_token_type n,
not_authed n, not_enabled n, not_found n, not_in_channel g, org_login_required n, push_limit_reached n, rate_limited n,
ratelimited n, restricted_action g, restricted_action_non_threadable_channel g, restricted_action_read_only_channel g,
restricted_action_thread_only_channel g, team_access_not_granted n, thread_not_found g, token_expired n, token_revoked n,
trigger_exchanged n, trigger_expired n, two_factor_setup_required n, unknown_method n, used_url n, user_disabled g,
user_not_found g, user_not_in_channel g, user_not_visible g, users_not_found g, view_too_large n,
accesslimited ?, accessibility_error ?, as_user_not_supported ?, block_mismatch ?, cannot_reply_to_message ?,
deprecated_endpoint ?, duplicate_channel_not_found ?, duplicate_message_not_found ?, enterprise_is_restricted ?,
external_channel_migrating ?, external_id_not_found ?, fatal_error ?, feature_not_enabled ?, internal_error ?,
invalid_attachments ?, invalid_cursor ?, invalid_limit ?, invalid_metadata_format ?, invalid_metadata_schema ?,
invalid_ts_latest ?, invalid_ts_oldest ?, invalid_users ?, is_inactive ?, markdown_text_conflict ?, metadata_must_be_sent_from_app ?,
metadata_too_large ?, method_deprecated ?, method_not_supported_for_channel_type ?, missing_file_data ?,
must_be_restricted_to_user ?, no_dual_broadcast_content_update ?, not_enough_users ?, service_unavailable ?,
request_timeout ?, slack_connect_blocked_file_type ?, slack_connect_canvas_sharing_blocked ?,
slack_connect_file_link_sharing_blocked ?, slack_connect_lists_sharing_blocked ?, streaming_state_conflict ?,
team_added_to_org ?, team_not_found ?, too_many_attachments ?, too_many_contact_cards ?, too_many_users ?,
unsupported_type ?, update_failed ?, users_list_not_supplied ?, view_type_mismatch ?, frobnicated ?
`
  .trim()
  .split(/,\s*/)
  .map((entry) => entry.split(' ') as [string, 'n' | 'g' | '?'])

/** The codes that `WebClient` itself gives to what it throws. */
const thrown: readonly (readonly [string, object, 'definitive' | 'ambiguous'])[] = [
  ['slack_webapi_request_error', { original: new Error('socket hang up') }, 'ambiguous'],
  ['slack_webapi_http_error', { statusCode: 503 }, 'ambiguous'],
  ['slack_webapi_http_error', { statusCode: 404 }, 'ambiguous'],
  ['slack_webapi_http_error', { statusCode: 429 }, 'definitive'],
  ['slack_webapi_platform_error', { data: { error: 'expired_trigger_id' } }, 'definitive'],
  ['slack_webapi_platform_error', { data: { error: '<html>bad gateway' } }, 'ambiguous'],
  ['slack_webapi_platform_error', {}, 'ambiguous'],
  ['slack_webapi_rate_limited_error', { retryAfter: 30 }, 'definitive'],
  ['slack_webapi_file_upload_invalid_args_error', {}, 'ambiguous'],
  ['slack_webapi_file_upload_read_file_data_error', {}, 'ambiguous'],
  ['slack_webapi_invented_tomorrow', {}, 'ambiguous'],
]

type Classify = typeof classify

/** The entries of the table that a classifier gets wrong. */
function wrong(candidate: Classify): readonly string[] {
  return documented
    .filter(([code, proves]) => {
      const first = candidate(code)
      const later = candidate(code, 2)
      const definitive = proves !== '?'
      return (
        (first.why === 'definitive') !== definitive ||
        (first.why === 'definitive' && first.gone === true) !== (proves === 'g') ||
        (later.why === 'definitive') !== (definitive && code !== 'not_found')
      )
    })
    .map(([code]) => code)
}

describe('the table of error codes', () => {
  it('knows what every documented code proves, and doubts every other', () => {
    expect(documented.length).toBeGreaterThan(100)
    expect(wrong(classify)).toEqual([])
  })

  it('has no code that is not documented here', () => {
    const known = new Set(documented.map(([code]) => code))
    expect([...definitiveCodes, ...goneCodes].filter((code) => !known.has(code))).toEqual([])
    expect(new Set(definitiveCodes).size).toBe(definitiveCodes.length)
  })

  it.each<[string, Classify]>([
    ['takes an unknown code for a proof', (code) => ({ why: 'definitive', code })],
    ['takes every code for a doubt', (code) => ({ why: 'ambiguous', code })],
    ['takes a closed view for a proof on any attempt', (code) => classify(code, 1)],
    [
      'lets a blocked recipient look like a passing failure',
      (code, attempt) => {
        const { why } = classify(code, attempt)
        return { why, code }
      },
    ],
  ])('catches a version that %s', (_, broken) => {
    expect(wrong(broken)).not.toEqual([])
  })

  it.each(thrown)('reads %s with %o as %s', (code, fields, why) => {
    expect(failureOf(Object.assign(new Error('never read'), { code }, fields)).why).toBe(why)
  })

  it('puts nothing into a code that came from outside and is no code', () => {
    const failure = failureOf(
      Object.assign(new Error(), {
        code: 'slack_webapi_platform_error',
        data: { error: 'the secret is hunter2' },
      }),
    )
    expect(failure).toEqual({ why: 'ambiguous', code: 'unknown' })
  })

  it.each([200, 301, 400, 403, 500, 502, 503, 504])('doubts the status %i', (status) => {
    expect(httpFailure(status).why).toBe('ambiguous')
  })
})

describe('a connection', () => {
  const log = () => {}
  const at = (port: number) => api({ botToken: 'xoxb-1', apiUrl: `http://127.0.0.1:${port}/api/`, log })

  it('that is refused proves that nothing was sent', async () => {
    const slack = at(await freePort())
    expect(await slack.call('views.update', {})).toEqual({ why: 'definitive', code: 'ECONNREFUSED' })
    const url = `http://127.0.0.1:${await freePort()}/actions/T/1/x`
    const elsewhere = await at(Number(new URL(url).port)).respond(url, {})
    expect(elsewhere).toEqual({ why: 'definitive', code: 'ECONNREFUSED' })
  })

  it('to a host that has no address proves the same', async () => {
    const nowhere = api({ botToken: 'x', apiUrl: 'http://sotto.invalid/api/', log })
    expect((await nowhere.call('views.update', {})).why).toBe('definitive')
  })

  it('that dies after the request leaves a doubt', async () => {
    const { server, port } = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect((await at(port).call('views.update', {})).why).toBe('ambiguous')
    server.close()
  })

  it('that answers nonsense leaves a doubt', async () => {
    const { server, port } = await listen((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull')),
    )
    expect((await at(port).call('views.update', {})).why).toBe('ambiguous')
    server.close()
  })

  it('that never answers leaves a doubt, after four seconds', async () => {
    const { server, port } = await listen(() => {})
    const started = ownTime()
    expect(await at(port).call('views.update', {})).toEqual({ why: 'ambiguous', code: 'timeout' })
    expect(ownTime() - started).toBeLessThan(5_000)
    server.close()
  })
})

async function listen(
  serve: (socket: import('node:net').Socket) => void,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0 }
}
