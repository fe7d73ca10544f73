import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownTime } from '../../doubles/run/own-time.ts'
import { openSite, type Site, sealText } from '../../doubles/run/site.ts'
import { networks } from '../../src/app/values.ts'
import type { Limiter } from '../../src/core/limiter.ts'
import { bodies } from '../../src/web/api/body.ts'
import { Refused } from '../../src/web/api/problems.ts'
import { clientAddress, limitedNetwork, parseNetwork } from '../../src/web/server/address.ts'

const headers = { 'content-type': 'application/json', 'sotto-request': '1' }
const head = 'Host: a\r\nContent-Type: application/json\r\nSotto-Request: 1\r\n'

interface Cut {
  readonly answer: string
  readonly ms: number
  readonly sentBytes: number
}

/** Talks until the server closes: what it said, how long it listened (ms of own time), and how much it took in. */
function talk(site: Site, first: string, drip?: (socket: Socket) => void): Promise<Cut> {
  return new Promise((resolve) => {
    const began = ownTime()
    let answer = ''
    const socket = connect(site.port, '127.0.0.1', () => {
      socket.write(first)
      drip?.(socket)
    })
    socket.on('data', (part) => {
      answer += part
    })
    socket.on('error', () => undefined)
    socket.once('close', () => resolve({ answer, ms: ownTime() - began, sentBytes: socket.bytesWritten }))
  })
}

/** Writes `part` again and again, as fast or slowly as told, until the other side hangs up. */
function keepWriting(part: string, everyMs: number) {
  return (socket: Socket) => {
    const timer = setInterval(() => {
      if (socket.writable) socket.write(part)
    }, everyMs)
    socket.once('close', () => clearInterval(timer))
  }
}

describe('the server, abused', () => {
  let site: Site
  let hasty: Site

  beforeAll(async () => {
    site = await openSite()
    hasty = await openSite({ limits: { headersMs: 300, requestMs: 700 } })
  })
  afterAll(async () => {
    await site.close()
    await hasty.close()
  })

  it('hangs up on headers that trickle', async () => {
    const { answer, ms } = await talk(hasty, 'GET / HTTP/1.1\r\nHost: a\r\n', keepWriting('X: y\r\n', 50))
    expect(answer).toContain('408')
    expect(ms).toBeLessThan(3_000)
  })

  it('hangs up on a body that trickles', async () => {
    const request = `POST /api/v1/secrets HTTP/1.1\r\n${head}Content-Length: 60000\r\n\r\n`
    const { ms, sentBytes } = await talk(hasty, request, keepWriting('{', 50))
    expect(ms).toBeLessThan(4_000)
    expect(sentBytes).toBeLessThan(1_000)
  })

  it('would be held open by a server without its time limits (counter-example)', async () => {
    const patient = await openSite({ limits: { headersMs: 600_000, requestMs: 600_000 } })
    let over = false
    const trickle = (at: Site) => talk(at, 'GET / HTTP/1.1\r\nHost: a\r\n', keepWriting('X: y\r\n', 50))
    const held = trickle(patient).then(() => {
      over = true
    })
    // Three times what the limits allow.
    for (let round = 0; round < 3; round++) await trickle(hasty)
    expect(over).toBe(false)
    await patient.close()
    await held
  })

  it('does not read a body that says it is too large', async () => {
    const request = `POST /api/v1/files HTTP/1.1\r\n${head}Content-Length: ${50 * 1024 * 1024}\r\n\r\n`
    const { answer, ms } = await talk(site, request)
    expect(answer).toContain('413')
    expect(ms).toBeLessThan(3_000)
  })

  it('cuts off a body that never says how large it is', async () => {
    const chunk = `${(16_384).toString(16)}\r\n${'x'.repeat(16_384)}\r\n`
    const { answer, sentBytes } = await talk(
      site,
      `POST /api/v1/secrets HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n`,
      (socket) => {
        const more = () => {
          while (socket.writable && socket.write(chunk));
        }
        socket.on('drain', more)
        more()
      },
    )
    expect(answer).toContain('413')
    // What the kernel had taken meanwhile, and not 50 MiB.
    expect(sentBytes).toBeLessThan(16 * 1024 * 1024)
  })

  it.each(['BREW', 'PROPFIND', 'CONNECT', 'get'])('refuses the method %s', async (method) => {
    const { answer } = await talk(site, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 40[05] |^$/)
  })

  it('takes smuggled lengths for what they are', async () => {
    const both = `POST /api/v1/secrets HTTP/1.1\r\n${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    expect((await talk(site, both)).answer).toMatch(/^HTTP\/1\.1 400 /)
    const twice = `POST /api/v1/secrets HTTP/1.1\r\n${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}}`
    expect((await talk(site, twice)).answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('closes the connections of one address beyond its share, and serves the others', async () => {
    const small = await openSite({ limits: { connectionsPerAddress: 4 } })
    const sockets = Array.from({ length: 12 }, () => connect(small.port, '127.0.0.1'))
    const fates = await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<string>((resolve) => {
            socket.on('error', () => undefined)
            socket.once('close', () => resolve('closed'))
            socket.once('data', () => resolve('served'))
            socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
          }),
      ),
    )
    expect(fates.filter((fate) => fate === 'closed')).toHaveLength(8)
    expect(fates.filter((fate) => fate === 'served')).toHaveLength(4)
    for (const socket of sockets) socket.destroy()
    await small.close()
  })

  it('shares its port with a path that somebody else serves, and says whether it is ready', async () => {
    let ready = true
    const shared = await openSite({
      mounted: [{ path: '/slack/events', handle: (_request, response) => response.end('slack') }],
      ready: async () => ({ store: true, slack: ready }),
    })
    expect(await (await fetch(`${shared.url}/slack/events?x=1`, { method: 'POST' })).text()).toBe('slack')
    expect((await fetch(`${shared.url}/slack/eventss`)).status).toBe(404)
    expect((await fetch(`${shared.url}/readyz`)).status).toBe(200)
    ready = false
    const unready = await fetch(`${shared.url}/readyz`)
    expect([unready.status, await unready.json()]).toEqual([503, { store: true, slack: false }])
    expect((await fetch(`${shared.url}/healthz`)).status).toBe(200)
    await shared.close()
  })
})

describe('floods', () => {
  const create = { points: 20, seconds: 600 }

  async function flood(site: Site, times: number, from?: (at: number) => string): Promise<number[]> {
    const { body } = await sealText('flood', (await site.vault.now()) + 86_400_000)
    const statuses = []
    for (let at = 0; at < times; at++) {
      const response = await site.post('/api/v1/secrets', body, from ? { 'x-forwarded-for': from(at) } : {})
      statuses.push(response.status)
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
      await response.body?.cancel()
    }
    return statuses
  }

  const kept = (statuses: readonly number[]) => statuses.filter((status) => status === 201).length

  it('stop at the address’s quota, and leave what was sealed before as it was', async () => {
    const site = await openSite({ rates: { create } })
    const before = await site.keep('before the flood')
    const statuses = await flood(site, 40)
    expect(kept(statuses)).toBe(create.points - 1)
    expect(statuses.at(-1)).toBe(429)
    const cover = await site.post(`/api/v1/secrets/${before.body.id}/cover`, {})
    expect(cover.status).toBe(200)
    await site.close()
  })

  it('cost as much as they bring: a large body spends the quota of many', async () => {
    const site = await openSite({ rates: { create } })
    const large = { ...headers, 'content-length': '900000' }
    const statuses = []
    for (let at = 0; at < 4; at++) {
      const response = await fetch(`${site.url}/api/v1/files`, {
        method: 'POST',
        headers: large,
        body: 'x'.repeat(900_000),
      }).catch(() => undefined)
      statuses.push(response?.status ?? 429)
    }
    expect(statuses).toEqual([400, 429, 429, 429])
    await site.close()
  })

  it('keep what they hold in memory below the cap', async () => {
    const bodyOf = bodies(10_000)
    const arriving = (body: string | ReadableStream) =>
      bodyOf(
        new Request('http://a/', {
          method: 'POST',
          headers: { ...headers, 'content-length': '4000' },
          body,
          duplex: 'half',
        } as RequestInit),
        64_000,
      ).json()
    const first = [arriving(new ReadableStream()), arriving(new ReadableStream())]
    const whole = () => arriving(`"${'x'.repeat(3_998)}"`)
    await expect(whole()).rejects.toMatchObject({ problem: 'busy', details: { retryAfterSeconds: 2 } })
    await expect(whole()).rejects.toBeInstanceOf(Refused)
    void first
  })

  it('would pass a limiter that never says no (counter-example)', async () => {
    const site = await openSite()
    const open: Limiter = { take: async () => ({ why: 'allowed' }), close: async () => undefined }
    site.limiter.take = open.take
    expect(kept(await flood(site, 40))).toBe(40)
    await site.close()
  })

  it('cannot hide behind a forged X-Forwarded-For, and Host makes no link', async () => {
    const site = await openSite({ rates: { create } })
    expect(kept(await flood(site, 40, (at) => `203.0.113.${at}`))).toBe(create.points)
    const terms = (await (
      await fetch(`${site.url}/api/v1/terms`, { headers: { 'x-forwarded-host': 'evil.example' } })
    ).json()) as { publicUrl: string }
    expect(terms.publicUrl).toBe(site.url)
    await site.close()
  })

  it('are told apart behind a trusted proxy, by the address that it wrote and by no other', async () => {
    const site = await openSite({ rates: { create }, env: { TRUSTED_PROXIES: '127.0.0.0/8' } })
    expect(kept(await flood(site, 40, (at) => `203.0.113.${at}`))).toBe(40)
    // The proxy appends what it saw; whatever stands before it came from the client.
    expect(kept(await flood(site, 40, (at) => `198.51.100.${at}, 192.0.2.1`))).toBe(create.points)
    await site.close()
  })
})

describe('the client’s address', () => {
  /** The counter-example that most code is: the first entry, whoever wrote it. */
  const naive = (_socket: string, forwarded: string | null) => forwarded?.split(',')[0]?.trim() ?? ''

  it.each([
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['::ffff:10.1.2.3', '2001:db8::1', '2001:db8::1'],
    ['fd00::7', '[2001:db8::1]', '2001:db8::1'],
    ['10.1.2.3', 'unknown, garbage', '10.1.2.3'],
    ['10.1.2.3', '', '10.1.2.3'],
    ['10.1.2.3', null, '10.1.2.3'],
  ])('of %s with %s is %s', (socket, forwarded, client) => {
    expect(clientAddress(networks.parse('10.0.0.0/8,fd00::/8'))(socket, forwarded)).toBe(client)
  })

  it('would be the forger’s choice if the first entry counted (counter-example)', () => {
    expect(naive('203.0.113.9', '198.51.100.1')).not.toBe('203.0.113.9')
  })

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is limited as %s', (address, network) => {
    expect(limitedNetwork(address)).toBe(network)
  })

  it.each([
    ['10.0.0.0', '"10.0.0.0" is one address; as a network it is 10.0.0.0/32'],
    ['10.0.0.0/33', '"10.0.0.0/33" must end in a number of bits between /0 and /32'],
    ['10.0.0.0/', '"10.0.0.0/" must end in a number of bits between /0 and /32'],
    ['::/129', '"::/129" must end in a number of bits between /0 and /128'],
    ['example.com/8', '"example.com/8" is not a network such as 10.0.0.0/8 or fd00::/8'],
    ['fe80::%eth0/10', '"fe80::%eth0/10" is not a network such as 10.0.0.0/8 or fd00::/8'],
    ['::ffff:10.0.0.0/104', '"::ffff:10.0.0.0/104" must be written as an IPv4 network'],
  ])('refuses %s as a network in words', (text, words) => {
    expect(parseNetwork(text)).toBe(words)
  })
})

describe('claims of one id', () => {
  it('are shut after too many that got nothing, from wherever they come', async () => {
    const site = await openSite({
      rates: { 'claim-id': { points: 3, seconds: 600 } },
      env: { TRUSTED_PROXIES: '127.0.0.0/8' },
    })
    const { body } = await site.keep('guessed from everywhere')
    const claim = async (from: string, id = body.id) => {
      const wrong = { proof: randomBytes(32).toString('base64url'), claimId: 'A'.repeat(22) }
      const path = `/api/v1/secrets/${id}/claim`
      return (await site.post(path, wrong, { 'x-forwarded-for': from })).status
    }
    const statuses = []
    for (let at = 0; at < 6; at++) statuses.push(await claim(`203.0.113.${at}`))
    expect(statuses).toEqual([403, 403, 403, 403, 429, 429])
    const other = await site.keep('another')
    expect(await claim('203.0.113.9', other.body.id)).toBe(403)
    await site.close()
  })
})
