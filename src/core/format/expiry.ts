/** The lifetimes that a sender can choose, in seconds, shortest first. */
export const lifetimes = [
  10 * 60,
  60 * 60,
  4 * 60 * 60,
  24 * 60 * 60,
  3 * 24 * 60 * 60,
  7 * 24 * 60 * 60,
  14 * 24 * 60 * 60,
  30 * 24 * 60 * 60,
] as const

export const defaultTtlSeconds = 3 * 24 * 60 * 60

export const minTtlSeconds = 10 * 60

export const maxTtlSeconds = 30 * 24 * 60 * 60

/** Whether `ttlSeconds` is a whole number from ten minutes to `maxSeconds` (30 days unless the operator allows less). */
export function validTtl(ttlSeconds: number, maxSeconds: number = maxTtlSeconds): boolean {
  return Number.isSafeInteger(ttlSeconds) && ttlSeconds >= minTtlSeconds && ttlSeconds <= maxSeconds
}
