import { encoded, type HttpAnswer, type HttpEvents, type Kind, signature } from './http-events.ts'
import type { Fields } from './shapes.ts'

/** A request that pretends to be Slack's. */
export interface Forgery {
  how:
    | 'valid'
    | 'unsigned'
    | 'wrong-key'
    | 'empty-key'
    | 'old'
    | 'future'
    | 'no-timestamp'
    | 'ssl-check'
    | 'altered-body'
    | 'huge-body'
  kind: Kind
  payload: Fields
  /** How old or how far in the future, in seconds; 301 unless given. */
  seconds?: number
  /** Size of the huge body in bytes; 1 MiB unless given. */
  bytes?: number
}

/**
 * Sends a forgery, and gives back what the app answered; status 0 when it cut the connection.
 * @param now ms since epoch, what `old` and `future` are counted from
 */
export function forge(http: HttpEvents, secret: string, forgery: Forgery, now: number): Promise<HttpAnswer> {
  const { how, kind, payload, seconds = 301, bytes = 1_048_576 } = forgery
  let { body, contentType } = encoded(kind, payload)
  if (how === 'huge-body') {
    const rest = Math.max(0, bytes - body.length)
    body = kind === 'events_api' ? body + ' '.repeat(rest) : `${body}&filler=${'x'.repeat(rest)}`
  }
  if (how === 'ssl-check') {
    body = `ssl_check=1&${body}`
    contentType = 'application/x-www-form-urlencoded'
  }
  const shift = how === 'old' ? -seconds : how === 'future' ? seconds : 0
  const timestamp = Math.floor(now / 1_000) + shift
  const key = how === 'wrong-key' ? `${secret}0` : how === 'empty-key' ? '' : secret
  const signed = signature(key, timestamp, body)
  const headers: Record<string, string> = { 'content-type': contentType }
  if (how !== 'no-timestamp') headers['x-slack-request-timestamp'] = String(timestamp)
  if (how !== 'unsigned' && how !== 'ssl-check') headers['x-slack-signature'] = signed
  // A space in a form or before JSON changes no meaning, only the signature.
  const sent = how === 'altered-body' ? `${body}${kind === 'events_api' ? ' ' : '&a=1'}` : body
  return http.post(sent, 10_000, headers, true)
}
