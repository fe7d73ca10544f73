import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { REST, Routes } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { discordRest, type Rest } from '../../../../src/bots/discord/transport/rest.ts'

const token = 'interaction-token'
const webhook = Routes.webhookMessage('100000000000000001', token, '@original')
const patch = { method: 'PATCH', route: webhook, body: { content: 'canary' } } as const
const get = { method: 'GET', route: Routes.user('100000000000000002') } as const

type Answer = (response: ServerResponse, request: IncomingMessage) => void

let server: Server
let requests: IncomingMessage[]
let answers: Answer[]
let rest: Rest
let url: string

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
const reset: Answer = (_, request) => request.socket.destroy()

beforeEach(async () => {
  requests = []
  answers = []
  server = createServer((request, response) => {
    requests.push(request)
    request.resume().on('end', () => (answers.shift() ?? json(200, { id: '1' }))(response, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  rest = discordRest({ token: 'bot-token', apiUrl: url })
})

afterEach(() => {
  rest.close()
  server.closeAllConnections()
  server.close()
})

describe('a call to Discord', () => {
  it.each([
    ['a 5xx', json(502, {}), 'http_502'],
    ['a reset', reset, 'UND_ERR_SOCKET'],
    ['an unknown refusal', json(400, { code: 99_999, message: 'no' }), '99999'],
  ])('is sent once and ambiguous after %s', async (_, answer, code) => {
    answers = [answer]
    const got = await rest.through(patch)
    expect(got.why).toBe('ambiguous')
    if (code !== 'UND_ERR_SOCKET') expect(got).toMatchObject({ code })
    expect(requests).toHaveLength(1)
  })

  it('would be sent four times with the library’s own settings (counter-example)', async () => {
    answers = [json(502, {}), json(502, {}), json(502, {}), json(502, {})]
    const broken = new REST({ api: url })
    await broken.patch(webhook, { body: patch.body, auth: false }).catch(() => {})
    expect(requests).toHaveLength(4)
    broken.clearHandlerSweeper()
    broken.clearHashSweeper()
  })

  it('is definitive and not repeated after a 429, which the library would wait out', async () => {
    answers = [json(429, { message: 'slow down', retry_after: 30, global: false }, { 'retry-after': '30' })]
    expect(await rest.through(patch)).toEqual({ why: 'definitive', code: '429', afterMs: expect.any(Number) })
    expect(requests).toHaveLength(1)
  })

  it('is definitive when nobody listens', async () => {
    server.close()
    server.closeAllConnections()
    expect(await rest.through(patch)).toEqual({ why: 'definitive', code: 'ECONNREFUSED' })
  })

  it('is ambiguous when no answer comes in time', async () => {
    answers = [() => {}]
    const got = await rest.asBot({ ...get, timeoutMs: 100 })
    expect(got).toEqual({ why: 'ambiguous', code: 'timeout' })
    expect(requests).toHaveLength(1)
  })

  it('goes through an interaction without the bot’s token', async () => {
    await rest.through(patch)
    await rest.asBot(get)
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bot bot-token'])
  })

  it('keeps the bot’s token after a 401, which makes the library forget it', async () => {
    const refused = json(401, { code: 0, message: '401: Unauthorized' })
    const over = json(401, { code: 50_027, message: 'Invalid Webhook Token' })
    answers = [over, refused]
    expect(await rest.through(patch)).toEqual({ why: 'definitive', code: '50027' })
    expect(await rest.asBot(get)).toEqual({ why: 'definitive', code: '401' })
    expect(await rest.asBot(get)).toMatchObject({ why: 'ok' })
    expect(requests.at(-1)?.headers.authorization).toBe('Bot bot-token')
  })
})
