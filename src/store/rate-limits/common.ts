import { RateLimiterMemory, RateLimiterRes, type RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import { type Allowance, allowances, type Limiter, type Rates } from '../../core/limiter.ts'

/** What the library is told of one allowance, whatever it counts in; `insuranceLimiter` counts while that is away. */
interface LimitOptions {
  readonly keyPrefix: string
  readonly points: number
  readonly duration: number
  readonly insuranceLimiter: RateLimiterMemory
  readonly inMemoryBlockOnConsumed: number
}

/** What each database has of its own. */
interface Counts {
  /** What every key begins with. */
  readonly prefix: string
  open(options: LimitOptions): RateLimiterStoreAbstract
  /** Resolves when the counts so far are other processes' too. */
  counted(): Promise<void>
  close(): Promise<void>
}

/** The port over one of the library's limiters for each allowance. */
export function limiter(rates: Rates, counts: Counts): Limiter {
  const limiters = new Map(
    allowances.map((allowance) => {
      const { points, seconds } = rates[allowance]
      const shared = { keyPrefix: `${counts.prefix}${allowance}`, points, duration: seconds }
      const insuranceLimiter = new RateLimiterMemory(shared)
      return [allowance, counts.open({ ...shared, insuranceLimiter, inMemoryBlockOnConsumed: points + 1 })]
    }),
  )

  return {
    async take(allowance: Allowance, key: string, points = 1) {
      try {
        await limiters.get(allowance)?.consume(key, points)
        return { why: 'allowed' }
      } catch (refused) {
        // With memory behind every database the library rejects with its own class alone; anything else counts as a no.
        const ms = refused instanceof RateLimiterRes ? refused.msBeforeNext : 1_000
        return { why: 'limited', retryAfterSeconds: Math.max(1, Math.ceil(ms / 1_000)) }
      } finally {
        await counts.counted()
      }
    },
    close: () => counts.close(),
  }
}
