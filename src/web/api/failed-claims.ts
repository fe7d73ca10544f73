import type { SecretId } from '../../core/format/id.ts'
import type { Limiter } from '../../core/limiter.ts'
import { Refused } from './problems.ts'

/** How many ids this process keeps shut at once. */
const maxShut = 10_000

/** The limit on claims of one id that get nothing. */
export interface FailedClaims {
  /** @throws Refused `limited` while this id is shut */
  check(id: SecretId): void
  /** Counts a claim that got nothing; past the allowance the id is shut for everyone who asks this process. */
  count(id: SecretId): Promise<void>
}

/**
 * Claims of one id, from wherever they come. Those that get nothing are counted where every process sees it; the one
 * that gets the secret is the last of its kind and is not worth a count.
 */
export function failedClaims(limiter: Limiter, now: () => number = Date.now): FailedClaims {
  const shut = new Map<SecretId, number>()
  return {
    check(id) {
      const until = shut.get(id)
      if (until === undefined) return
      const leftMs = until - now()
      if (leftMs > 0) throw new Refused('limited', { retryAfterSeconds: Math.ceil(leftMs / 1_000) })
      shut.delete(id)
    },

    async count(id) {
      const allowed = await limiter.take('claim-id', id)
      if (allowed.why === 'allowed') return
      if (shut.size >= maxShut) shut.clear()
      shut.set(id, now() + allowed.retryAfterSeconds * 1_000)
    },
  }
}
