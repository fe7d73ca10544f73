import { webApi } from '@slack/bolt'
import type { Log } from '../../core/log.ts'
import type { Outage } from '../adapter/outage.ts'
import { type Failure, lookUpMs } from '../adapter/platform.ts'
import { answered, classify, failureOf, httpFailure } from './errors.ts'
import type { Method } from './scopes.ts'
import { quietLogger } from './transport/quiet-logger.ts'

/** What Slack answered, or why a call was not `ok`. */
export type Answer = { readonly why: 'ok'; readonly body: Readonly<Record<string, unknown>> } | Failure

/** Slack's Web API and its response URLs: one request for each call, never a second by itself. Nothing rejects. */
export interface Api {
  /** `attempt` counts the calls with the same effect, from 1. */
  call(method: Method, args: Readonly<Record<string, unknown>>, attempt?: number): Promise<Answer>
  /** The same within `lookUpMs`, for what a person waits for. */
  ask(method: Method, args: Readonly<Record<string, unknown>>): Promise<Answer>
  /** Posts to a response URL. */
  respond(url: string, body: Readonly<Record<string, unknown>>): Promise<Answer>
}

interface ApiOptions {
  readonly botToken: string
  readonly apiUrl: string
  readonly log: Log
  /** Where the calls tell whether Slack can be reached. */
  readonly outage?: Outage
}

/** Where Slack's own Web API is. */
export const slackUrl = 'https://slack.com/api/'

/** Three attempts fit into a reveal's lease. */
const callMs = 4_000

/** Bolt's clients retry for half an hour without a timeout unless they are told otherwise. */
export const singleShot = {
  logger: quietLogger,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  allowAbsoluteUrls: false,
  maxRequestConcurrency: 500,
} as const

/** The calls of one bot; each failure is logged, and told to `outage` where there is one. */
export function api({ botToken, apiUrl, log, outage }: ApiOptions): Api {
  const client = (timeout: number) =>
    new webApi.WebClient(botToken, { ...singleShot, slackApiUrl: apiUrl, timeout })
  const calls = client(callMs)
  const questions = client(lookUpMs)

  async function send(
    client: webApi.WebClient,
    method: Method,
    args: Readonly<Record<string, unknown>>,
    attempt = 1,
  ): Promise<Answer> {
    try {
      const body = { ...(await client.apiCall(method, args)) }
      outage?.up()
      return { why: 'ok', body }
    } catch (error) {
      const failure = failureOf(error, attempt)
      if (answered(error)) outage?.up()
      else outage?.down(failure.code)
      log({ event: 'platform-call-failed', platform: 'slack', call: method, code: failure.code })
      return failure
    }
  }

  return {
    call: (method, args, attempt) => send(calls, method, args, attempt),
    ask: (method, args) => send(questions, method, args),

    async respond(url, body) {
      const answer = mayAnswerAt(url, apiUrl) ? await post(url, body) : classify('foreign_url')
      if (answer.why !== 'ok') {
        log({ event: 'platform-call-failed', platform: 'slack', call: 'response_url', code: answer.code })
      }
      return answer
    },
  }
}

/** Response URLs come from signed payloads; even so nothing is ever sent to another host than Slack's or the configured one. */
export function mayAnswerAt(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, host } = new URL(url)
  const own = new URL(apiUrl)
  if (host === own.host && protocol === own.protocol) return true
  return protocol === 'https:' && ['slack.com', own.hostname].some((name) => hostname.endsWith(`.${name}`))
}

async function post(url: string, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(callMs),
    })
    return read(response.status, await response.text())
  } catch (error) {
    return failureOf(error)
  }
}

/** Slack answers `ok`, or JSON with `ok`, or with a 4xx a code in JSON or bare. */
function read(status: number, text: string): Answer {
  const answer = parse(text)
  if (status === 200 && (text.trim() === 'ok' || answer['ok'] === true)) return { why: 'ok', body: answer }
  if (status === 200 || (status >= 400 && status < 500 && status !== 429)) {
    return classify(typeof answer['error'] === 'string' ? answer['error'] : text.trim())
  }
  return httpFailure(status)
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
