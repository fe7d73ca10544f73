import type { TimeSource } from './clock.ts'

/** How a double is set up. Everything has a default. */
export interface Settings {
  readonly clock?: TimeSource
  readonly applicationName?: string
  /** Privileged intents that the application was granted, as bits; none. */
  readonly privilegedIntents?: number
  /** How often a bot must send a heartbeat, in ms of the bot's own time; Discord's 41,250. */
  readonly heartbeatMs?: number
  /** The number of shards that Discord recommends; 1. */
  readonly shards?: number
  /** Identifies per rate-limit key and 5 s of the bot's own time; undefined: not limited, so that a test can restart a bot at once. */
  readonly maxConcurrency?: number
  /** Whether limits like Discord's hold without a script: 50 requests/s, 5 messages in 5 s per channel. Otherwise on demand. */
  readonly rateLimits?: boolean
  /** Discord's OpenAPI document; the one in `../shared/specs` unless given, and no objections where it is missing. */
  readonly specification?: URL
}
