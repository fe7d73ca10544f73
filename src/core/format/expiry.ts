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

/** Three days: what a form starts with. */
export const defaultTtlSeconds = 3 * 24 * 60 * 60

/** The shortest lifetime that a secret can have, in seconds. */
export const minTtlSeconds = 10 * 60

/** The longest lifetime that a secret can have, in seconds; an operator may allow less. */
export const maxTtlSeconds = 30 * 24 * 60 * 60

/** The lifetimes to offer where the operator allows at most `maxSeconds`: those of `lifetimes`, or that alone. */
export function offeredLifetimes(maxSeconds: number): readonly [number, ...number[]] {
  const [first, ...rest] = lifetimes.filter((seconds) => seconds <= maxSeconds)
  return first === undefined ? [maxSeconds] : [first, ...rest]
}

/** The lifetime of a form that nobody touched, one of `offeredLifetimes`: three days, or the longest that is offered. */
export function startingTtl(maxSeconds: number): number {
  const offered = offeredLifetimes(maxSeconds)
  return offered.includes(defaultTtlSeconds) ? defaultTtlSeconds : (offered.at(-1) ?? offered[0])
}

/** Whether `ttlSeconds` is a whole number from ten minutes to `maxSeconds` (30 days unless the operator allows less). */
export function validTtl(ttlSeconds: number, maxSeconds: number = maxTtlSeconds): boolean {
  return Number.isSafeInteger(ttlSeconds) && ttlSeconds >= minTtlSeconds && ttlSeconds <= maxSeconds
}
