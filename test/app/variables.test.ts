import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { discordDouble } from '../../doubles/discord/discord-double.ts'
import { type App, startApp } from '../../doubles/run/app.ts'
import { certificates } from '../../doubles/run/certificates.ts'
import { connectProxy } from '../../doubles/run/connect-proxy.ts'
import { freePort, redisServer } from '../../doubles/run/redis-server.ts'
import { sealText } from '../../doubles/run/site.ts'
import { freshKeys } from '../../doubles/run/wired.ts'
import { type Fault, silentAfter, slowAnswer } from '../../doubles/slack/faults.ts'
import { type SlackDouble, slackDouble } from '../../doubles/slack/slack-double.ts'
import { type VariableName, variables } from '../../src/app/config.ts'

const manifest = resolve(import.meta.dirname, '../../manifest.yml')

/** The variables that some test here shows, with another value than the default. */
const shown = new Set<VariableName>()

describe('in the program that was started,', () => {
  let folder: string
  let db: string
  let slack: SlackDouble
  const apps: App[] = []

  beforeAll(async () => {
    slack = await slackDouble({ manifest })
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-variables-'))
    db = join(folder, 'sotto.db')
  })
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.stop()))
    slack.faults.clear()
    rmSync(folder, { recursive: true, force: true })
  })
  afterAll(() => slack.close())

  /** The tests of one or more variables. */
  function shows(
    names: readonly VariableName[],
    what: string,
    run: () => Promise<void>,
    timeoutMs?: number,
  ): void {
    for (const name of names) shown.add(name)
    it(`${names.join(' and ')} ${what}`, run, timeoutMs)
  }

  function start(env: Readonly<Record<string, string>>): App {
    const app = startApp({ SOTTO_DB: db, ...env })
    apps.push(app)
    return app
  }

  async function started(env: Readonly<Record<string, string>>) {
    const app = start(env)
    await app.logged('started')
    const { host, port } = await app.logged('listening')
    return { app, host, port, url: `http://127.0.0.1:${port}` }
  }

  const slackEnv = (on = slack) => ({
    SLACK_BOT_TOKEN: on.botToken,
    SLACK_APP_TOKEN: on.appToken,
    SLACK_API_URL: on.url,
  })

  async function inSlack(env: Readonly<Record<string, string>>, on = slack) {
    const running = await started({ ...slackEnv(on), ...env })
    await on.connected()
    return running
  }

  async function terms(url: string): Promise<unknown> {
    return await (await fetch(`${url}/api/v1/terms`)).json()
  }

  async function post(url: string, path: string, body: string, forwardedFor = '203.0.113.1') {
    const headers = {
      'content-type': 'application/json',
      'sotto-request': '1',
      'x-forwarded-for': forwardedFor,
    }
    const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body })
    await response.body?.cancel()
    return response.status
  }

  shows(
    ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_API_URL'],
    'turn Slack on, over a connection of our own',
    async () => {
      await inSlack({})
      const { anna } = slack.people
      await anna.types('/secret')
      await anna.untilModal('Send a secret')
      await anna.dismissesModal()
    },
  )

  shows(['SLACK_SIGNING_SECRET'], 'takes what Slack posts to us', async () => {
    const other = await slackDouble({ manifest })
    const { SLACK_APP_TOKEN: _, ...env } = slackEnv(other)
    const { url } = await started({ ...env, SLACK_SIGNING_SECRET: other.signingSecret })
    other.eventsTo(`${url}/slack/events`)
    await other.people.anna.types('/secret help')
    await other.people.anna.untilSees('Sotto delivers')
    await other.close()
  })

  shows(['SLACK_COMMAND'], 'gives the command another name', async () => {
    const renamed = parseYaml(readFileSync(manifest, 'utf8'))
    renamed.features.slash_commands[0].command = '/vault'
    const other = await slackDouble({ manifest: renamed })
    await inSlack({ SLACK_COMMAND: '/vault' }, other)
    await other.people.anna.types('/vault help')
    await other.people.anna.untilSees('Sotto delivers')
    await other.close()
  })

  shows(['DISCORD_TOKEN', 'DISCORD_API_URL', 'DISCORD_SHARDS'], 'turn Discord on, in parts', async () => {
    const discord = await discordDouble()
    await started({
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      DISCORD_SHARDS: '2',
    })
    await discord.connected(2)
    expect(discord.gateway.sessions.map(({ shard }) => shard)).toEqual([
      [0, 2],
      [1, 2],
    ])
    await discord.close()
  })

  shows(['REDIS_URL', 'REDIS_REPLICAS'], 'keep secrets in Redis and its replicas', async () => {
    const server = await redisServer()
    const env = { REDIS_URL: server.url, SOTTO_KEYS: freshKeys(), SOTTO_DB: '', REDIS_REPLICAS: '1' }
    const alone = start(env)
    expect(await alone.ended()).toBe(2)
    expect(alone.output()).toContain('0 of 1 configured replicas are connected')
    const replica = await redisServer({ replicaOf: server.port })
    const { app } = await started(env)
    expect(await app.logged('started')).toMatchObject({ store: 'redis' })
    await app.stop()
    await replica.close()
    await server.close()
  })

  shows(['REDIS_CA'], 'is what a Redis with a private CA is trusted by', async () => {
    const { ca, certificate, key } = certificates(folder)
    const port = await freePort()
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', ca]
    const server = await redisServer({
      args: ['--tls-port', `${port}`, ...files, '--tls-auth-clients', 'no'],
    })
    const env = { REDIS_URL: `rediss://localhost:${port}`, SOTTO_KEYS: freshKeys(), SOTTO_DB: '' }
    const without = start(env)
    expect(await without.ended()).toBe(2)
    expect(without.output()).toContain('its certificate is not trusted; REDIS_CA names the file')
    const { app } = await started({ ...env, REDIS_CA: ca })
    await app.stop()
    const { app: extra } = await started({ ...env, NODE_EXTRA_CA_CERTS: ca })
    await extra.stop()
    await server.close()
  })

  shows(
    ['REDIS_RISK'],
    'starts on what is refused otherwise, and says so at every start and in /readyz',
    async () => {
      const server = await redisServer({ appendfsync: 'everysec' })
      const env = { REDIS_URL: server.url, SOTTO_KEYS: freshKeys(), SOTTO_DB: '' }
      const refused = start(env)
      expect(await refused.ended()).toBe(2)
      expect(refused.output()).toContain('CONFIG SET appendfsync always')
      for (let time = 0; time < 2; time++) {
        const { app, url } = await started({ ...env, REDIS_RISK: 'shown-twice' })
        const text = expect.stringMatching(/appendfsync everysec .*REDIS_RISK=shown-twice is set/)
        expect(app.log).toContainEqual(expect.objectContaining({ msg: 'finding', severity: 'warn', text }))
        expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({
          store: true,
          details: expect.arrayContaining([text]),
        })
        await app.stop()
      }
      await server.close()
    },
  )

  shows(
    ['REDIS_ERASE_MINUTES'],
    'is the time in which the log is written anew',
    async () => {
      const server = await redisServer()
      const client = new Redis(server.url)
      const env = { REDIS_URL: server.url, SOTTO_KEYS: freshKeys(), SOTTO_DB: '' }
      // A secret ended 50 seconds ago: soon enough for an hour, and too long ago for a minute.
      await client.set('sotto:{00}:owed', Date.now() - 50_000, 'PX', 3_600_000)
      const rewrites = async () => /aof_rewrites:(\d+)/.exec(await client.info('persistence'))?.[1]
      const { app: patient } = await started(env)
      await patient.stop()
      await started({ ...env, REDIS_ERASE_MINUTES: '1' })
      expect(await rewrites()).toBe('0')
      await expect.poll(rewrites, { timeout: 20_000, interval: 200 }).toBe('1')
      client.disconnect()
      await Promise.all(apps.splice(0).map((app) => app.stop()))
      await server.close()
    },
    40_000,
  )

  shows(['SOTTO_DB'], 'names the file, in a folder that is made for it', async () => {
    const path = join(folder, 'data', 'other.db')
    await started({ SOTTO_DB: path })
    for (const file of [path, `${path}.key`]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  shows(['SOTTO_KEYS'], 'seals under its first key, and is missed when it is gone', async () => {
    const key = freshKeys().replace('k1:', 'k7:')
    const { app, url } = await started({ SOTTO_KEYS: key })
    const { body } = await sealText('x', Date.now() + 86_400_000)
    expect(await post(url, '/secrets', JSON.stringify(body))).toBe(201)
    await app.stop()
    const { app: without } = await started({ SOTTO_KEYS: freshKeys() })
    expect(await without.logged('finding')).toMatchObject({ text: expect.stringContaining('"k7"') })
    await without.stop()
    const { app: rotated } = await started({ SOTTO_KEYS: `${freshKeys()},${key}` })
    expect(rotated.log.filter(({ msg }) => msg === 'finding')).toEqual([])
  })

  shows(['SOTTO_MAX_STORE'], 'is how much the embedded store takes before it refuses', async () => {
    const { app, url } = await started({ SOTTO_MAX_STORE: `${1024 * 1024}` })
    const statuses: number[] = []
    while (statuses.at(-1) !== 503 && statuses.length < 60) {
      const { body } = await sealText('x'.repeat(40_000), Date.now() + 86_400_000)
      statuses.push(await post(url, '/secrets', JSON.stringify(body)))
    }
    expect(statuses.length).toBeGreaterThan(10)
    expect(new Set(statuses)).toEqual(new Set([201, 503]))
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect(await app.logged('store-failed')).toMatchObject({ call: 'web keep' })
  })

  shows(['SOTTO_MAX_TTL'], 'is the longest lifetime that the form and the page offer', async () => {
    const { url } = await inSlack({ SOTTO_MAX_TTL: '3600' })
    expect(await terms(url)).toMatchObject({ maxTtlSeconds: 3_600 })
    const { anna } = slack.people
    await anna.types('/secret')
    await anna.untilModal('Send a secret')
    const form = JSON.stringify(slack.callsTo('views.open').at(-1)?.args)
    expect(form).toContain('1 hour')
    expect(form).not.toContain('4 hours')
    await anna.dismissesModal()
  })

  shows(['SOTTO_MAX_FILE'], 'is the largest file that a link carries', async () => {
    const { url } = await started({ SOTTO_MAX_FILE: '200000' })
    expect(await terms(url)).toMatchObject({ maxFileBytes: 200_000 })
    const [fits, large] = [JSON.stringify('x'.repeat(200_000)), JSON.stringify('x'.repeat(400_000))]
    expect([await post(url, '/files', fits), await post(url, '/files', large)]).toEqual([400, 413])
  })

  shows(['SOTTO_WEB'], 'turns the links off, in chat too', async () => {
    const { url } = await inSlack({ SOTTO_WEB: 'off' })
    for (const path of ['/', '/api/v1/terms']) expect((await fetch(url + path)).status).toBe(404)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const { anna } = slack.people
    await anna.types('/secret')
    expect((await anna.untilModal('Send a secret')).text).not.toContain('Use a link')
    await anna.dismissesModal()
  })

  shows(['PUBLIC_URL'], 'is what links are made from', async () => {
    const { url } = await inSlack({ PUBLIC_URL: 'https://secrets.example.com/' })
    expect(await terms(url)).toMatchObject({ publicUrl: 'https://secrets.example.com' })
    expect((await fetch(url)).headers.get('strict-transport-security')).toContain('max-age')
    const { anna } = slack.people
    await anna.types('/secret link')
    await anna.untilSees('https://secrets.example.com/')
  })

  shows(['TRUSTED_PROXIES'], 'are believed who calls, and nobody else is', async () => {
    const flood = async (url: string) => {
      const statuses = new Set<number>()
      for (let call = 0; call < 121; call++) statuses.add(await post(url, '/secrets', '{}', '203.0.113.1'))
      return [...statuses, await post(url, '/secrets', '{}', '203.0.113.2')]
    }
    const { url: behind } = await started({ TRUSTED_PROXIES: '127.0.0.0/8' })
    expect(await flood(behind)).toEqual([400, 429, 400])
    const { url: open } = await started({ SOTTO_DB: join(folder, 'open.db') })
    expect(await flood(open)).toEqual([400, 429, 429])
  })

  shows(['HOST', 'PORT'], 'are where it listens', async () => {
    const port = await freePort()
    const running = await started({ HOST: '127.0.0.2', PORT: `${port}` })
    expect([running.host, running.port]).toEqual(['127.0.0.2', port])
    expect((await fetch(`http://127.0.0.2:${port}/healthz`)).status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  })

  shows(['HTTPS_PROXY', 'NO_PROXY'], 'say which calls go through a proxy', async () => {
    const proxy = await connectProxy({ hosts: {} })
    const env = { HTTPS_PROXY: proxy.url, ...slackEnv(), SLACK_API_URL: 'https://slack.test/api/' }
    const through = start(env)
    await through.logged('platform-down')
    expect(proxy.asked).toContain('slack.test:443')
    const before = proxy.asked.length
    await through.stop()
    const around = start({ ...env, NO_PROXY: 'slack.test' })
    await around.logged('platform-down')
    expect(proxy.asked).toHaveLength(before)
    await proxy.close()
  })

  shows(['SOTTO_DRAIN'], 'is how long a stop waits for what is in flight', async () => {
    /** What is left unfinished by a stop while Slack answers like that. */
    const unfinished = async (drain: string, fault: Fault) => {
      const { app } = await inSlack({ SOTTO_DRAIN: drain })
      const { anna } = slack.people
      await anna.types('/secret @ben')
      await anna.untilModal('Send a secret')
      await anna.fills('Secret', 'in flight')
      slack.faults.next('chat.postMessage', fault)
      const before = slack.callsTo('chat.postMessage').length
      await anna.submits()
      await slack.until(() => slack.callsTo('chat.postMessage').length > before)
      expect(await app.stop()).toBe(0)
      await anna.dismissesModal()
      return (await app.logged('stopped'))['unfinished']
    }
    expect(await unfinished('30', slowAnswer(500))).toBe(0)
    expect(await unfinished('1', silentAfter())).toBe(1)
  })

  shows(['LOG_LEVEL'], 'leaves out what is less than it', async () => {
    const app = start({ LOG_LEVEL: 'warn' })
    await app.logged('key-file-created')
    expect(await app.stop()).toBe(0)
    expect(app.log.map(({ msg }) => msg)).toEqual(['key-file-created'])
  })

  it('every variable has such a test', () => {
    expect([...shown].sort()).toEqual(variables.map(({ name }) => name).sort())
  })
})
