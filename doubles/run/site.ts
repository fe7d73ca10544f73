import { printAbout } from '../../src/bots/about.ts'
import type { Platform } from '../../src/bots/adapter/platform.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import type { Asked } from '../../src/core/asks.ts'
import { Secret } from '../../src/core/format/secret.ts'
import type { Keyring } from '../../src/core/keyring.ts'
import type { Limiter, Rates } from '../../src/core/limiter.ts'
import type { LogEvent } from '../../src/core/log.ts'
import type { WebVault } from '../../src/core/web-vault.ts'
import type { WebApp } from '../../src/web/api/app.ts'
import { buildPages } from '../../src/web/build.ts'
import { type SealedLink, sealForLink } from '../../src/web/pages/sealing.ts'
import type { ServerLimits } from '../../src/web/server/limits.ts'
import { type Mounted, webServer } from '../../src/web/server/server.ts'
import { freePort } from './redis-server.ts'
import { type OpenedStore, type StoreUnderTest, sqlite } from './stores.ts'
import { wired } from './wired.ts'

export interface SiteOptions {
  readonly store?: StoreUnderTest
  readonly now?: () => number
  readonly rates?: Partial<Rates>
  readonly limits?: Partial<ServerLimits>
  readonly mounted?: readonly Mounted[]
  /** Variables as for the program. */
  readonly env?: Readonly<Record<string, string>>
  /** Stands between the server and the app, for counter-examples. */
  readonly around?: (app: WebApp) => WebApp
  readonly ready?: () => Promise<Readonly<Record<string, boolean>>>
}

export interface Site {
  /** Where it really listens; `publicUrl` may say something else. */
  readonly url: string
  readonly port: number
  readonly opened: OpenedStore
  readonly vault: WebVault
  readonly keyring: Keyring
  readonly limiter: Limiter
  readonly events: LogEvent[]
  readonly app: WebApp
  /** POSTs JSON as a page of ours does. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  /** Seals a text as the compose page does, and keeps it. */
  keep(text: string, passphrase?: string): Promise<SealedLink>
  /** Makes a request for a secret that `who` can open. */
  ask(text?: { readonly from?: string; readonly note?: string }): Promise<Asked>
  close(): Promise<void>
}

export const argon2 = argon2Queue().run

/** Whoever asks in tests. */
export const asker = { platform: 'slack', tenant: 'T1', id: 'U1' } as const

/** Where whoever asks is; nobody is reached there. */
const slack: Platform = {
  name: 'slack',
  begin: [],
  maxSecretChars: 4_000,
  maxNoteChars: 150,
  maxRecipients: 10,
  find: async () => [],
  post: async () => ({ why: 'definitive', code: 'nobody-there' }),
  hint: async () => undefined,
  edit: async () => ({ why: 'definitive', code: 'nobody-there' }),

  wipe: async () => ({ why: 'ok' as const }),
}

/** The whole web room, on a real store and a real port. */
export async function openSite(options: SiteOptions = {}): Promise<Site> {
  await buildPages()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const opened = await (options.store ?? sqlite).open(options.now)
  const events: LogEvent[] = []
  const log = (event: LogEvent) => void events.push(event)
  const env = { SOTTO_WEB: 'on', PORT: `${port}`, PUBLIC_URL: url, ...options.env }
  const { store } = opened
  const { rates = {} } = options
  const { config, keyring, limiter, web } = await wired({ store, log, platforms: [slack], env, rates })
  if (web === undefined) throw new Error('links are off')
  const { app, vault } = web
  const { host, publicUrl, trustedProxies } = config
  const server = await webServer({
    host,
    port,
    publicUrl,
    trustedProxies,
    web: options.around?.(app) ?? app,
    mounted: options.mounted ?? [],
    ready: options.ready ?? (async () => ({ store: (await opened.store.now()) > 0 })),
    ...(options.limits && { limits: options.limits }),
  })

  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    return fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sotto-request': '1', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  return {
    url,
    port,
    opened,
    vault,
    keyring,
    limiter,
    events,
    app,
    post,
    async keep(text, passphrase) {
      const sealed = await sealText(text, (await vault.now()) + 86_400_000, passphrase)
      const response = await post('/api/v1/secrets', sealed.body)
      if (response.status !== 201) throw new Error(`not kept: ${await response.text()}`)
      return sealed
    },
    ask({ from = 'Ada', note = 'the staging database' } = {}) {
      const { platform, id } = asker
      const about = printAbout({ platform, from: id, audience: 'person', to: id, name: from, note })
      return web.links.ask({ recipient: asker, owner: asker, about, ttlSeconds: 3 * 86_400 })
    },
    async close() {
      await server.stop(500)
      await limiter.close()
      await opened.close()
    },
  }
}

/** A text sealed for a link, in Node, with the same code as in the browser. */
export function sealText(text: string, expiresAt: number, passphrase?: string): Promise<SealedLink> {
  return sealForLink(
    { what: 'text', text: Secret.fromText(text) },
    { expiresAt, argon2, ...(passphrase !== undefined && { passphrase: Secret.fromText(passphrase) }) },
  )
}
