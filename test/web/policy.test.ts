import { describe, expect, it } from 'vitest'
import { type Surface, securityHeaders } from '../../src/web/server/headers.ts'

const publicUrl = 'https://secrets.example.com'
const header = (surface: Surface, name: string) => securityHeaders(surface, publicUrl)[name]

describe('the policy', () => {
  it('of a page is this, to the letter', () => {
    expect(header('page', 'content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types sotto',
      'upgrade-insecure-requests',
    ])
  })

  it.each(['asset', 'data'] as const)(
    'of %s lets nothing be done with it, wherever it is opened',
    (surface) => {
      expect(header(surface, 'content-security-policy')?.split('; ')).toEqual([
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        'sandbox',
        'upgrade-insecure-requests',
      ])
    },
  )
})

describe('whatever is answered', () => {
  it.each(['page', 'asset', 'worker', 'data'] as const)(
    '(%s) is framed, sniffed and told on by nobody',
    (surface) => {
      expect(securityHeaders(surface, publicUrl)).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'x-robots-tag': 'noindex, nofollow, noarchive',
      })
    },
  )

  it('is kept by no cache, but for what is named by its own hash', () => {
    for (const surface of ['page', 'data'] as const) expect(header(surface, 'cache-control')).toBe('no-store')
    for (const surface of ['asset', 'worker'] as const)
      expect(header(surface, 'cache-control')).toBe('public, max-age=31536000, immutable')
  })
})
