import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../../../core/log.ts'
import type { Clock } from '../../adapter/clock.ts'

/** How far a request's time may be from ours, both ways, in seconds. */
const freshSeconds = 300

/** The largest request that is read; Slack's own are far smaller. */
export const maxBodyBytes = 256 * 1024

interface SignatureCheckOptions {
  readonly signingSecret: string
  readonly log: Log
  readonly clock: Pick<Clock, 'now'>
  /** Where a request goes that is proven to come from Slack; its body stands in `rawBody`. */
  pass(request: IncomingMessage & { rawBody: Buffer }, response: ServerResponse): void
}

/**
 * Stands before Bolt's receiver: nothing unsigned, too large or out of time reaches it. Bolt checks the signature once
 * more, but reads any body first, lets `ssl_check` through unsigned, and takes requests from the future.
 */
export function signatureCheck(
  options: SignatureCheckOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { log, pass } = options
  const refuse = (response: ServerResponse, status: number, reason: string) => {
    log({ event: 'request-refused', platform: 'slack', reason })
    if (!response.headersSent) response.writeHead(status, { connection: 'close' }).end()
  }
  return (request, response) => {
    if (request.method !== 'POST') return refuse(response, 405, 'method')
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes)
      return refuse(response, 413, 'too-large')
    const early = wrongHeaders(request, options)
    if (early !== undefined) return refuse(response, 401, early)
    readBody(request).then(
      (rawBody) => {
        const reason =
          rawBody === undefined ? 'too-large' : wrongBody(request, rawBody, options.signingSecret)
        if (rawBody === undefined || reason !== undefined) {
          return refuse(response, reason === 'too-large' ? 413 : 401, reason ?? 'unreadable')
        }
        pass(Object.assign(request, { rawBody }), response)
      },
      () => refuse(response, 400, 'unreadable'),
    )
  }
}

/** What is wrong before the body is looked at. */
function wrongHeaders(
  request: IncomingMessage,
  { signingSecret, clock }: SignatureCheckOptions,
): string | undefined {
  if (signingSecret === '') return 'no-signing-secret'
  const timestamp = header(request, 'x-slack-request-timestamp')
  if (!/^\d{1,12}$/.test(timestamp)) return 'no-timestamp'
  if (Math.abs(Math.floor(clock.now() / 1000) - Number(timestamp)) > freshSeconds) return 'not-fresh'
  return header(request, 'x-slack-signature') === '' ? 'not-signed' : undefined
}

/** `v0=` and the HMAC-SHA-256 of `v0:timestamp:body` (docs.slack.dev, Verifying requests from Slack). */
function wrongBody(request: IncomingMessage, body: Buffer, signingSecret: string): string | undefined {
  const signed = createHmac('sha256', signingSecret)
    .update(`v0:${header(request, 'x-slack-request-timestamp')}:`)
    .update(body)
    .digest('hex')
  const expected = Buffer.from(`v0=${signed}`)
  const given = Buffer.from(header(request, 'x-slack-signature'))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong-signature'
  // Bolt's receiver reads fields of the parsed body without looking, and a `null` would end the process.
  return /^\s*(?:null\s*$|payload=(?:%20|\+)*null)/.test(body.toString('latin1', 0, 64))
    ? 'no-object'
    : undefined
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > maxBodyBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** A header that is there exactly once. */
function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}
