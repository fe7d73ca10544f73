import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { certificates } from '../../doubles/run/certificates.ts'
import { freePort, redisAt, redisServer } from '../../doubles/run/redis-server.ts'
import { codeOf } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/store.ts'
import { redisLimits } from '../../src/store/rate-limits/redis.ts'
import type { RedisAddress } from '../../src/store/redis/address.ts'
import { type RedisOptions, redisStore } from '../../src/store/redis/store.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'
import { tcpProxy } from '../fixtures/tcp-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'sotto-connecting-'))
const toClose: (() => unknown)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function serve(options: Parameters<typeof redisServer>[0] = {}) {
  const server = await redisServer(options)
  toClose.push(() => server.close())
  return server
}

function opened(options: RedisOptions): SecretStore {
  const store = redisStore(options)
  toClose.push(() => store.close())
  return store
}

/** A secret goes in and out, and limits are counted. */
async function works(at: RedisAddress): Promise<void> {
  const store = opened({ at })
  expect((await store.check()).filter(({ level }) => level === 'refuse')).toEqual([])
  const record = newRecord()
  await store.put(record)
  expect((await store.claim(record.id, newClaim(record))).why).toBe('claimed')
  const limits = redisLimits(at)
  toClose.push(() => limits.close())
  expect(await limits.take('look', 'somebody')).toEqual({ why: 'allowed' })
  const client = new Redis({
    ...(at.port === 0 ? { path: at.host } : { ...at, ...(at.tls && { tls: { ca: at.ca! } }) }),
    username: at.username,
    password: at.password,
  } as never)
  toClose.push(() => client.disconnect())
  expect((await client.keys('sotto:limit:*')).length).toBe(1)
}

describe('Redis is used', () => {
  it('with TLS and a private CA, under the name and the address that its certificate has', async () => {
    const { ca, certificate, key } = certificates(folder)
    const port = await freePort()
    await serve({
      args: ['--tls-port', `${port}`, '--tls-cert-file', certificate, '--tls-key-file', key].concat([
        '--tls-ca-cert-file',
        ca,
        '--tls-auth-clients',
        'no',
      ]),
    })
    const pem = readFileSync(ca, 'utf8')
    for (const host of ['localhost', '127.0.0.1'])
      await works({ ...redisAt(`rediss://${host}:${port}`), ca: pem })
    for (const at of [
      redisAt(`rediss://localhost:${port}`),
      { ...redisAt(`rediss://127.0.0.2:${port}`), ca: pem },
    ])
      await expect(opened({ at }).check()).rejects.toMatchObject({
        reason: at.ca === undefined ? 'certificate' : 'refused',
      })
  })

  it('through a socket', async () => {
    const path = join(folder, 'redis socket')
    await serve({ args: ['--unixsocket', path] })
    await works(redisAt(`unix://${encodeURI(path)}`))
  })

  it.each(['p@ss:w/o?r#d%', ' a "b" \\ `c` {d}|^[e]', 'päßwörd ☃ 🔑', "&=+$,;!*'()~", '%41%00%zz'])(
    'by a user whose password is %s',
    async (word) => {
      const path = join(folder, 'redis.sock')
      const server = await serve({ args: ['--unixsocket', path] })
      const client = new Redis(server.port)
      toClose.push(() => client.disconnect())
      const user = `sotto-${word.replaceAll(/\s/g, '_')}`
      await client.call('ACL', 'SETUSER', user, 'on', `>${word}`, '~*', '+@all')
      const login = `${encodeURIComponent(user)}:${encodeURIComponent(word)}`
      await works(redisAt(`redis://${login}@127.0.0.1:${server.port}`))
      await works(redisAt(`unix://${login}@${path}`))
    },
  )
})

describe('what stands in the way of Redis is told by a reason and in words, which have nothing that was sent', () => {
  const record = newRecord({ sealed: Buffer.from('CANARY'.repeat(20)) })

  async function failure(options: Partial<RedisOptions> & Pick<RedisOptions, 'at'>): Promise<unknown> {
    const store = opened({ commandTimeoutMs: 500, ...options })
    const error = await store.put(record).catch((thrown: unknown) => thrown)
    expect(String(error)).not.toMatch(/CANARY|sotto:|args/)
    expect(String(error)).not.toContain(record.id)
    return error
  }

  const told = (reason: string, words: RegExp) => ({
    code: 'unavailable',
    reason,
    message: expect.stringMatching(words),
  })

  it('nothing listens, or the name has no address', async () => {
    const port = await freePort()
    const error = await failure({ at: redisAt(`redis://127.0.0.1:${port}`) })
    expect(error).toMatchObject(told('refused', /nothing listens there: .*ECONNREFUSED/))
    expect(codeOf(error)).toBe('unavailable.refused')
    expect(await failure({ at: redisAt(`unix://${folder}/nobody.sock`) })).toMatchObject(
      told('refused', /ENOENT/),
    )
    const named = await failure({ at: redisAt('redis://nobody.invalid'), commandTimeoutMs: 3_000 })
    expect(named).toMatchObject(told('dns', /no address/))
  })

  it('no TLS is spoken there', async () => {
    const { port } = await serve()
    expect(await failure({ at: redisAt(`rediss://127.0.0.1:${port}`) })).toMatchObject({
      code: 'unavailable',
    })
  })

  it('a password is missing, or wrong', async () => {
    const { port } = await serve({ args: ['--requirepass', 'word'] })
    expect(await failure({ at: redisAt(`redis://127.0.0.1:${port}`) })).toMatchObject(
      told('noauth', /wants a password.*NOAUTH/),
    )
    expect(await failure({ at: redisAt(`redis://:other@127.0.0.1:${port}`) })).toMatchObject(
      told('wrongpass', /does not know/),
    )
  })

  it('a command is not permitted, or has another name', async () => {
    const server = await serve({
      args: ['--rename-command', 'EVALSHA', 'X', '--rename-command', 'EVAL', 'Y'],
    })
    expect(await failure({ at: server.at })).toMatchObject(told('noperm', /unknown command/))
  })

  it('it answers nothing, or is full, or is a node of a cluster', async () => {
    const server = await serve()
    const proxy = await tcpProxy(server.port)
    toClose.push(() => proxy.close())
    proxy.stall()
    expect(await failure({ at: proxy.at })).toMatchObject(told('timeout', /in time/))
    const full = await serve({ maxmemory: 1 })
    expect(await failure({ at: full.at })).toMatchObject(told('oom', /full/))
    const node = await serve({ cluster: true })
    const client = new Redis(node.port)
    toClose.push(() => client.disconnect())
    await client.call('CLUSTER', 'DELSLOTSRANGE', '0', '16383')
    expect(await failure({ at: node.at })).toMatchObject(told('moved', /Redis Cluster/))
  })

  it('it loads its files: for a while it is waited for', async () => {
    const server = await serve({
      args: ['--key-load-delay', '5000', '--loading-process-events-interval-bytes', '1024'],
    })
    const client = new Redis(server.port)
    client.on('error', () => undefined)
    await client.eval("for n = 1, 400 do redis.call('SET', 'k' .. n, string.rep('x', 1000)) end", 0)
    // While it loads a base file, and not the commands after it, it answers.
    await client.bgrewriteaof()
    await expect.poll(() => client.info('persistence')).toContain('aof_rewrite_in_progress:0')
    client.disconnect()
    await server.kill()
    const back = server.start()
    // Its port is open before its files are loaded.
    await expect
      .poll(() => failure({ at: server.at }), { timeout: 3_000 })
      .toMatchObject(told('loading', /loads its files/))
    const store = opened({ at: server.at, commandTimeoutMs: 500 })
    const found = await store.check()
    expect(found.filter(({ level }) => level === 'refuse')).toEqual([])
    await back
  })
})
