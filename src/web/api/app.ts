import { type Context, Hono } from 'hono'
import { minTtlSeconds } from '../../core/format/expiry.ts'
import { codeOf, type Log } from '../../core/log.ts'
import type { WebVault } from '../../core/web-vault.ts'
import { type Assets, errorPage } from '../assets.ts'
import { type AskText, serveAsks } from './asks.ts'
import { bodyLimits, maxTextBytes } from './body-limits.ts'
import { failedClaims } from './failed-claims.ts'
import { forwardedUnread } from './forwarded.ts'
import { json } from './json.ts'
import { openApi } from './openapi.ts'
import { type ProblemName, problem, Refused } from './problems.ts'
import { serveReceipts } from './receipts.ts'
import { routes } from './routes.ts'
import { apiPrefix } from './schemas.ts'
import { serveSecrets } from './secrets.ts'
import { type Env, type RequestInfo, type ServeParts, serveIn } from './serve.ts'

/** What the one-time links are made of, and what the operator allows them. */
interface WebParts extends ServeParts {
  readonly vault: WebVault
  readonly log: Log
  readonly assets: Assets
  /** Where people reach this server; links are made from nothing else. */
  readonly publicUrl: string
  readonly maxTtlSeconds: number
  /** Reads what `WebVault.ask` was given as `about`. */
  readonly describeAsk: (about: Uint8Array) => AskText | undefined
}

/** Answers every request that is the links' own. Never rejects: what goes wrong is an answer. */
export interface WebApp {
  fetch(request: Request, info: RequestInfo): Response | Promise<Response>
}

/** The one-time links: pages, API and its description. No answer to GET, HEAD or OPTIONS depends on a secret. */
export function webApp(parts: WebParts): WebApp {
  const { vault, limiter, log, assets, publicUrl, maxFileBytes, maxTtlSeconds } = parts
  const described = openApi(publicUrl, bodyLimits(maxFileBytes))
  const app = new Hono<Env>()

  function refuse(name: ProblemName, details = {}): Response {
    return problem(name, publicUrl, details)
  }

  const serving = serveIn(app, parts)
  serveSecrets(serving, vault, failedClaims(limiter))
  serveReceipts(serving, vault)
  serveAsks(serving, vault, parts.describeAsk)

  app.get(`${apiPrefix}/terms`, async () => {
    const now = await vault.now()
    return json({ now, publicUrl, minTtlSeconds, maxTtlSeconds, maxTextBytes, maxFileBytes }, 200, publicUrl)
  })
  app.get('/openapi.json', () => json(described, 200, publicUrl))

  function page(path: string, { req }: Context, status = 200): Response | undefined {
    return assets.serve(path, req.header('accept-encoding') ?? '', status)
  }

  const paths = assets.paths.filter((path) => path !== errorPage)
  for (const path of paths) app.get(path, (context) => page(path, context) ?? refuse('internal'))
  for (const path of [`${apiPrefix}/terms`, '/openapi.json', ...paths]) {
    app.all(path, () => refuse('method-not-allowed', { allow: 'GET, HEAD' }))
  }

  app.notFound((context) => {
    const { method, path } = context.req
    const wanted = (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/')
    return (wanted ? page(errorPage, context, 404) : undefined) ?? refuse('not-found')
  })

  app.onError((error, { req }) => {
    if (error instanceof Refused) return refuse(error.problem, error.details)
    const code = codeOf(error)
    const route = Object.values(routes).find(({ path }) => shape(path).test(req.path))
    if (/^(unavailable|newer)\b/.test(code)) {
      log({ event: 'store-failed', call: `web ${route?.name ?? 'page'}`, code })
      return refuse('unavailable', { retryAfterSeconds: 5 })
    }
    log({ event: 'handler-failed', platform: 'web', what: route?.name ?? 'page', code })
    return refuse('internal')
  })

  const lookAt = forwardedUnread(parts.trustedProxies, log)
  return {
    fetch(request, info) {
      lookAt(request.headers)
      return app.fetch(request, info)
    },
  }
}

/** The addresses of one route. */
function shape(path: string): RegExp {
  return new RegExp(`^${apiPrefix}${path.replace(':id', '[^/]+')}$`)
}
