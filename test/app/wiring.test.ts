import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sealText } from '../../doubles/run/site.ts'
import { type OpenedStore, sqlite } from '../../doubles/run/stores.ts'
import { type Wired, type WiredOptions, wired } from '../../doubles/run/wired.ts'
import type { Person, Platform } from '../../src/bots/adapter/platform.ts'
import { conversation } from '../../src/bots/conversation.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { newToken, printToken } from '../../src/core/format/token.ts'

const anna: Person = { tenant: 'T1', id: 'UANNA' }

const platform: Platform = {
  name: 'slack',
  begin: [],
  maxSecretChars: 3_000,
  maxNoteChars: 150,
  maxRecipients: 10,
  find: async (ids) => ids.map((id) => ({ why: 'person', person: { tenant: 'T1', id } })),
  post: async () => ({ why: 'ok', at: { channel: 'D1', message: '1' } }),
  hint: async () => undefined,
  edit: async () => ({ why: 'ok' }),

  wipe: async () => ({ why: 'ok' as const }),
}

describe('the wiring of the program', () => {
  let opened: OpenedStore
  let parts: Wired

  beforeEach(async () => {
    opened = await sqlite.open()
  })
  afterEach(async () => {
    await parts.limiter.close()
    await opened.close()
  })

  async function open(options: Pick<WiredOptions, 'env' | 'rates'>): Promise<Wired> {
    parts = await wired({ store: opened.store, log: () => undefined, platforms: [platform], ...options })
    return parts
  }

  /** What a form of this lifetime is told: nothing when it is taken. */
  async function checked(ttlSeconds = 600): Promise<Readonly<Record<string, string>>> {
    const draft = { to: ['UBEN'], secret: Secret.fromText('x'), ttlSeconds, note: '' }
    const result = await conversation(parts.talk(platform)).check({ act: 'send', by: anna, draft })
    return 'problems' in result ? { ...result.problems } : {}
  }

  async function asked(path: string, body?: unknown): Promise<Response> {
    if (parts.web === undefined) throw new Error('links are off')
    const request = new Request(`http://127.0.0.1${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', 'sotto-request': '1' },
    })
    return await parts.web.app.fetch(request, { address: '203.0.113.9' })
  }

  /** The status that keeping a secret for so long gets. */
  async function kept(ttlSeconds = 600): Promise<number> {
    const now = await opened.store.now()
    return (await asked('/api/v1/secrets', (await sealText('x', now + ttlSeconds * 1_000)).body)).status
  }

  it('limits people in chat and addresses on the web, and what one does not take the other has', async () => {
    const few = { points: 2, seconds: 600 }
    await open({ env: { SOTTO_WEB: 'on' }, rates: { 'chat-person': few, create: few } })
    expect([await checked(), await checked()]).toEqual([{}, {}])
    expect(await checked()).toEqual({ secret: expect.stringContaining('try again in') })
    expect([await kept(), await kept(), await kept()]).toEqual([201, 201, 429])
  })

  it('holds SOTTO_MAX_TTL in chat and on the web', async () => {
    await open({ env: { SOTTO_WEB: 'on', SOTTO_MAX_TTL: '7200' } })
    expect(await checked(7_200)).toEqual({})
    expect(await checked(7_201)).toEqual({ ttl: expect.stringContaining('2 hours') })
    expect([await kept(7_200), await kept(86_400)]).toEqual([201, 422])
    expect(await (await asked('/api/v1/terms')).json()).toMatchObject({ maxTtlSeconds: 7_200 })
  })

  it('makes links where they are on, from PUBLIC_URL alone', async () => {
    const { talk } = await open({ env: { SOTTO_WEB: 'on', PUBLIC_URL: 'https://secrets.example.com' } })
    const { links } = talk(platform)
    if (typeof links !== 'object') throw new Error('links are off')
    expect(links.composeUrl).toBe('https://secrets.example.com/')
    const token = newToken('d1')
    expect(links.dropUrl(token)).toBe(`https://secrets.example.com/d#${printToken(token)}`)
  })

  it.each([{}, { HOST: '0.0.0.0' }, { HOST: '::' }, { HOST: 'localhost' }, { HOST: '10.0.0.7', PORT: '0' }])(
    'gives nobody in chat a link that only this machine can open, says why, and serves the pages: %o',
    async (env) => {
      const { web, talk } = await open({ env: { SOTTO_WEB: 'on', ...env } })
      expect(talk(platform).links).toBe('local')
      const { answer, form } = conversation(talk(platform))
      const events = [
        { act: 'link', by: anna },
        { act: 'ask', by: anna, name: 'Anna', note: '' },
      ] as const
      for (const event of events)
        expect(JSON.stringify(await answer(event))).toContain('sets PUBLIC_URL to the address')
      expect(form({ act: 'compose', by: anna, to: [] })).not.toHaveProperty('hasLinks')
      expect(web).toBeDefined()
      expect((await asked('/api/v1/terms')).status).toBe(200)
    },
  )

  it('gives links to people where they lead to another machine’s address', async () => {
    const { talk } = await open({ env: { SOTTO_WEB: 'on', HOST: '10.0.0.7' } })
    expect(talk(platform).links).toMatchObject({ composeUrl: 'http://10.0.0.7:3000/' })
  })

  it('has no links where they are off', async () => {
    const { web, talk } = await open({ env: { SOTTO_WEB: 'off' } })
    expect([web, talk(platform).links]).toEqual([undefined, undefined])
  })
})
