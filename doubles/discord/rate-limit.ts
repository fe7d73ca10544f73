import { createHash } from 'node:crypto'
import type { TimeSource } from './clock.ts'
import type { RouteName } from './routes.ts'

interface Bucket {
  resetAt: number
  used: number
}

const perRoute: Partial<Record<RouteName, readonly [count: number, windowMs: number]>> = {
  'message.create': [5, 5_000],
  'message.edit': [5, 5_000],
  'dm.open': [10, 10_000],
}
const plenty = [1_000, 1_000] as const
const globalPerSecond = 50

/**
 * The headers of every answer, and, when `enforced`, limits like Discord's: 50 requests a second in all, 5 messages in
 * 5 s per channel. What interaction tokens do is not counted, as in Discord's global limit.
 */
export class Limits {
  readonly #clock: TimeSource
  readonly #enforced: boolean
  readonly #buckets = new Map<string, Bucket>()
  readonly #hashes = new Map<RouteName, string>()

  constructor(clock: TimeSource, enforced: boolean) {
    this.#clock = clock
    this.#enforced = enforced
  }

  /** Counts one request. What it must wait for, if it came too early. */
  take(
    route: RouteName,
    params: Readonly<Record<string, string>>,
  ): { seconds: number; global: boolean } | undefined {
    if (!this.#enforced) return undefined
    const now = this.#clock.now()
    const all = this.#bucket('all', 1_000)
    if (all.used >= globalPerSecond) return { seconds: (all.resetAt - now) / 1_000, global: true }
    const [count, windowMs] = perRoute[route] ?? plenty
    const own = this.#bucket(key(route, params), windowMs)
    if (own.used >= count) return { seconds: (own.resetAt - now) / 1_000, global: false }
    all.used += 1
    own.used += 1
    return undefined
  }

  headers(route: RouteName, params: Readonly<Record<string, string>>): Record<string, string> {
    const [count, windowMs] = (this.#enforced ? perRoute[route] : undefined) ?? plenty
    const { used, resetAt } = this.#enforced
      ? this.#bucket(key(route, params), windowMs)
      : { used: 1, resetAt: this.#clock.now() + windowMs }
    return {
      'X-RateLimit-Limit': String(count),
      'X-RateLimit-Remaining': String(count - used),
      'X-RateLimit-Reset': (resetAt / 1_000).toFixed(3),
      'X-RateLimit-Reset-After': (Math.max(0, resetAt - this.#clock.now()) / 1_000).toFixed(3),
      'X-RateLimit-Bucket': this.#hash(route),
    }
  }

  #bucket(name: string, windowMs: number): Bucket {
    const now = this.#clock.now()
    let bucket = this.#buckets.get(name)
    if (!bucket || bucket.resetAt <= now) {
      bucket = { resetAt: now + windowMs, used: 0 }
      this.#buckets.set(name, bucket)
    }
    return bucket
  }

  #hash(route: RouteName): string {
    const known = this.#hashes.get(route)
    if (known) return known
    const hash = createHash('sha256').update(route).digest('hex').slice(0, 32)
    this.#hashes.set(route, hash)
    return hash
  }
}

function key(route: RouteName, params: Readonly<Record<string, string>>): string {
  return `${route} ${params['channel_id'] ?? params['webhook_token'] ?? ''}`
}
