import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import { parseId, type SecretId } from '../../core/format/id.ts'
import type { Keyring } from '../../core/keyring.ts'
import type { Limiter } from '../../core/limiter.ts'
import { addressKeys, clientAddress, type Network } from '../server/address.ts'
import { bodies, type RequestBody } from './body.ts'
import { bodyLimits, maxTextBody } from './body-limits.ts'
import { refuseCrossSite } from './csrf.ts'
import { json } from './json.ts'
import { problem, Refused } from './problems.ts'
import type { Route } from './routes.ts'
import { apiPrefix } from './schemas.ts'

/** What the server knows of a request beside itself. */
export interface RequestInfo {
  /** The socket's other end. */
  readonly address: string
}

/** What Hono hands to a handler beside the request. */
export type Env = { Bindings: RequestInfo }

type Body<R extends Route> = z.output<R['request']>

/** Answers POSTs with what `respond` returns. A Refused that it throws is the answer, too. */
export interface Serving {
  serve<R extends Route>(route: R, respond: (body: Body<R>) => Promise<unknown>): void
  /** The same for a route whose path names one secret. */
  serveOne<R extends Route>(route: R, respond: (body: Body<R>, id: SecretId) => Promise<unknown>): void
}

/** What every route of the API needs before it may act. */
export interface ServeParts {
  readonly keyring: Keyring
  readonly limiter: Limiter
  readonly publicUrl: string
  readonly trustedProxies: readonly Network[]
  readonly maxFileBytes: number
}

/** Serves routes in `app`. Before a route acts: CSRF, the body's size, the caller's limit, the body's shape, the id's. */
export function serveIn(app: Hono<Env>, parts: ServeParts): Serving {
  const { limiter, publicUrl } = parts
  const addressOf = clientAddress(parts.trustedProxies)
  const keyOf = addressKeys(parts.keyring)
  const bodyOf = bodies()
  const limits = bodyLimits(parts.maxFileBytes)

  async function count({ env, req }: Context<Env>, { allowance, size }: Route, body: RequestBody) {
    if (allowance === undefined) return
    const key = keyOf(addressOf(env.address, req.raw.headers.get('x-forwarded-for')))
    const points = size === 'file' ? 1 + Math.floor(body.maxBytes / maxTextBody) : 1
    const allowed = await limiter.take(allowance, key, points)
    if (allowed.why === 'limited') throw new Refused('limited', { ...allowed, close: true })
  }

  function answer<R extends Route, Id>(
    route: R,
    idOf: (context: Context<Env>) => Id,
    respond: (body: Body<R>, id: Id) => Promise<unknown>,
  ): void {
    app.post(apiPrefix + route.path, async (context) => {
      const request = context.req.raw
      refuseCrossSite(request.headers)
      const body = bodyOf(request, limits[route.size])
      await count(context, route, body)
      const parsed = route.request.safeParse(await body.json())
      if (!parsed.success) {
        // Names of the caller's own making are cut off: a refusal repeats nothing that it was sent.
        const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].slice(0, 10)
        throw new Refused('malformed', { fields })
      }
      return json(await respond(parsed.data as Body<R>, idOf(context)), route.status, publicUrl)
    })
    app.all(apiPrefix + route.path, () => problem('method-not-allowed', publicUrl, { allow: 'POST' }))
  }

  return {
    serve: (route, respond) => answer(route, () => undefined, respond),
    serveOne: (route, respond) => answer(route, secretIdOf, respond),
  }
}

/** The secret that the path names. @throws Refused when it names none */
function secretIdOf({ req }: Context<Env>): SecretId {
  const id = parseId(req.param('id') ?? '')
  if (id === undefined) throw new Refused('malformed', { fields: ['id'] })
  return id
}
