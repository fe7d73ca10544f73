import type { z } from 'zod'
import type { SecretId } from '../../core/format/id.ts'
import type { ProblemName } from '../api/problems.ts'
import type {
  answeredResponse,
  askResponse,
  burnedResponse,
  claimResponse,
  coverResponse,
  keptResponse,
  receiptResponse,
  termsResponse,
} from '../api/schemas.ts'

/** Why a call came to nothing. */
export interface Failure {
  /** A problem's name, or `offline`: no answer, or half of one. */
  readonly why: ProblemName | 'offline'
  readonly triesLeft?: number
  readonly retryAfterSeconds?: number
}

/** What became of a call; never an exception. */
type Answer<T> = { readonly why: 'ok'; readonly body: T } | Failure

/** What this server takes, and its clock. */
export type Terms = z.output<typeof termsResponse>
/** What may be known of a secret before it is claimed. */
export type Cover = z.output<typeof coverResponse>
type Claimed = z.output<typeof claimResponse>
/** What became of a secret, and when. */
export type Receipt = z.output<typeof receiptResponse>
/** Who asks for a secret and what for, and what an answer is sealed to. */
export type AskText = z.output<typeof askResponse>

/** For most answers; well inside a claim's lease, so that a stuck one can be asked for again. */
const answerMs = 20_000

/** For sending what may be a file, ms. */
const sendMs = 60_000

/** Failures after which the same call again may succeed, as every call of the API is idempotent. */
const passing: ReadonlySet<Failure['why']> = new Set(['offline', 'unavailable', 'busy', 'internal'])

/** The calls of the API, by the names of its routes. Each may be repeated: the same again changes nothing. */
export const api = {
  terms: () => call<Terms>('/terms'),
  keep: (body: object, large: boolean) =>
    call<z.output<typeof keptResponse>>(large ? '/files' : '/secrets', body, sendMs),
  cover: (id: SecretId) => call<Cover>(`/secrets/${id}/cover`, {}),
  claim: (id: SecretId, body: object) => call<Claimed>(`/secrets/${id}/claim`, body),
  settle: (id: SecretId, body: object) => call<undefined>(`/secrets/${id}/settle`, body),
  receipt: (id: SecretId, body: object) => call<Receipt>(`/receipts/${id}`, body),
  burn: (id: SecretId, body: object) => call<z.output<typeof burnedResponse>>(`/receipts/${id}/burn`, body),
  ask: (id: SecretId) => call<AskText>(`/asks/${id}/cover`, {}),
  answer: (id: SecretId, body: object) => call<z.output<typeof answeredResponse>>(`/asks/${id}/answer`, body),
}

/** Repeats `attempt` while it fails in a passing way, with growing pauses (ms). The last answer. */
export async function persist<T>(
  attempt: () => Promise<Answer<T>>,
  pauses: readonly number[] = [300, 1_000, 2_500, 5_000],
): Promise<Answer<T>> {
  for (const pause of pauses) {
    const answer = await attempt()
    if (answer.why === 'ok' || !passing.has(answer.why)) return answer
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return attempt()
}

async function call<T>(path: string, body?: object, waitMs = answerMs): Promise<Answer<T>> {
  try {
    const response = await fetch(`/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', 'sotto-request': '1' },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(waitMs),
    })
    if (response.status === 204) return { why: 'ok', body: undefined as T }
    const answer = (await response.json()) as unknown
    return response.ok ? { why: 'ok', body: answer as T } : failure(answer)
  } catch {
    return { why: 'offline' }
  }
}

/** Something between us and the server may answer in its place: what is no problem of ours is no answer. */
function failure(body: unknown): Failure {
  if (typeof body !== 'object' || body === null || !('why' in body) || typeof body.why !== 'string')
    return { why: 'offline' }
  return body as Failure
}
