import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { redisAt } from '../doubles/run/redis-server.ts'
import { parseKeyring } from '../src/core/keyring.ts'
import { sameRates } from '../src/core/limiter.ts'
import { webVault } from '../src/core/web-vault.ts'
import { redisLimits } from '../src/store/rate-limits/redis.ts'
import { sqliteLimits } from '../src/store/rate-limits/sqlite.ts'
import { redisStore } from '../src/store/redis/store.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import { webApp } from '../src/web/api/app.ts'
import { readAssets } from '../src/web/assets.ts'
import { builtPages } from '../src/web/build.ts'
import { webServer } from '../src/web/server/server.ts'

/** The links' server in a process of its own, as the bench drives it. Told where Redis is, or nothing for SQLite. */
const [redisUrl = ''] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'))
const keyring = parseKeyring(`k1:${randomBytes(32).toString('base64')}`)
// The limits are asked, as they are in production, and never say no.
const rates = sameRates({ points: 1e9, seconds: 600 })
const store = redisUrl === '' ? sqliteStore(join(folder, 'sotto.db')) : redisStore({ at: redisAt(redisUrl) })
const limiter =
  redisUrl === '' ? sqliteLimits(join(folder, 'sotto.db'), rates) : redisLimits(redisAt(redisUrl), rates)
const empty = new Hono().get('/empty', (context) => context.body(''))
const publicUrl = 'http://127.0.0.1'
const app = webApp({
  vault: webVault({
    store,
    keyring,
    log: () => undefined,
    minTtlSeconds: 600,
    maxTtlSeconds: 86_400,
  }),
  keyring,
  limiter,
  log: () => undefined,
  assets: readAssets(builtPages, publicUrl),
  publicUrl,
  trustedProxies: [],
  maxFileBytes: 1024 * 1024,
  maxTtlSeconds: 86_400,
  describeAsk: () => undefined,
})
const server = await webServer({
  host: '127.0.0.1',
  port: 0,
  publicUrl,
  trustedProxies: [],
  web: {
    fetch: (request, info) =>
      request.url.endsWith('/empty') ? empty.fetch(request) : app.fetch(request, info),
  },
  mounted: [],
  ready: async () => ({ store: true }),
  limits: { requestsPerConnection: 1e9 },
})

process.on('message', async (what) => {
  if (what === 'memory') {
    process.send?.({ rss: process.memoryUsage().rss })
    return
  }
  await server.stop(100)
  await limiter.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
  process.disconnect()
})
process.send?.({ port: server.port })
