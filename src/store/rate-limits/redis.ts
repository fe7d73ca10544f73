import { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { defaultRates, type Limiter, type Rates } from '../../core/limiter.ts'
import { limits } from './common.ts'

/** Rate limits in the Redis of the secrets, through a connection of their own that gives up quickly: `sotto:limit:…`. */
export function redisLimits(url: string, rates: Rates = defaultRates): Limiter {
  const redis = new Redis(url, { commandTimeout: 300, maxRetriesPerRequest: 1 })
  // Each failed call is answered from memory, and the store beside it reports the outage.
  redis.on('error', () => undefined)
  return limits(
    rates,
    'sotto:limit:',
    ({ points, seconds, keyPrefix, insurance }) =>
      new RateLimiterRedis({
        storeClient: redis,
        points,
        duration: seconds,
        keyPrefix,
        insuranceLimiter: insurance,
        inMemoryBlockOnConsumed: points + 1,
      }),
    async () => redis.disconnect(),
  )
}
