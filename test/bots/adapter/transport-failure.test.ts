import { describe, expect, it } from 'vitest'
import { transportFailure } from '../../../src/bots/adapter/transport-failure.ts'

function failed(code: string, syscall?: string): Error {
  return Object.assign(new Error('never read'), { code, ...(syscall !== undefined && { syscall }) })
}

function wrapped(cause: unknown): Error {
  return new TypeError('fetch failed', { cause })
}

describe('a call that got no answer', () => {
  it.each([
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['ENETUNREACH', 'connect'],
    ['ETIMEDOUT', 'connect'],
    ['ECONNRESET', 'connect'],
    ['ENOTFOUND', 'getaddrinfo'],
    ['EAI_AGAIN', 'getaddrinfo'],
    ['ECONNREFUSED', undefined],
    ['ENOTFOUND', undefined],
    ['EAI_AGAIN', undefined],
    ['UND_ERR_CONNECT_TIMEOUT', undefined],
  ])('did nothing when there never was a connection (%s of %s), wrapped or bare', (code, syscall) => {
    const error = failed(code, syscall)
    const nothing = { why: 'definitive', code }
    expect(transportFailure(error)).toEqual(nothing)
    expect(transportFailure(wrapped(error))).toEqual(nothing)
  })

  it.each([
    ['ECONNRESET', 'read'],
    ['EHOSTUNREACH', 'read'],
    ['ENETUNREACH', 'write'],
    ['ETIMEDOUT', 'read'],
    ['EPIPE', 'write'],
    ['EHOSTUNREACH', undefined],
    ['ETIMEDOUT', undefined],
    ['UND_ERR_SOCKET', undefined],
    ['UND_ERR_HEADERS_TIMEOUT', undefined],
  ])('proves nothing when there may have been one (%s of %s)', (code, syscall) => {
    expect(transportFailure(wrapped(failed(code, syscall)))).toEqual({ why: 'ambiguous', code })
  })

  it('did nothing only when each address that was tried could not be reached', () => {
    const refused = failed('ECONNREFUSED', 'connect')
    const none = Object.assign(new AggregateError([refused, failed('ENETUNREACH', 'connect')]), {
      code: 'ECONNREFUSED',
    })
    expect(transportFailure(wrapped(none))).toEqual({ why: 'definitive', code: 'ECONNREFUSED' })
    const one = Object.assign(new AggregateError([refused, failed('ECONNRESET', 'read')]), {
      code: 'ECONNREFUSED',
    })
    expect(transportFailure(wrapped(one)).why).toBe('ambiguous')
  })

  it('is called late whatever ended the wait, and nothing that came from outside is its code', () => {
    expect(transportFailure(new DOMException('late', 'TimeoutError'))).toEqual({
      why: 'ambiguous',
      code: 'timeout',
    })
    expect(transportFailure(new DOMException('late', 'AbortError')).code).toBe('timeout')
    expect(transportFailure(failed('the secret is hunter2'))).toEqual({ why: 'ambiguous', code: 'unknown' })
    for (const nothing of [undefined, null, 'text', 5])
      expect(transportFailure(nothing)).toEqual({ why: 'ambiguous', code: 'unknown' })
  })
})
