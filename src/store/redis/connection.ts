import { Cluster, Redis } from 'ioredis'
import { within } from '../../core/deadline.ts'
import { StoreError } from '../errors.ts'
import { jitter } from '../jitter.ts'
import { acknowledgement } from './acknowledgement.ts'
import { clientOptions, type RedisAddress } from './address.ts'
import { reasonOf, storeError } from './reasons.ts'
import { type ScriptName, scripts } from './scripts.ts'

/** Where Redis is, and how long it is waited for. */
interface ConnectionOptions {
  readonly at: RedisAddress
  readonly cluster: boolean
  readonly replicas: number
  readonly commandTimeoutMs: number
  readonly maxPending: number
}

/** What the store asks of Redis. Every answer comes in time, or the call rejects. */
export interface Connection {
  /** Runs a script. A bulk answer is a Buffer. @throws StoreError `unavailable`, `newer` */
  run(
    script: ScriptName,
    keys: readonly string[],
    args: readonly (string | number | Uint8Array)[],
  ): Promise<unknown>
  /** One plain command. @throws StoreError `unavailable` */
  call(command: string, ...args: (string | number | Uint8Array)[]): Promise<unknown>
  /** Answers once the configured replicas have all that was written before. @throws StoreError `unavailable` */
  acknowledged(): Promise<void>
  /** What each server that holds keys says when it is asked about itself. @throws StoreError `unavailable` */
  ofPrimaries<T>(ask: (redis: Redis) => Promise<T>): Promise<T[]>
  /** Counts connections: another number is another connection, maybe to another server. */
  epoch(): number
  /** Calls `listener` whenever a connection can be used. */
  onReady(listener: () => void): void
  close(): Promise<void>
}

type Command = (...args: (string | number | Uint8Array)[]) => Promise<unknown>

/** A client that gives up in time: nothing waits longer than `commandTimeoutMs`, and no more than `maxPending` calls wait. */
export function connect(options: ConnectionOptions): Connection {
  const { at, cluster, replicas, commandTimeoutMs, maxPending } = options
  const client = open(at, cluster, commandTimeoutMs)
  const commands = client as unknown as Record<string, Command>
  let pending = 0
  let epoch = 0
  let corked = false
  let noConnection: Error | undefined

  // Every call that fails says so itself; without a listener ioredis prints each failed attempt to connect.
  client.on('error', (error: Error) => {
    noConnection = error
  })
  client.on('ready', () => {
    noConnection = undefined
  })
  client.on('close', () => epoch++)
  for (const [name, script] of Object.entries(scripts)) client.defineCommand(name, script)

  async function counted<T>(command: () => Promise<T>): Promise<T> {
    if (pending >= maxPending) throw new StoreError('unavailable', 'redis: too many calls are waiting')
    pending++
    try {
      cork()
      // A cluster's own queue, before a node is known, has no timeout.
      return await loaded(() => (cluster ? within(command(), commandTimeoutMs) : command()))
    } catch (error) {
      // Whoever gave up waiting for a connection says only that.
      const waited =
        error instanceof Error && /MaxRetriesPerRequest|timed out/.test(error.name + error.message)
      throw storeError(waited && noConnection !== undefined ? noConnection : error)
    } finally {
      pending--
    }
  }

  /** A server that starts is waited for: it answers at once that it still loads its files. */
  async function loaded<T>(command: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + commandTimeoutMs
    for (;;) {
      try {
        return await command()
      } catch (error) {
        if (reasonOf(error) !== 'loading' || performance.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, 50 + jitter(50)))
      }
    }
  }

  /** The commands of one tick leave in one write: half the time of a small command is its own system call. */
  function cork(): void {
    if (corked || !(client instanceof Redis) || !client.stream) return
    const { stream } = client
    corked = true
    stream.cork()
    process.nextTick(() => {
      corked = false
      stream.uncork()
    })
  }

  const acknowledged = acknowledgement(
    async () => {
      const acks = Number(await counted(() => client.call('WAIT', replicas, commandTimeoutMs >> 1)))
      if (acks < replicas)
        throw new StoreError('unavailable', `redis: ${acks} of ${replicas} replicas acknowledged in time`, {
          reason: 'replicas',
        })
    },
    () => epoch,
  )

  return {
    run: (script, keys, args) =>
      counted(() =>
        (commands[`${script}Buffer`] as Command).call(client, keys.length, ...keys, ...args.map(wire)),
      ),

    call: (command, ...args) => counted(() => client.callBuffer(command, ...(args.map(wire) as string[]))),

    async acknowledged() {
      if (replicas > 0 && !(await acknowledged()))
        throw new StoreError('unavailable', 'redis: the connection was lost before replicas answered')
    },

    ofPrimaries(ask) {
      return counted(async () => {
        if (!(client instanceof Cluster)) return [await ask(client)]
        // Before the first answer no node is known, and there would be nobody to ask.
        await client.ping()
        return Promise.all(client.nodes('master').map(ask))
      })
    },

    epoch: () => epoch,
    onReady: (listener) => void client.on('ready', listener),

    async close() {
      try {
        await within(client.quit(), commandTimeoutMs)
      } catch {
        client.disconnect()
      }
    },
  }
}

/** ioredis knows bytes only as Buffers: another Uint8Array would be sent as its printed numbers. */
function wire(argument: string | number | Uint8Array): string | number | Buffer {
  if (!(argument instanceof Uint8Array) || Buffer.isBuffer(argument)) return argument
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength)
}

function open(at: RedisAddress, cluster: boolean, commandTimeout: number): Redis | Cluster {
  const shared = {
    commandTimeout,
    // A peer that died without a word keeps its connection for a quarter of an hour otherwise.
    socketTimeout: 2 * commandTimeout,
    maxRetriesPerRequest: 3,
    enableAutoPipelining: false,
    retryStrategy: (times: number) => Math.min(25 * 2 ** times, 1000),
    // A primary that was demoted still answers: leave it, and say the same to the new one.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false) as 2 | false,
  }
  const options = clientOptions(at)
  if (!cluster) return new Redis({ ...options, ...shared })
  const { db: _, ...login } = options
  return new Cluster([{ host: at.host, port: at.port }], {
    enableAutoPipelining: false,
    clusterRetryStrategy: shared.retryStrategy,
    redisOptions: { ...login, commandTimeout, socketTimeout: shared.socketTimeout, maxRetriesPerRequest: 3 },
  })
}
