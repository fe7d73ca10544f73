import { RateLimiterMemory, RateLimiterRes, type RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import { type Allowance, allowances, type Limiter, type Rate, type Rates } from '../../core/limiter.ts'

/** What one allowance is opened with; `insurance` counts while the database is away. */
export interface LimitOptions extends Rate {
  readonly keyPrefix: string
  readonly insurance: RateLimiterMemory
}

/** One limiter from one of the library's for each allowance. `counted` resolves when the counts so far are other processes' too. */
export function limits(
  rates: Rates,
  prefix: string,
  open: (options: LimitOptions) => RateLimiterStoreAbstract,
  close: () => Promise<void>,
  counted: () => Promise<void> = async () => undefined,
): Limiter {
  const limiters = new Map(
    allowances.map((allowance) => {
      const { points, seconds } = rates[allowance]
      const keyPrefix = `${prefix}${allowance}`
      const insurance = new RateLimiterMemory({ points, duration: seconds, keyPrefix })
      return [allowance, open({ points, seconds, keyPrefix, insurance })]
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
        await counted()
      }
    },
    close,
  }
}
