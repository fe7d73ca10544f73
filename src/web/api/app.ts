import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { print as printBase64url } from '../../core/format/base64url.ts'
import { minTtlSeconds } from '../../core/format/expiry.ts'
import { parseId, type SecretId } from '../../core/format/id.ts'
import { paddedBytes } from '../../core/format/padding.ts'
import { maxNameBytes } from '../../core/format/web-content.ts'
import type { Keyring } from '../../core/keyring.ts'
import type { Limiter } from '../../core/limiter.ts'
import { codeOf, type Log } from '../../core/log.ts'
import type { WebVault } from '../../core/web-vault.ts'
import { type Assets, errorPage } from '../assets.ts'
import { addressKeys, clientAddress, type Network } from '../server/address.ts'
import { securityHeaders } from '../server/headers.ts'
import { type Admitted, door } from './body.ts'
import { failedClaims } from './failed-claims.ts'
import { openApi } from './openapi.ts'
import { type ProblemName, problem, Refused } from './problems.ts'
import { type Route, routes } from './routes.ts'
import { apiPrefix, maxTextBody, maxTextBytes } from './schemas.ts'

/** What the drop page shows of a request. */
export interface AskText {
  /** Who asks, as people know them. */
  readonly from: string
  /** What for; empty when nothing was said. */
  readonly note: string
  /** The longest answer that their platform can show. */
  readonly maxCharacters: number
}

export interface WebParts {
  readonly vault: WebVault
  readonly keyring: Keyring
  readonly limiter: Limiter
  readonly log: Log
  readonly assets: Assets
  /** Where people reach this server; links are made from nothing else. */
  readonly publicUrl: string
  readonly trustedProxies: readonly Network[]
  readonly maxFileBytes: number
  readonly maxTtlSeconds: number
  /** Reads what `WebVault.ask` was given as `about`. */
  readonly describeAsk: (about: Uint8Array) => AskText | undefined
}

/** What the server knows of a request beside itself. */
export interface RequestInfo {
  /** The socket's other end. */
  readonly address: string
}

export interface WebApp {
  fetch(request: Request, info: RequestInfo): Response | Promise<Response>
}

type Env = { Bindings: RequestInfo }

/** The one-time links: pages, API and its description. No answer to GET, HEAD or OPTIONS depends on a secret. */
export function webApp(parts: WebParts): WebApp {
  const { vault, keyring, limiter, log, assets, publicUrl, maxFileBytes, maxTtlSeconds } = parts
  const addressOf = clientAddress(parts.trustedProxies)
  const keyOf = addressKeys(keyring)
  const guesses = failedClaims(limiter)
  const admit = door()
  const limits = { text: maxTextBody, file: maxFileBody(maxFileBytes) }
  const described = JSON.stringify(openApi(publicUrl, limits))
  const app = new Hono<Env>()

  function refuse(name: ProblemName, details = {}): Response {
    return problem(name, publicUrl, details)
  }

  function json(body: unknown, status: number): Response {
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: {
        ...securityHeaders('data', publicUrl),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
    })
  }

  async function limit({ env, req }: Context<Env>, { allowance, size }: Route, admitted: Admitted) {
    if (allowance === undefined) return
    const key = keyOf(addressOf(env.address, req.raw.headers.get('x-forwarded-for')))
    const points = size === 'file' ? 1 + Math.floor(admitted.maxBytes / maxTextBody) : 1
    const allowed = await limiter.take(allowance, key, points)
    if (allowed.why === 'limited') throw new Refused('limited', { ...allowed, close: true })
  }

  /** Serves one route: the door, the limit, the body's shape, then `act`, whose result is the answer's body. */
  function serve<R extends Route>(
    route: R,
    act: (body: z.output<R['request']>, id: string) => Promise<unknown>,
  ): void {
    app.post(apiPrefix + route.path, async (context) => {
      const admitted = admit(context.req.raw, limits[route.size])
      await limit(context, route, admitted)
      const parsed = route.request.safeParse(await admitted.json())
      if (!parsed.success) {
        // Names of the caller's own making are cut off: a refusal repeats nothing that it was sent.
        const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].slice(0, 10)
        throw new Refused('malformed', { fields })
      }
      const id = context.req.param('id') ?? ''
      return json(await act(parsed.data as z.output<R['request']>, id), route.status)
    })
    app.all(apiPrefix + route.path, () => refuse('method-not-allowed', { allow: 'POST' }))
  }

  /** The same for a route whose path names one secret. */
  function serveOne<R extends Route>(
    route: R,
    act: (body: z.output<R['request']>, id: SecretId) => Promise<unknown>,
  ): void {
    serve(route, (body, text) => {
      const id = parseId(text)
      if (id === undefined) throw new Refused('malformed', { fields: ['id'] })
      return act(body, id)
    })
  }

  for (const route of [routes.keep, routes.keepFile]) {
    serve(route, async (body) => {
      const { kdf, ...order } = body
      const result = await vault.keep({ ...order, ...(kdf && { kdf }) })
      if (result !== 'kept') throw new Refused(result)
      return { id: body.id, expiresAt: body.expiresAt }
    })
  }

  serveOne(routes.cover, async (_body, id) => {
    const cover = await vault.cover(id)
    if (cover.why === 'gone') throw new Refused('gone')
    const { why: state, ...known } = cover
    return { state, ...known }
  })

  serveOne(routes.claim, async ({ proof, claimId }, id) => {
    guesses.check(id)
    const result = await vault.claim({ id, proof, claimId })
    if (result.why === 'claimed') {
      const { sealed, expiresAt, leaseUntil, kdf } = result
      return { sealed: base64url(sealed), expiresAt, leaseUntil, kdf }
    }
    await guesses.count(id)
    if (result.why === 'wrong-passphrase') throw new Refused(result.why, { triesLeft: result.triesLeft })
    throw new Refused(result.why, result.why === 'opening' ? { retryAfterSeconds: 60 } : {})
  })

  serveOne(routes.settle, async ({ claimId }, id) => {
    if (!(await vault.settle(id, claimId))) throw new Refused('not-holder')
  })

  serveOne(routes.receipt, async ({ receipt }, id) => {
    const found = await vault.receipt(id, receipt)
    if (found === undefined) throw new Refused('gone')
    return found
  })

  serveOne(routes.burn, async ({ receipt }, id) => {
    const result = await vault.burn(id, receipt)
    if (result === 'busy') throw new Refused('opening', { retryAfterSeconds: 60 })
    if (result === 'gone') throw new Refused('gone')
    return { state: result }
  })

  serveOne(routes.ask, async (_body, id) => {
    const ask = await vault.askCover(id)
    const text = ask && parts.describeAsk(ask.about)
    if (ask === undefined || text === undefined) throw new Refused('gone')
    return { ...text, expiresAt: ask.expiresAt, recipient: printBase64url(ask.recipient) }
  })

  serveOne(routes.answer, async (body, id) => {
    const state = await vault.answer({ id, ...body })
    if (state === 'gone') throw new Refused('gone')
    return { state }
  })

  app.get(`${apiPrefix}/terms`, async () =>
    json(
      { now: await vault.now(), publicUrl, minTtlSeconds, maxTtlSeconds, maxTextBytes, maxFileBytes },
      200,
    ),
  )
  app.all(`${apiPrefix}/terms`, () => refuse('method-not-allowed', { allow: 'GET, HEAD' }))
  app.get('/openapi.json', () => new Response(described, { headers: jsonHeaders(publicUrl) }))

  const paths = assets.paths.filter((path) => path !== errorPage)
  for (const path of paths) {
    app.get(path, ({ req }) => assets.serve(path, req.header('accept-encoding') ?? '') ?? refuse('internal'))
  }
  for (const path of [...paths, '/openapi.json']) {
    app.all(path, () => refuse('method-not-allowed', { allow: 'GET, HEAD' }))
  }

  app.notFound(({ req }) => {
    const page = req.method === 'GET' || req.method === 'HEAD'
    const wanted = page && !req.path.startsWith('/api/')
    return (
      (wanted ? assets.serve(errorPage, req.header('accept-encoding') ?? '', 404) : undefined) ??
      refuse('not-found')
    )
  })

  app.onError((error, { req }) => {
    if (error instanceof Refused) return refuse(error.problem, error.details)
    const code = codeOf(error)
    const route = Object.values(routes).find(({ path }) => shape(path).test(req.path))
    if (code === 'unavailable' || code === 'newer') {
      log({ event: 'store-failed', call: `web ${route?.name ?? 'page'}`, code })
      return refuse('unavailable', { retryAfterSeconds: 5 })
    }
    log({ event: 'handler-failed', platform: 'web', what: route?.name ?? 'page', code })
    return refuse('internal')
  })

  return { fetch: (request, info) => app.fetch(request, info) }
}

/** The largest body that a file of `maxFileBytes` makes: padded, sealed, in base64url, with what stands around it. */
function maxFileBody(maxFileBytes: number): number {
  const sealed = paddedBytes(maxFileBytes + maxNameBytes + 2) + 73
  return Math.max(maxTextBody, Math.ceil((sealed * 4) / 3) + 1024)
}

function jsonHeaders(publicUrl: string) {
  return { ...securityHeaders('data', publicUrl), 'content-type': 'application/json' }
}

function shape(path: string): RegExp {
  return new RegExp(`^${apiPrefix}${path.replace(':id', '[^/]+')}$`)
}

/** A megabyte at once is what Node's own encoder is for. */
function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
}
