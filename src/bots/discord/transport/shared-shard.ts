import type { Log } from '../../../core/log.ts'

const withinMs = 60_000

/**
 * Says, once for each shard, that another process seems to listen on it: both get every interaction, and the slower
 * of the two is told "already acknowledged".
 *
 * @param clock ms, only ever compared with itself
 * @returns to be called for every such answer
 */
export function sharedShard(log: Log, clock: () => number): (shard: number) => void {
  const lastAt = new Map<number, number>()
  const logged = new Set<number>()
  return (shard) => {
    const now = clock()
    const before = lastAt.get(shard)
    lastAt.set(shard, now)
    if (before === undefined || now - before > withinMs || logged.has(shard)) return
    logged.add(shard)
    log({ event: 'shard-shared', platform: 'discord', shard })
  }
}
