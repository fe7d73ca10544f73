import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Finding } from '../../core/store.ts'
import { clientOptions, type RedisAddress } from './address.ts'
import type { Connection } from './connection.ts'
import { readFacts, replicasIn } from './facts.ts'
import { bucketCount, type KeyNames } from './keys.ts'
import { owedMs } from './prelude.ts'
import { mayRewrite, rewriteFiles } from './rewrite.ts'

/** How long a process has the work to itself without saying that it is alive, ms. */
const leaseMs = 30_000

/** The least that a server is given for a rewrite, ms. */
const leastWaitMs = 600_000

/** What takes ended secrets out of the servers' files. */
interface Erasure {
  /** Owes one for what ended while nobody ran, and from now on sees to it that what is owed is done. @throws StoreError `unavailable` */
  begin(): Promise<readonly Finding[]>
  /** What stands in the way. */
  findings(): readonly Finding[]
  stop(): void
}

interface ErasureParts {
  readonly connection: Connection
  readonly keys: KeyNames
  readonly at: RedisAddress
  readonly clock: () => Promise<number>
  /** How long after its end a secret may be in a file, ms. */
  readonly withinMs: number
  readonly found: (finding: Finding) => void
}

/**
 * Every end marks its bucket in the step that deletes the bytes. One process at a time then has each server that keeps a
 * log, replicas too, write it anew. The marks are in the store, so that a process that dies leaves the work to the others.
 */
export function erasure({ connection, keys, at, clock, withinMs, found }: ErasureParts): Erasure {
  const everyMs = Math.min(60_000, withinMs / 8)
  const me = randomBytes(8).toString('hex')
  let known: readonly Finding[] = []
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let notBefore = 0
  let tookMs = 0

  function later(): void {
    if (!stopped) timer = setTimeout(() => void round().finally(later), everyMs).unref()
  }

  function say(problems: readonly string[]): void {
    const before = new Set(known.map(({ text }) => text))
    known = problems.map((text) => ({ level: 'warn', text: `Redis: ${text}` }))
    for (const finding of known) if (!before.has(finding.text)) found(finding)
  }

  /** As late as is safe, so that one rewrite serves many ends; sooner where it takes long. */
  const startAfterMs = () => Math.max(withinMs / 4, (withinMs * 3) / 4 - 2 * tookMs)

  async function round(): Promise<void> {
    try {
      const owing = await marked()
      if (owing.length === 0 || performance.now() < notBefore) return
      const oldest = Math.min(...owing.map(({ since }) => since))
      if ((await clock()) - oldest < startAfterMs()) return
      if ((await connection.call('SET', keys.eraser, me, 'NX', 'PX', leaseMs)) === null) return
      await erase(owing.map(({ bucket }) => bucket))
      await connection.call('DEL', keys.eraser)
    } catch {
      // The store is away, or another process took over: what is owed is still marked.
    }
  }

  /** The buckets that owe a rewrite, and since when. */
  async function marked(): Promise<readonly { readonly bucket: number; readonly since: number }[]> {
    const found = await Promise.all(
      Array.from({ length: bucketCount }, async (_, bucket) => {
        const marks = (await connection.call('MGET', ...keys.owed(bucket))) as (Buffer | null)[]
        const times = marks.flatMap((mark) => (mark === null ? [] : [Number.parseInt(mark.toString(), 10)]))
        return times.length === 0 ? [] : [{ bucket, since: Math.min(...times) }]
      }),
    )
    return found.flat()
  }

  async function erase(buckets: readonly number[]): Promise<void> {
    const mark = randomBytes(8).toString('hex')
    // From here on new ends mark anew; what was marked before is under way, and is so until a rewrite that began later ended.
    for (const bucket of buckets) await connection.run('sottoErasing', keys.owed(bucket), [mark])
    const began = performance.now()
    const problems = await rewriteAll()
    if (problems.length === 0) {
      for (const bucket of buckets) await connection.run('sottoErased', [keys.owed(bucket)[1]], [mark])
      tookMs = performance.now() - began
    } else notBefore = performance.now() + withinMs / 8
    say(problems)
  }

  /** One server after the other; what is wrong, in words. */
  async function rewriteAll(): Promise<readonly string[]> {
    const problems: string[] = []
    const primaries = await connection.ofPrimaries(async (redis) => redis)
    for (const primary of primaries) {
      const before = await rewriteFiles(primary, patience(0))
      if (before !== undefined) problems.push(`the primary ${before}; until then what was opened stays in it`)
      const { info } = await readFacts(primary)
      const offset = Number(info?.get('master_repl_offset') ?? 0)
      for (const [n, { host, port }] of replicasIn(info).entries()) {
        const problem = await onReplica(host, port, offset)
        if (problem !== undefined)
          problems.push(`replica ${n + 1} ${problem}; until then what was opened stays in its files`)
      }
    }
    return problems
  }

  async function onReplica(host: string, port: number, offset: number): Promise<string | undefined> {
    const options = clientOptions({ ...at, host, port })
    const redis = new Redis({
      ...options,
      // A replica is known by its address, and its certificate may name the primary alone.
      ...(options.tls && { tls: { ...options.tls, servername: at.host } }),
      db: 0,
      lazyConnect: true,
      connectTimeout: 3_000,
      commandTimeout: 5_000,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    })
    let lost: Error | undefined
    redis.on('error', (error: Error) => {
      lost = error
    })
    try {
      await redis.connect().catch((error: unknown) => {
        throw lost ?? error
      })
      return await rewriteFiles(redis, patience(offset))
    } catch {
      return 'could not be reached at the address that its primary sees (replica-announce-ip sets another)'
    } finally {
      redis.disconnect()
    }
  }

  function patience(offset: number) {
    return {
      pollMs: Math.min(250, everyMs),
      mostMs: Math.max(withinMs, leastWaitMs),
      offset,
      async onWait() {
        if (stopped) throw new Error('the store is closed')
        const holder = (await connection.call('GET', keys.eraser)) as Buffer | null
        if (holder !== null && holder.toString() !== me) throw new Error('another process took over')
        await connection.call('SET', keys.eraser, me, 'PX', leaseMs)
      },
    }
  }

  /** Whether every primary may be asked. */
  async function permission(): Promise<readonly string[]> {
    const asked = await connection.ofPrimaries(async (redis) => {
      const own = redis.duplicate({ retryStrategy: () => null, enableReadyCheck: false })
      own.on('error', () => undefined)
      try {
        return await mayRewrite(own)
      } finally {
        own.disconnect()
      }
    })
    return asked.every(Boolean)
      ? []
      : [
          'BGREWRITEAOF is not permitted, so what was opened stays in the append-only file until the server rewrites it by itself: ACL SETUSER <user> +bgrewriteaof; docs/redis.md says what managed services offer',
        ]
  }

  return {
    async begin() {
      const [first] = keys.owed(0)
      await connection.call('SET', first, await clock(), 'NX', 'PX', owedMs)
      const problems = await permission()
      known = problems.map((text) => ({ level: 'warn', text: `Redis: ${text}` }))
      if (timer === undefined) later()
      return known
    },

    findings: () => known,

    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
