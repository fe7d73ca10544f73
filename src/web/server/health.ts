import { withinOr } from '../../core/deadline.ts'
import { json } from '../api/json.ts'
import { problem } from '../api/problems.ts'

/** How long `/readyz` waits for an answer, ms. */
const readyMs = 2_000

/** What must be reachable, by name; anything false makes `/readyz` answer 503. */
export type Ready = () => Promise<Readonly<Record<string, boolean>>>

/**
 * The answer at `/healthz` (this process is alive) and at `/readyz` (and reaches what it needs, with `details` in sentences
 * where there are any); undefined elsewhere.
 */
export function health(
  ready: Ready,
  publicUrl: string,
  details: () => readonly string[] = () => [],
): (method: string, path: string) => Response | Promise<Response> | undefined {
  async function readiness(): Promise<Response> {
    const answer = ready().catch(() => ({ store: false }))
    const parts = await withinOr(answer, readyMs, { answer: false })
    const told = details()
    const body = { ...parts, ...(told.length > 0 && { details: told }) }
    return json(body, Object.values(parts).every(Boolean) ? 200 : 503, publicUrl)
  }

  return (method, path) => {
    if (path !== '/healthz' && path !== '/readyz') return undefined
    if (method !== 'GET' && method !== 'HEAD')
      return problem('method-not-allowed', publicUrl, { allow: 'GET, HEAD', close: true })
    return path === '/healthz' ? json({ alive: true }, 200, publicUrl) : readiness()
  }
}
