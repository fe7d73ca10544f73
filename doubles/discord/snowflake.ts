import type { TimeSource } from './clock.ts'

const epoch = 1_420_070_400_000n

/** Gives ids of Discord's kind: the time in the upper bits, 18 or 19 digits, each greater than the one before. */
export function snowflakes(clock: TimeSource): () => string {
  let last = 0n
  return () => {
    // An id of fewer than 17 digits is not recognised by @discordjs/rest, hence the floor for clocks that start at 0.
    const ms = BigInt(Math.floor(clock.now())) - epoch
    const earliest = (ms > 100_000_000_000n ? ms : 100_000_000_000n) << 22n
    last = earliest > last ? earliest : last + 1n
    return last.toString()
  }
}

/** The shard that a guild belongs to when there are `count` of them. */
export function shardOf(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count))
}
