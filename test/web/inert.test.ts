import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite, type Site } from '../../doubles/run/site.ts'
import type { WebApp } from '../../src/web/api/app.ts'

/** Everything that looks without being a person on our page, against a live, a dead and a random id. */
async function previews(
  site: Site,
): Promise<{ readonly answers: readonly string[][]; readonly state: string }> {
  const live = await site.keep('live')
  const dead = await site.keep('dead')
  await site.vault.burn(dead.receipt.id, dead.receipt.proof)
  const ids = [live.body.id, dead.body.id, `${'A'.repeat(21)}Q`]
  const json = { 'content-type': 'application/json' }
  const probes: [string, string, RequestInit][] = [
    ...['GET', 'HEAD', 'OPTIONS'].flatMap((method): [string, string, RequestInit][] => [
      ['cover', `/api/v1/secrets/:id/cover`, { method }],
      ['claim', `/api/v1/secrets/:id/claim`, { method }],
      ['settle', `/api/v1/secrets/:id/settle`, { method }],
      ['burn', `/api/v1/receipts/:id/burn`, { method }],
      ['page', `/s?:id`, { method }],
    ]),
    ['no header', '/api/v1/secrets/:id/claim', { method: 'POST', headers: json, body: '{}' }],
    ['a form', '/api/v1/secrets/:id/claim', { method: 'POST', body: new URLSearchParams({ a: 'b' }) }],
    [
      'another site',
      '/api/v1/secrets/:id/claim',
      {
        method: 'POST',
        headers: { ...json, 'sotto-request': '1', 'sec-fetch-site': 'cross-site' },
        body: '{}',
      },
    ],
    [
      'a sibling',
      '/api/v1/secrets/:id/cover',
      {
        method: 'POST',
        headers: { ...json, 'sotto-request': '1', 'sec-fetch-site': 'same-site' },
        body: '{}',
      },
    ],
    [
      'text',
      '/api/v1/secrets/:id/cover',
      { method: 'POST', headers: { 'content-type': 'text/plain', 'sotto-request': '1' }, body: '{}' },
    ],
  ]
  const answers: string[][] = []
  for (const [name, path, init] of probes) {
    answers.push(
      await Promise.all(
        ids.map(async (id) => {
          const response = await fetch(site.url + path.replace(':id', id), init)
          const headers = [...response.headers].filter(([header]) => header !== 'date')
          return JSON.stringify([name, init.method, response.status, headers, await response.text()])
        }),
      ),
    )
  }
  const receipt = await site.vault.receipt(live.receipt.id, live.receipt.proof)
  return { answers, state: receipt?.state ?? 'none' }
}

const differing = (answers: readonly string[][]) => answers.filter((same) => new Set(same).size !== 1)

describe('previews, crawlers and other sites', () => {
  let site: Site

  beforeAll(async () => {
    site = await openSite()
  })
  afterAll(() => site.close())

  it('get the same answer for a live, a dead and a random secret, and change nothing', async () => {
    const { answers, state } = await previews(site)
    expect(differing(answers)).toEqual([])
    expect(state).toBe('sealed')
  })

  it('would be seen to differ if one address answered to GET (counter-example)', async () => {
    // A server that is kind to GET: it does what the page's own POST does.
    const kind = (app: WebApp): WebApp => ({
      fetch(request, info) {
        const covered = request.method === 'GET' && request.url.endsWith('/cover')
        if (!covered) return app.fetch(request, info)
        const headers = { 'content-type': 'application/json', 'sotto-request': '1' }
        return app.fetch(new Request(request.url, { method: 'POST', headers, body: '{}' }), info)
      },
    })
    const broken = await openSite({ around: kind })
    const { answers } = await previews(broken)
    await broken.close()
    expect(differing(answers).map((same) => JSON.parse(same[0]!)[0])).toContain('cover')
  })
})
