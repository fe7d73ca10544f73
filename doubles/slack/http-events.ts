import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { afterOwnTime } from '../run/own-time.ts'
import { type Fields, textOf } from './shapes.ts'
import type { Ack } from './socket-mode.ts'

/** Slack's three kinds of deliveries, as Socket Mode names them. */
export type Kind = 'slash_commands' | 'interactive' | 'events_api'

/** What came back over HTTP; status 0 when the connection failed, with the reason as body. */
export interface HttpAnswer {
  status: number
  body: string
  contentType: string
}

/** Slack's signature of a request: `v0=` and the HMAC of `v0:timestamp:body`. */
export function signature(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
}

/** The body and content type in which Slack posts a payload. */
export function encoded(kind: Kind, payload: Fields): { body: string; contentType: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' }
  const fields =
    kind === 'interactive'
      ? [['payload', JSON.stringify(payload)]]
      : Object.entries(payload).map(([key, value]) => [key, textOf(value)])
  return {
    body: new URLSearchParams(fields).toString(),
    contentType: 'application/x-www-form-urlencoded',
  }
}

/** Posts signed payloads to the app's request URL. */
export class HttpEvents {
  readonly #url: string
  readonly #secret: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })

  constructor(url: string, secret: string) {
    this.#url = url
    this.#secret = secret
  }

  /** Posts a payload with a valid signature, and reads the acknowledgement. */
  async send(kind: Kind, payload: Fields, timeoutMs: number, headers: Record<string, string>): Promise<Ack> {
    const { body, contentType } = encoded(kind, payload)
    const timestamp = Math.floor(Date.now() / 1_000)
    const answer = await this.post(body, timeoutMs, {
      'content-type': contentType,
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': signature(this.#secret, timestamp, body),
      ...headers,
    })
    if (answer.status === 0)
      return { ok: false, error: answer.body === 'timeout' ? 'operation_timeout' : 'dispatch_failed' }
    if (answer.status !== 200) return { ok: false, error: 'dispatch_failed', status: answer.status }
    return { ok: true, body: parsed(answer), raw: answer.body }
  }

  /** Posts anything with any headers; on a connection of its own when the app may cut it. */
  post(
    body: string | Buffer,
    timeoutMs: number,
    headers: Record<string, string>,
    alone = false,
  ): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const fail = (why: string) => resolve({ status: 0, body: why, contentType: '' })
      const cancel = afterOwnTime(timeoutMs, () => {
        fail('timeout')
        outgoing.destroy()
      })
      const outgoing = request(
        this.#url,
        {
          method: 'POST',
          agent: alone ? false : this.#agent,
          headers: {
            'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
            accept: 'application/json,*/*',
            'content-length': String(Buffer.byteLength(body)),
            ...headers,
          },
        },
        (incoming) => {
          const parts: Buffer[] = []
          incoming.on('data', (part: Buffer) => parts.push(part))
          incoming.on('error', (error) => fail(error.message))
          incoming.on('end', () => {
            cancel()
            resolve({
              status: incoming.statusCode ?? 0,
              body: Buffer.concat(parts).toString(),
              contentType: incoming.headers['content-type'] ?? '',
            })
          })
        },
      )
      outgoing.on('error', (error) => {
        cancel()
        fail(error.message)
      })
      outgoing.end(body)
    })
  }

  /** Lets go of idle connections. */
  close(): void {
    this.#agent.destroy()
  }
}

function parsed(answer: HttpAnswer): unknown {
  if (answer.body === '') return {}
  if (!answer.contentType.startsWith('application/json')) return { text: answer.body }
  try {
    return JSON.parse(answer.body)
  } catch {
    return { text: answer.body }
  }
}
