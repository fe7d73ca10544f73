import { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { defaultRates, type Limiter, type Rates } from '../../core/limiter.ts'
import { clientOptions, type RedisAddress } from '../redis/address.ts'
import { limiter } from './common.ts'

/** Rate limits in the Redis of the secrets, through a connection of their own that gives up quickly: `sotto:limit:…`. */
export function redisLimits(at: RedisAddress, rates: Rates = defaultRates): Limiter {
  const redis = new Redis({ ...clientOptions(at), commandTimeout: 300, maxRetriesPerRequest: 1 })
  // Each failed call is answered from memory, and the store beside it reports the outage.
  redis.on('error', () => undefined)
  return limiter(rates, {
    prefix: 'sotto:limit:',
    open: (options) => new RateLimiterRedis({ ...options, storeClient: redis }),
    counted: async () => undefined,
    close: async () => redis.disconnect(),
  })
}
