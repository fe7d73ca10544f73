import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type RedisServer,
  type RedisServerOptions,
  redisAt,
  redisServer,
} from '../../doubles/run/redis-server.ts'
import type { Finding, SecretStore } from '../../src/core/store.ts'
import { type RedisOptions, redisStore } from '../../src/store/redis/store.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'
import { tcpProxy } from '../fixtures/tcp-proxy.ts'

const toClose: (() => unknown)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

async function serve(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await redisServer(options)
  toClose.push(() => server.close())
  return server
}

function opened(options: RedisOptions): SecretStore {
  const store = redisStore(options)
  toClose.push(() => store.close())
  return store
}

function admin(server: RedisServer): Redis {
  const client = new Redis(server.port, { ...(server.at.password && { password: server.at.password }) })
  toClose.push(() => client.disconnect())
  return client
}

/** A password, and no log that loses its end without a word: nothing is left to be warned of. */
const careful = ['--requirepass', 'word', '--aof-load-truncated', 'no']

async function check(
  server: RedisServerOptions,
  options: Partial<RedisOptions> = {},
): Promise<readonly Finding[]> {
  const { port } = await serve({ ...server, args: [...careful, ...(server.args ?? [])] })
  return opened({ at: redisAt(`redis://:word@127.0.0.1:${port}`), ...options }).check()
}

const refuse = (text: RegExp) => ({ level: 'refuse', text: expect.stringMatching(text) })
const warn = (text: RegExp) => ({ level: 'warn', text: expect.stringMatching(text) })

describe('the self-check of Redis', () => {
  it('finds nothing where every write is on disk before its answer', async () => {
    expect(await check({})).toEqual([])
    const { port } = await serve({ cluster: true, args: ['--aof-load-truncated', 'no'] })
    const found = await opened({ at: redisAt(`redis://127.0.0.1:${port}`), cluster: true }).check()
    expect(found).toEqual([warn(/no password/)])
  })

  const doubtful: readonly [string, RedisServerOptions, RegExp][] = [
    [
      'appendfsync everysec',
      { appendfsync: 'everysec' },
      /everysec .*CONFIG SET appendfsync always.*REWRITE/,
    ],
    ['appendfsync no', { appendfsync: 'no' }, /appendfsync no .*appendfsync always/],
    [
      'no append-only file',
      { appendonly: false },
      /appendonly is off: .*loses secrets; .*SET appendonly yes/,
    ],
    ['snapshots alone', { appendonly: false, save: '60 1' }, /bring opened ones back; .*SET save ""/],
    ['a policy that evicts', { args: ['--maxmemory-policy', 'allkeys-lru'] }, /allkeys-lru .*noeviction/],
    ['one that evicts what expires', { args: ['--maxmemory-policy', 'volatile-ttl'] }, /volatile-ttl/],
    ['no CONFIG', { args: ['--rename-command', 'CONFIG', ''] }, /CONFIG GET is not permitted.*\+config\|get/],
    ['no INFO', { args: ['--rename-command', 'INFO', ''] }, /INFO is not permitted.*\+info/],
  ]
  it.each(doubtful)(
    'refuses %s with the commands that mend it, unless the risk is taken by name',
    async (_, server, text) => {
      expect(await check(server)).toEqual([refuse(text)])
      const [warning, ...others] = await check(server, { risk: true })
      expect(others).toEqual([])
      expect(warning).toEqual(warn(text))
      expect(warning).toEqual(warn(/REDIS_RISK=shown-twice is set, so secrets may be shown twice/))
    },
  )

  it('sees what it can see without CONFIG', async () => {
    const args = ['--rename-command', 'CONFIG', '', '--maxmemory-policy', 'allkeys-lru']
    expect(await check({ args })).toEqual([refuse(/CONFIG/), refuse(/allkeys-lru/)])
  })

  it('wants each claim to wait for all replicas that there are, and refuses a replica', async () => {
    const primary = await serve({ args: ['--aof-load-truncated', 'no'] })
    const replica = await serve({ replicaOf: primary.port })
    expect(await opened({ at: primary.at }).check()).toEqual([
      refuse(/1 replicas are connected .* set REDIS_REPLICAS=1/),
      warn(/no password/),
    ])
    expect(await opened({ at: primary.at, replicas: 1 }).check()).toEqual([warn(/no password/)])
    expect(await opened({ at: primary.at, replicas: 2, risk: true }).check()).toContainEqual(refuse(/1 of 2/))
    expect(await opened({ at: replica.at }).check()).toContainEqual(refuse(/is a replica/))
    expect(() => redisStore({ at: primary.at, cluster: true, replicas: 1 })).toThrow(/replicas/)
  })

  it('warns of snapshots beside the log, a log that may lose its end, logs that are kept, and a missing password', async () => {
    const { at } = await serve({ save: '60 1', args: ['--aof-disable-auto-gc', 'yes'] })
    const found = await opened({ at }).check()
    expect(found).toEqual([
      warn(/snapshots .* CONFIG SET save ""/),
      warn(/CONFIG SET aof-load-truncated no/),
      warn(/CONFIG SET aof-disable-auto-gc no/),
      warn(/requirepass/),
    ])
  })

  it('tries a secret: what this user may not do shows before the first one', async () => {
    const server = await serve()
    const client = admin(server)
    for (const [rule, said] of [
      ['-@scripting', /'eval'/],
      ['-copy -rename +@all -zadd', /may not do what is needed/],
      ['resetkeys ~other:*', /keys/],
      ['-time', /time/],
    ] as const) {
      await client.call('ACL', 'SETUSER', 'sotto', 'reset', 'on', '>word', '~*', '+@all', ...rule.split(' '))
      const store = opened({ at: redisAt(`redis://sotto:word@127.0.0.1:${server.port}`) })
      const error = await store.check().catch((thrown: unknown) => thrown)
      expect([rule, error]).toEqual([
        rule,
        expect.objectContaining({
          code: 'unavailable',
          reason: 'noperm',
          message: expect.stringMatching(said),
        }),
      ])
    }
  })

  it('is content with a user that may do what docs/redis.md lists', async () => {
    const server = await serve({ args: ['--aof-load-truncated', 'no'] })
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/redis.md'), 'utf8')
    const [, rules = ''] = /^ACL SETUSER sotto on >password (.*)$/m.exec(page) ?? []
    await admin(server).call('ACL', 'SETUSER', 'sotto', 'on', '>word', ...rules.split(' '))
    const store = opened({ at: redisAt(`redis://sotto:word@127.0.0.1:${server.port}`) })
    expect(await store.check()).toEqual([])
  })

  it('leaves nothing of a secret that it tried', async () => {
    const server = await serve()
    await opened({ at: server.at }).check()
    expect((await admin(server).keys('*')).sort()).toEqual(['sotto:{00}:formats', 'sotto:{00}:owed'])
  })

  it('says where BGREWRITEAOF is not permitted, and starts', async () => {
    const server = await serve({ args: ['--aof-load-truncated', 'no'] })
    await admin(server).call('ACL', 'SETUSER', 'sotto', 'on', '>word', '~*', '+@all', '-bgrewriteaof')
    const store = opened({ at: redisAt(`redis://sotto:word@127.0.0.1:${server.port}`) })
    expect(await store.check()).toEqual([warn(/BGREWRITEAOF is not permitted.*\+bgrewriteaof/)])
    expect(await check({ args: ['--rename-command', 'BGREWRITEAOF', ''] })).toEqual([warn(/BGREWRITEAOF/)])
    expect(store.findings()).toEqual([warn(/BGREWRITEAOF/)])
  })
})

describe('a Redis that changes after the start', () => {
  async function started(options: Partial<RedisOptions> = {}) {
    const server = await serve()
    const proxy = await tcpProxy(server.port)
    toClose.push(() => proxy.close())
    const heard: Finding[] = []
    let hear: (() => void) | undefined
    const found = (finding: Finding) => {
      heard.push(finding)
      hear?.()
    }
    const store = opened({ at: proxy.at, recheckMs: 50, found, ...options })
    await store.check()
    const heardOf = (text: RegExp) =>
      new Promise<void>((resolve) => {
        hear = () => heard.some((each) => text.test(each.text)) && resolve()
        hear()
      })
    const kept = async () => {
      const record = newRecord()
      await store.put(record)
      return record
    }
    return { server, proxy, store, client: admin(server), heard, heardOf, kept }
  }

  const closed = { code: 'unavailable', reason: 'unfit' }

  it('gets no claim from within the interval on, says so once, and gets them again when it is mended', async () => {
    const { store, client, heard, heardOf, kept } = await started()
    const record = await kept()
    await client.config('SET', 'appendonly', 'no')
    await heardOf(/appendonly is off/)
    await expect(store.claim(record.id, newClaim(record))).rejects.toMatchObject(closed)
    expect(store.findings()).toContainEqual(refuse(/appendonly is off/))
    expect((await store.look(record.id))?.state).toBe('sealed')
    await client.config('SET', 'appendonly', 'yes')
    await heardOf(/claims are taken again/)
    expect((await store.claim(record.id, newClaim(record))).why).toBe('claimed')
    expect(heard).toHaveLength(2)
  })

  it('gets no claim on a connection to another server before that was found fit', async () => {
    const { proxy, store, heardOf, kept } = await started({ recheckMs: 60_000 })
    const record = await kept()
    expect((await store.claim(record.id, newClaim(record))).why).toBe('claimed')
    // As after a failover to a replica that is set up in another way, and lacks the claim.
    const worse = await serve({ appendfsync: 'everysec' })
    await opened({ at: worse.at }).put(record)
    proxy.to(worse.port)
    proxy.cut()
    await expect(store.claim(record.id, newClaim(record))).rejects.toMatchObject({ code: 'unavailable' })
    await heardOf(/everysec/)
    await expect(store.claim(record.id, newClaim(record))).rejects.toMatchObject(closed)
  })

  it('hands out no bytes of a claim during which it changed', async () => {
    const { proxy, server, store, client, kept } = await started({ recheckMs: 60_000 })
    const record = await kept()
    const lost = proxy.loseNextAnswer()
    const claim = store.claim(record.id, newClaim(record))
    await client.config('SET', 'appendfsync', 'everysec')
    await lost
    await expect(claim).rejects.toMatchObject(closed)
    expect((await opened({ at: server.at }).look(record.id))?.state).toBe('claimed')
  })

  it('gets no claim while a replica is there that no claim waits for', async () => {
    const { server, store, heardOf, kept } = await started()
    const record = await kept()
    const replica = await serve({ replicaOf: server.port })
    await heardOf(/replicas are connected/)
    await expect(store.claim(record.id, newClaim(record))).rejects.toMatchObject(closed)
    await replica.close()
    await heardOf(/claims are taken again/)
    expect((await store.claim(record.id, newClaim(record))).why).toBe('claimed')
  })

  it('would get claims, were it checked at the start alone (mutant)', async () => {
    const { store, client, kept } = await started({ recheckMs: 60_000 })
    const record = await kept()
    await client.config('SET', 'appendonly', 'no')
    expect((await store.claim(record.id, newClaim(record))).why).toBe('claimed')
  })
})
