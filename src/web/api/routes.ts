import type { z } from 'zod'
import type { Allowance } from '../../core/limiter.ts'
import type { ProblemName } from './problems.ts'
import {
  answeredResponse,
  answerRequest,
  askResponse,
  burnedResponse,
  claimRequest,
  claimResponse,
  coverResponse,
  emptyRequest,
  keepRequest,
  keptResponse,
  receiptRequest,
  receiptResponse,
  settleRequest,
} from './schemas.ts'

/** One address of the API that changes or tells something: what `app.ts` runs and `openapi.ts` describes. */
export interface Route {
  readonly name: string
  /** Below the API's prefix; `:id` is a secret's id. */
  readonly path: string
  readonly summary: string
  readonly request: z.ZodType
  /** Absent: what it costs the store is less than counting it there would. */
  readonly allowance?: Allowance
  /** What its body may be: text, or as large as a file. */
  readonly size: 'text' | 'file'
  readonly status: 200 | 201 | 204
  readonly response?: z.ZodType
  /** The refusals that are its own, beside those of every address. */
  readonly refusals: readonly ProblemName[]
}

const keep = {
  summary: 'Keep a secret that a browser has sealed. The same again changes nothing.',
  request: keepRequest,
  allowance: 'create',
  status: 201,
  response: keptResponse,
  refusals: ['taken', 'expiry'],
} as const

/** Every address of the API but `GET /terms`. */
export const routes = {
  keep: { ...keep, name: 'keep', path: '/secrets', size: 'text' },
  keepFile: {
    ...keep,
    name: 'keepFile',
    path: '/files',
    summary: 'The same for what needs a larger body: a file.',
    size: 'file',
  },
  cover: {
    name: 'cover',
    path: '/secrets/:id/cover',
    summary: 'Whether it can be opened, and whether it takes a passphrase. Changes nothing.',
    request: emptyRequest,
    allowance: 'look',
    size: 'text',
    status: 200,
    response: coverResponse,
    refusals: ['gone'],
  },
  claim: {
    name: 'claim',
    path: '/secrets/:id/claim',
    summary:
      'Win the sealed bytes. Inside the lease the same claim id gets the same bytes again; nobody else does.',
    request: claimRequest,
    allowance: 'claim',
    size: 'text',
    status: 200,
    response: claimResponse,
    refusals: ['gone', 'opening', 'wrong-passphrase', 'cannot-open'],
  },
  settle: {
    name: 'settle',
    path: '/secrets/:id/settle',
    summary: 'It was shown: nobody can claim it again, not even this claim id.',
    request: settleRequest,
    size: 'text',
    status: 204,
    refusals: ['not-holder'],
  },
  receipt: {
    name: 'receipt',
    path: '/receipts/:id',
    summary: 'What became of it, for the sender.',
    request: receiptRequest,
    allowance: 'look',
    size: 'text',
    status: 200,
    response: receiptResponse,
    refusals: ['gone'],
  },
  burn: {
    name: 'burn',
    path: '/receipts/:id/burn',
    summary: 'Destroy it unread.',
    request: receiptRequest,
    allowance: 'look',
    size: 'text',
    status: 200,
    response: burnedResponse,
    refusals: ['gone', 'opening'],
  },
  ask: {
    name: 'ask',
    path: '/asks/:id/cover',
    summary: 'Who asks for a secret, and what for. Changes nothing.',
    request: emptyRequest,
    allowance: 'look',
    size: 'text',
    status: 200,
    response: askResponse,
    refusals: ['gone'],
  },
  answer: {
    name: 'answer',
    path: '/asks/:id/answer',
    summary: 'Give the one answer to a request. The same again changes nothing.',
    request: answerRequest,
    allowance: 'create',
    size: 'text',
    status: 201,
    response: answeredResponse,
    refusals: ['gone'],
  },
} as const satisfies Record<string, Route>
