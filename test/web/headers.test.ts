import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite, type Site } from '../../doubles/run/site.ts'
import type { WebApp } from '../../src/web/api/app.ts'
import { builtPages } from '../../src/web/build.ts'
import { type Surface, securityHeaders } from '../../src/web/server/headers.ts'

const publicUrl = 'https://secrets.example.com'

/** What a response may carry beside the table. */
const others = new Set([
  'allow',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'retry-after',
  'transfer-encoding',
  'vary',
])

interface Seen {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** One request over a real socket, with nothing added by a client library. */
function ask(site: Site, method: string, path: string, headers: Record<string, string> = {}, body = '') {
  return new Promise<Seen>((resolve, reject) => {
    const sent = request(site.url + path, { method, headers }, (response) => {
      response
        .resume()
        .once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers as Record<string, string> }),
        )
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** Bytes that no client library would send, and the head of what comes back. */
function raw(site: Site, text: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const socket = connect(site.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (part) => {
      answer += part
    })
    socket.once('error', reject)
    socket.once('close', () => {
      const [status = '', ...lines] = answer.split('\r\n\r\n')[0]!.split('\r\n')
      const headers = lines.map((line) => [line.split(': ')[0]!.toLowerCase(), line.split(': ')[1]!])
      resolve({ status: Number(status.split(' ')[1]), headers: Object.fromEntries(headers) })
    })
  })
}

/** How the headers of an answer differ from the table's row. */
function difference({ headers }: Seen, surface: Surface): readonly string[] {
  const wanted = securityHeaders(surface, publicUrl)
  const wrong = Object.entries(wanted).filter(([name, value]) => headers[name] !== value)
  const extra = Object.keys(headers).filter((name) => !(name in wanted) && !others.has(name))
  return [...wrong.map(([name]) => name), ...extra.map((name) => `+${name}`)]
}

describe('the headers', () => {
  let site: Site

  beforeAll(async () => {
    site = await openSite({
      env: { PUBLIC_URL: publicUrl },
      rates: { look: { points: 30, seconds: 600 } },
      limits: { headersMs: 3_000 },
    })
  })
  afterAll(() => site.close())

  const json = { 'content-type': 'application/json', 'sotto-request': '1' }
  const id = 'A'.repeat(22)

  async function everyAnswer(
    on: Site,
  ): Promise<readonly [name: string, surface: Surface, status: number, seen: Seen][]> {
    const assets = readdirSync(join(builtPages, 'assets'))
    const worker = assets.find((name) => name.includes('worker'))!
    const script = assets.find((name) => name.startsWith('s-') && name.endsWith('.js'))!
    const style = assets.find((name) => name.endsWith('.css'))!
    const cover = `/api/v1/secrets/${id}/cover`
    return [
      ['compose', 'page', 200, await ask(on, 'GET', '/')],
      ['reveal', 'page', 200, await ask(on, 'GET', '/s')],
      ['receipt', 'page', 200, await ask(on, 'HEAD', '/r')],
      ['drop', 'page', 200, await ask(on, 'GET', '/d', { 'accept-encoding': 'br' })],
      ['no page', 'page', 404, await ask(on, 'GET', '/wp-login.php')],
      ['no page, HEAD', 'page', 404, await ask(on, 'HEAD', '/.git/config')],
      ['no address', 'data', 404, await ask(on, 'POST', '/nothing', json, '{}')],
      ['no API address', 'data', 404, await ask(on, 'GET', '/api/v1/nothing')],
      ['script', 'asset', 200, await ask(on, 'GET', `/assets/${script}`)],
      ['style', 'asset', 200, await ask(on, 'GET', `/assets/${style}`)],
      ['worker', 'worker', 200, await ask(on, 'GET', `/assets/${worker}`)],
      ['icon', 'data', 200, await ask(on, 'GET', '/favicon.svg')],
      ['robots', 'data', 200, await ask(on, 'GET', '/robots.txt')],
      ['description', 'data', 200, await ask(on, 'GET', '/openapi.json')],
      ['terms', 'data', 200, await ask(on, 'GET', '/api/v1/terms')],
      ['alive', 'data', 200, await ask(on, 'GET', '/healthz')],
      ['ready', 'data', 200, await ask(on, 'GET', '/readyz')],
      ['method', 'data', 405, await ask(on, 'DELETE', cover)],
      ['options', 'data', 405, await ask(on, 'OPTIONS', '/')],
      ['trace', 'data', 405, await ask(on, 'TRACE', '/')],
      ['health by POST', 'data', 405, await ask(on, 'POST', '/healthz')],
      ['gone', 'data', 410, await ask(on, 'POST', cover, json, '{}')],
      ['malformed', 'data', 400, await ask(on, 'POST', cover, json, '{')],
      [
        'another site',
        'data',
        403,
        await ask(on, 'POST', cover, { 'content-type': 'application/json' }, '{}'),
      ],
      ['no JSON', 'data', 415, await ask(on, 'POST', cover, { 'sotto-request': '1' }, '{}')],
      ['too large', 'data', 413, await ask(on, 'POST', cover, json, 'x'.repeat(70_000))],
      ['large headers', 'data', 431, await ask(on, 'GET', '/', { filler: 'x'.repeat(10_000) })],
      ['no HTTP', 'data', 400, await raw(on, 'EHLO example\r\n\r\n')],
      ['no host', 'data', 400, await raw(on, 'GET / HTTP/1.1\r\n\r\n')],
      [
        'impossible host',
        'data',
        400,
        await raw(on, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'),
      ],
      [
        'expectation',
        'data',
        417,
        await raw(on, 'GET / HTTP/1.1\r\nHost: a\r\nExpect: the-unexpected\r\n\r\n'),
      ],
      ['slow headers', 'data', 408, await raw(on, 'GET / HTTP/1.1\r\nHost: a\r\nSlow:')],
      ['limited', 'data', 429, await exhausted(on, cover)],
    ]
  }

  async function exhausted(on: Site, path: string): Promise<Seen> {
    let last = await ask(on, 'POST', path, json, '{}')
    for (let tries = 0; tries < 40 && last.status !== 429; tries++)
      last = await ask(on, 'POST', path, json, '{}')
    return last
  }

  it('are exactly the table’s on every route and every error', async () => {
    for (const [name, surface, status, seen] of await everyAnswer(site)) {
      expect([name, seen.status]).toEqual([name, status])
      expect([name, difference(seen, surface)]).toEqual([name, []])
    }
  })

  it('would be missed on one error page (counter-example)', async () => {
    const careless = (app: WebApp): WebApp => ({
      async fetch(incoming, info) {
        const answer = await app.fetch(incoming, info)
        if (answer.status === 404) answer.headers.delete('content-security-policy')
        return answer
      },
    })
    const broken = await openSite({ env: { PUBLIC_URL: publicUrl }, around: careless })
    const missed = difference(await ask(broken, 'GET', '/wp-login.php'), 'page')
    await broken.close()
    expect(missed).toEqual(['content-security-policy'])
  })

  it('allow nothing that a page does not use', () => {
    const policy = securityHeaders('page', publicUrl)['content-security-policy']!
    expect(policy).not.toMatch(/unsafe|data:|blob:|https?:|\*/)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    // The one exception is where there is nothing to take: a worker without document, network or token.
    expect(securityHeaders('worker', publicUrl)['content-security-policy']).toBe(
      "default-src 'none'; script-src 'wasm-unsafe-eval'; frame-ancestors 'none'; upgrade-insecure-requests",
    )
  })

  it('ask for TLS for ever only where there is TLS', () => {
    expect(securityHeaders('page', 'http://127.0.0.1:3000')).not.toHaveProperty('strict-transport-security')
    expect(securityHeaders('data', publicUrl)['strict-transport-security']).toMatch(/max-age=63072000/)
  })
})
