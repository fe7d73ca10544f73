import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { redisServer } from './redis-server.ts'

export interface OpenedStore {
  readonly store: SecretStore
  /** One more handle on the same data, as another process has it. */
  another(): SecretStore
  /** Everything that the store has written, as bytes: files with the WAL, or every key with its value. */
  dump(): Promise<Buffer>
  /** Ends every handle, and removes the data. */
  close(): Promise<void>
}

export interface StoreUnderTest {
  readonly name: string
  /** An empty store, its files in `parent`. `now` replaces its own clock. */
  open(now?: () => number, parent?: string): Promise<OpenedStore>
}

/** SQLite in a file of its own. */
export const sqlite: StoreUnderTest = {
  name: 'SQLite',
  async open(now, parent = tmpdir()) {
    const folder = mkdtempSync(join(parent, 'sotto-store-'))
    return handles(() => sqliteStore(join(folder, 'sotto.db'), now && { now }), {
      dump: async () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
      close: async () => rmSync(folder, { recursive: true, force: true }),
    })
  },
}

/** A Redis of its own, every write in its append-only file. */
export const redis: StoreUnderTest = { name: 'Redis', open: (now) => openRedis(false, now) }

/** One node of a Redis Cluster, which refuses whatever touches two slots at once. */
export const redisCluster: StoreUnderTest = { name: 'Redis Cluster', open: (now) => openRedis(true, now) }

/** Both stores, each fresh and real, for tests that any store must pass. */
export const stores: readonly StoreUnderTest[] = [sqlite, redis]

async function openRedis(cluster: boolean, now: (() => number) | undefined): Promise<OpenedStore> {
  const server = await redisServer({ cluster })
  return handles(
    () => redisStore({ at: server.at, cluster, commandTimeoutMs: 20_000, ...(now && { now }) }),
    {
      dump: () => dumpRedis(server.url),
      close: () => server.close(),
    },
  )
}

function handles(open: () => SecretStore, data: Pick<OpenedStore, 'dump' | 'close'>): OpenedStore {
  const opened = [open()]
  return {
    store: opened[0]!,
    another() {
      const store = open()
      opened.push(store)
      return store
    },
    dump: data.dump,
    async close() {
      await Promise.all(opened.map((store) => store.close()))
      await data.close()
    },
  }
}

async function dumpRedis(url: string): Promise<Buffer> {
  const client = new Redis(url)
  const keys = await client.keysBuffer('*')
  // DUMP would compress: the raw values of every type are read instead.
  const values = await Promise.all(
    keys.map(async (key) => {
      const type = await client.type(key)
      if (type === 'zset') return Buffer.concat(await client.zrangeBuffer(key, '0', '-1'))
      if (type === 'list') return Buffer.concat(await client.lrangeBuffer(key, 0, -1))
      if (type === 'set') return Buffer.concat(await client.smembersBuffer(key))
      if (type === 'hash') return Buffer.concat(Object.values(await client.hgetallBuffer(key)))
      return (await client.getBuffer(key)) ?? Buffer.alloc(0)
    }),
  )
  client.disconnect()
  return Buffer.concat([...keys, ...values])
}
