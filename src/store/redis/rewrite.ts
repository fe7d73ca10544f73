import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { type Facts, readFacts } from './facts.ts'
import { reasonOf } from './reasons.ts'

/** How a rewrite is waited for. */
interface Patience {
  readonly pollMs: number
  /** For all of one server, ms. */
  readonly mostMs: number
  /** Called now and then while waiting. @throws to give up */
  readonly onWait: () => Promise<void>
  /** What a replica must have of its primary before its files are written anew; 0 for a primary. */
  readonly offset: number
}

/**
 * Has one server write its files anew, so that nothing of what was deleted before is in them, and waits until it has. The
 * problem in words, or undefined when it is done.
 */
export async function rewriteFiles(redis: Redis, patience: Patience): Promise<string | undefined> {
  try {
    return await rewrite(redis, patience)
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === 'noperm')
      return 'may not be asked to rewrite its append-only file (BGREWRITEAOF, with a snapshot BGSAVE): ACL SETUSER <user> +bgrewriteaof +bgsave; docs/redis.md says what managed services offer'
    return `could not be reached${reason === undefined ? '' : ` (${reason})`}`
  }
}

/** Whether this user may ask for a rewrite; asked without one. On a connection of its own, which is in a transaction meanwhile. */
export async function mayRewrite(redis: Redis): Promise<boolean> {
  await redis.call('MULTI')
  try {
    await redis.call('BGREWRITEAOF')
    return true
  } catch (error) {
    if (reasonOf(error) === 'noperm') return false
    throw error
  } finally {
    await redis.call('DISCARD').catch(() => undefined)
  }
}

async function rewrite(redis: Redis, patience: Patience): Promise<string | undefined> {
  const deadline = performance.now() + patience.mostMs
  let facts = await readFacts(redis)

  /** Until the server is so far; false when it takes too long. */
  async function until(so: (field: (name: string) => string) => boolean): Promise<boolean> {
    for (;;) {
      facts = { ...facts, info: (await readFacts(redis)).info }
      if (so((name) => facts.info?.get(name) ?? '')) return true
      if (performance.now() > deadline) return false
      await patience.onWait()
      await sleep(patience.pollMs)
    }
  }

  if (facts.info === undefined) {
    await redis.call('BGREWRITEAOF')
    return 'was asked to rewrite its append-only file, and cannot be watched at it: INFO is not permitted'
  }
  if (
    facts.info.get('role') === 'slave' &&
    !(await until((field) => Number(field('slave_repl_offset')) >= patience.offset))
  )
    return 'does not catch up with its primary'
  if (facts.info.get('aof_enabled') === '1') {
    // One that began before may have copied what was deleted since.
    if (!(await until(idleLog))) return 'did not end a rewrite that was under way'
    const before = Number(facts.info?.get('aof_rewrites') ?? -1)
    await redis.call('BGREWRITEAOF')
    if (!(await until(idleLog))) return 'did not end the rewrite of its append-only file in time'
    const after = Number(facts.info?.get('aof_rewrites') ?? 0)
    if (after <= before || facts.info?.get('aof_last_bgrewrite_status') !== 'ok')
      return 'failed to rewrite its append-only file: its log says why'
  }
  if (!mayHaveSnapshot(facts)) return undefined
  if (!(await until(idleSnapshot))) return 'did not end a snapshot that was under way'
  await redis.call('BGSAVE')
  if (!(await until(idleSnapshot))) return 'did not end its snapshot in time'
  return facts.info?.get('rdb_last_bgsave_status') === 'ok'
    ? undefined
    : 'failed to write its snapshot: its log says why'
}

function idleLog(field: (name: string) => string): boolean {
  return field('aof_rewrite_in_progress') === '0' && field('aof_rewrite_scheduled') === '0'
}

function idleSnapshot(field: (name: string) => string): boolean {
  return field('rdb_bgsave_in_progress') === '0'
}

/**
 * Whether a snapshot may lie beside the log: by rules of its own, or left by the synchronisation of a replica, which keeps
 * the file that it received (`repl-diskless-load`), or was sent from (`repl-diskless-sync`).
 */
function mayHaveSnapshot({ info, config }: Facts): boolean {
  if (config === undefined || config.get('save') !== '') return true
  if (info?.get('role') === 'slave') return config.get('repl-diskless-load') !== 'swapdb'
  const wasReplica = !/^0*$/.test(info?.get('master_replid2') ?? '')
  return wasReplica || config.get('repl-diskless-sync') === 'no'
}
