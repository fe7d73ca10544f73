import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { RESTJSONErrorCodes } from 'discord-api-types/v10'
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../src/bots/adapter/platform.ts'
import { classify } from '../../../src/bots/discord/errors.ts'

const canary = 'canary-7f3a'
const token = 'aW50ZXJhY3Rpb24'
const url = `https://discord.com/api/v10/webhooks/1/${token}/messages/@original`

/** What Discord's documents let one be sure of. Everything that is not here is ambiguous, whatever its status. */
const sure: Readonly<Record<number, 'definitive' | 'gone'>> = {
  10003: 'gone',
  10008: 'gone',
  10013: 'gone',
  10015: 'definitive',
  10062: 'definitive',
  20016: 'definitive',
  20028: 'definitive',
  20029: 'definitive',
  30046: 'definitive',
  40003: 'definitive',
  40062: 'definitive',
  40094: 'definitive',
  50001: 'gone',
  50006: 'definitive',
  50007: 'gone',
  50013: 'definitive',
  50027: 'definitive',
  50035: 'definitive',
  50278: 'gone',
}

const invented = [1, 12_345, 40_061, 50_279, 99_999, 999_999]
const known = Object.values(RESTJSONErrorCodes).filter((code) => typeof code === 'number')
const codes = [...new Set([...Object.keys(sure).map(Number), ...known, ...invented])]

function refusal(code: number | string, status = 400): DiscordAPIError {
  const body = { body: { embeds: [{ description: canary }] }, files: undefined }
  return new DiscordAPIError({ code, message: canary } as never, code, status, 'PATCH', url, body)
}

function judged(failure: Failure): string {
  return failure.why === 'definitive' && failure.gone ? 'gone' : failure.why
}

/** The codes about which `classifier` is wrong. */
function mistakes(classifier: (error: unknown) => Failure): readonly number[] {
  return codes.filter((code) => judged(classifier(refusal(code))) !== (sure[code] ?? 'ambiguous'))
}

function failedWith(code: string, name = 'Error'): Error {
  return Object.assign(new Error(`${canary} ${url}`), { code, name })
}

describe('what a failed call proves', () => {
  it('is taken from the table for every code, and is nothing for a code that is not there', () => {
    expect(codes.length).toBeGreaterThan(200)
    expect(mistakes(classify)).toEqual([])
  })

  it('would be seen to be wrong where every refusal counts as proof (counter-example)', () => {
    const broken = (error: unknown): Failure => {
      const failure = classify(error)
      return error instanceof DiscordAPIError && failure.why === 'ambiguous'
        ? { why: 'definitive', code: failure.code }
        : failure
    }
    expect(mistakes(broken)).toEqual(expect.arrayContaining([40_060, 99_999]))
  })

  it('is nothing when the interaction was acknowledged before: it may have been by this very call', () => {
    expect(classify(refusal(40_060))).toEqual({ why: 'ambiguous', code: '40060' })
  })

  it('is that nothing was done, when it was too many requests or the token is no longer valid', () => {
    const limited = { retryAfter: 30_000, route: url, url, method: 'PATCH', majorParameter: token }
    expect(classify(new RateLimitError(limited as never))).toEqual({
      why: 'definitive',
      code: '429',
      afterMs: 30_000,
    })
    for (const error of [refusal(0, 429), refusal(20_022, 429)]) {
      expect(classify(error)).toEqual({ why: 'definitive', code: '429' })
    }
    expect(classify(refusal(0, 401))).toEqual({ why: 'definitive', code: '401' })
  })

  it('is that nothing was done, when there never was a connection', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']) {
      expect(classify(failedWith(code))).toEqual({ why: 'definitive', code })
    }
    const both = Object.assign(new AggregateError([failedWith('ECONNREFUSED')], canary), {
      code: 'ECONNREFUSED',
    })
    expect(classify(both).why).toBe('definitive')
  })

  it('is nothing when the connection broke, the answer was late, garbled or a 5xx', () => {
    const body = { body: canary, files: undefined }
    const errors = [
      failedWith('ECONNRESET'),
      failedWith('UND_ERR_SOCKET'),
      failedWith('EPIPE'),
      failedWith('ETIMEDOUT'),
      failedWith('20', 'AbortError'),
      new SyntaxError(canary),
      new HTTPError(502, 'Bad Gateway', 'PATCH', url, body),
      refusal('weird code with spaces'),
      canary,
      undefined,
    ]
    for (const error of errors) expect(classify(error).why).toBe('ambiguous')
    expect(classify(errors[4])).toEqual({ why: 'ambiguous', code: 'timeout' })
    expect(classify(errors[6])).toEqual({ why: 'ambiguous', code: 'http_502' })
  })

  it('carries neither what was sent nor where to', () => {
    const errors = [
      ...codes.map((code) => refusal(code)),
      refusal(canary),
      failedWith(`${canary} x`),
      new HTTPError(500, canary, 'PATCH', url, { body: canary, files: undefined }),
      new RateLimitError({ url, route: url, majorParameter: token } as never),
    ]
    const printed = errors.map((error) => JSON.stringify(classify(error))).join('\n')
    expect(printed).not.toContain(token)
    expect(printed.replaceAll(`"${canary}"`, '')).not.toContain(canary)
    expect(JSON.stringify(refusal(50_035))).toContain(canary)
  })
})
