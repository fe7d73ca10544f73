import { securityHeaders } from '../server/headers.ts'

/** Every way in which the API refuses: the status, and the sentence that a person may read. */
export const problems = {
  malformed: [400, 'The request is not what this address expects.'],
  'cross-site': [403, 'Only this server’s own pages may do this.'],
  'wrong-passphrase': [403, 'That is not the passphrase. The secret is still sealed.'],
  'not-found': [404, 'There is nothing at this address.'],
  'method-not-allowed': [405, 'This address does not answer to that method.'],
  taken: [409, 'Another secret has this id. Nothing was stored.'],
  opening: [409, 'The secret is being opened right now.'],
  'not-holder': [409, 'This claim is over.'],
  gone: [410, 'This secret cannot be opened. It was opened, destroyed or has expired, or it never existed.'],
  'too-large': [413, 'That is larger than this server keeps. Nothing was stored.'],
  'not-json': [415, 'Expected application/json.'],
  expiry: [422, 'The expiry is sooner or later than this server allows. Nothing was stored.'],
  limited: [429, 'Too many attempts from your network. Nothing has changed; try again a little later.'],
  internal: [500, 'Something went wrong here. Nothing was shown.'],
  'cannot-open': [
    503,
    'The server cannot open this secret now. It is still sealed; its operator has been told.',
  ],
  busy: [503, 'The server is busy. Nothing has changed; try again in a moment.'],
  unavailable: [503, 'The server cannot reach its store. Try again in a moment.'],
} as const satisfies Record<string, readonly [status: number, title: string]>

/** The stable name of a refusal, `why` on the wire. */
export type ProblemName = keyof typeof problems

/** What a refusal carries beside its name. */
interface ProblemDetails {
  readonly triesLeft?: number
  readonly retryAfterSeconds?: number
  /** The fields that are wrong, by path; never their values. */
  readonly fields?: readonly string[]
  /** For `Allow`. */
  readonly allow?: string
  /** The rest of the request's body was not read, so that the connection cannot go on. */
  readonly close?: boolean
}

/** An `application/problem+json` answer (RFC 9457). */
export function problem(name: ProblemName, publicUrl: string, details: ProblemDetails = {}): Response {
  const [status, title] = problems[name]
  const { triesLeft, retryAfterSeconds, fields, allow, close } = details
  const body = { type: `urn:sotto:${name}`, title, status, why: name, triesLeft, retryAfterSeconds, fields }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...securityHeaders('data', publicUrl),
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(allow !== undefined && { allow }),
      ...(close && { connection: 'close' }),
    },
  })
}

/** Thrown inside a route to answer with this problem. */
export class Refused extends Error {
  readonly problem: ProblemName
  readonly details: ProblemDetails

  constructor(name: ProblemName, details: ProblemDetails = {}) {
    super(name)
    this.problem = name
    this.details = details
  }
}
