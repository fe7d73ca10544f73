/** What a limit said of one act. */
type Allowed =
  | { readonly why: 'allowed' }
  /** `retryAfterSeconds`: whole seconds, at least 1. */
  | { readonly why: 'limited'; readonly retryAfterSeconds: number }

/** What is counted apart from each other. */
export const allowances = [
  'create',
  'claim',
  'claim-id',
  'look',
  'chat-person',
  'chat-tenant',
  'chat-alarm',
] as const

/** The name of what is counted apart. */
export type Allowance = (typeof allowances)[number]

/** So many points for one key within so many seconds. */
interface Rate {
  readonly points: number
  readonly seconds: number
}

/** A rate for each allowance. */
export type Rates = Readonly<Record<Allowance, Rate>>

/**
 * Generous to an office behind one address, hopeless for a flood. A create costs 1 point and 1 more for each whole
 * 64 KiB, so that one address adds at most 7.5 MiB in ten minutes.
 */
export const defaultRates: Rates = {
  create: { points: 120, seconds: 600 },
  claim: { points: 300, seconds: 600 },
  'claim-id': { points: 60, seconds: 600 },
  look: { points: 1_200, seconds: 600 },
  'chat-person': { points: 120, seconds: 600 },
  'chat-tenant': { points: 5_000, seconds: 600 },
  'chat-alarm': { points: 5, seconds: 600 },
}

/** One rate for everything. */
export function sameRates(rate: Rate): Rates {
  return Object.fromEntries(allowances.map((allowance) => [allowance, rate])) as Record<Allowance, Rate>
}

/**
 * Counts acts by key where every process sees it. Keys come in hashed: no address is stored. What it stores expires by
 * itself, and when its database cannot be reached it counts in memory instead: an outage opens no flood gate.
 */
export interface Limiter {
  /** Takes `points` from `key`'s allowance, unless they are spent. Never rejects. */
  take(allowance: Allowance, key: string, points?: number): Promise<Allowed>
  close(): Promise<void>
}
