import { randomBytes } from 'node:crypto'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import type { Asked } from '../../src/core/asks.ts'
import { Secret } from '../../src/core/format/secret.ts'
import type { Keyring } from '../../src/core/keyring.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import { defaultRates, type Limiter, type Rates, sameRates } from '../../src/core/limiter.ts'
import type { LogEvent } from '../../src/core/log.ts'
import { type WebVault, webVault } from '../../src/core/web-vault.ts'
import { sqliteLimits } from '../../src/store/rate-limits/sqlite.ts'
import { type AskText, type WebApp, webApp } from '../../src/web/api/app.ts'
import { readAssets } from '../../src/web/assets.ts'
import { buildPages, builtPages } from '../../src/web/build.ts'
import { type KeepBody, type SealedLink, sealForLink } from '../../src/web/pages/sealing.ts'
import type { Network } from '../../src/web/server/address.ts'
import { type Mounted, type ServerLimits, webServer } from '../../src/web/server/server.ts'
import { freePort } from './redis-server.ts'
import { type OpenedStore, type StoreUnderTest, sqlite } from './stores.ts'

export interface SiteOptions {
  readonly store?: StoreUnderTest
  readonly now?: () => number
  readonly rates?: Partial<Rates>
  readonly limits?: Partial<ServerLimits>
  readonly mounted?: readonly Mounted[]
  readonly publicUrl?: string
  readonly trustedProxies?: readonly Network[]
  readonly maxFileBytes?: number
  /** Stands between the server and the app, for mutants. */
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
  ask(text?: Partial<AskText>): Promise<Asked>
  close(): Promise<void>
}

/** No test is slowed down by a limit that it does not test. */
const generous = sameRates({ points: 1e6, seconds: 600 })

export const argon2 = argon2Queue().run

/** Whoever asks in tests. */
export const asker = { platform: 'slack', tenant: 'T1', id: 'U1' }

/** The whole web room, on a real store and a real port. */
export async function openSite(options: SiteOptions = {}): Promise<Site> {
  await buildPages()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const publicUrl = options.publicUrl ?? url
  const trustedProxies = options.trustedProxies ?? []
  const opened = await (options.store ?? sqlite).open(options.now)
  const keyring = parseKeyring(`k1:${randomBytes(32).toString('base64')}`)
  const events: LogEvent[] = []
  const log = (event: LogEvent) => events.push(event)
  const limiter = sqliteLimits(':memory:', { ...generous, ...options.rates })
  const vault = webVault({
    store: opened.store,
    keyring,
    log,
    minTtlSeconds: 600,
    maxTtlSeconds: 30 * 86_400,
  })
  const app = webApp({
    vault,
    keyring,
    limiter,
    log,
    assets: readAssets(builtPages, publicUrl),
    publicUrl,
    trustedProxies,
    maxFileBytes: options.maxFileBytes ?? 1024 * 1024,
    maxTtlSeconds: 30 * 86_400,
    describeAsk: (about) => JSON.parse(Buffer.from(about).toString()) as AskText,
  })
  const server = await webServer({
    host: '127.0.0.1',
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
    ask: (text = {}) =>
      vault.ask({
        recipient: asker,
        owner: asker,
        about: new TextEncoder().encode(
          JSON.stringify({ from: 'Ada', note: 'the staging database', maxCharacters: 3000, ...text }),
        ),
        ttlSeconds: 3 * 86_400,
      }),
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

export type { KeepBody }
export { defaultRates }
