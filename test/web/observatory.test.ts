import { describe, expect, it } from 'vitest'
import { observatory } from '../../doubles/observatory.ts'
import { openSite } from '../../doubles/run/site.ts'

describe('the Observatory’s score', () => {
  it.each(['/', '/s', '/r', '/d', '/nothing'])('of %s behind TLS is at least 130', async (path) => {
    const publicUrl = 'https://secrets.example.com'
    const site = await openSite({ env: { PUBLIC_URL: publicUrl } })
    const response = await fetch(site.url + path)
    const { score, grade, findings } = observatory({
      publicUrl,
      headers: response.headers,
      html: await response.text(),
      plainHttp: false,
    })
    await site.close()
    expect(findings.filter(({ points }) => points < 0)).toEqual([])
    expect(grade).toBe('A+')
    expect(score).toBeGreaterThanOrEqual(130)
  })

  it.each([
    ['nothing at all', {}, '<script src="https://cdn.example/x.js"></script>', 'F'],
    [
      'inline scripts',
      { 'content-security-policy': "default-src 'self'; script-src 'unsafe-inline'" },
      '',
      'C',
    ],
    ['a public API', { 'access-control-allow-origin': '*' }, '', 'F'],
  ])('of %s is what the published table says (counter-example)', (_name, headers, html, grade) => {
    const result = observatory({
      publicUrl: 'https://a.example',
      headers: new Headers({
        'strict-transport-security': 'max-age=63072000',
        ...headers,
      }),
      html,
      plainHttp: false,
    })
    expect(result.grade).toBe(grade)
  })
})
