import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { discordDouble } from '../../doubles/discord/discord-double.ts'
import { type App, startApp } from '../../doubles/run/app.ts'
import { held } from '../../doubles/slack/faults.ts'
import { type SlackDouble, slackDouble } from '../../doubles/slack/slack-double.ts'

describe('the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-start-'))
  const db = () => join(folder, `${randomBytes(4).toString('hex')}.db`)
  let slack: SlackDouble
  let app: App | undefined

  beforeAll(async () => {
    slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../../manifest.yml') })
  })
  afterEach(async () => {
    await app?.stop()
    app = undefined
  })
  afterAll(async () => {
    await slack.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const slackEnv = () => ({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.url,
    SOTTO_DB: db(),
  })

  async function refusal(env: Record<string, string>): Promise<string> {
    const refused = startApp({ SOTTO_DB: db(), ...env })
    const code = await refused.ended()
    expect([code, refused.output()]).toEqual([2, expect.any(String)])
    return refused.output()
  }

  it('says with nothing turned on what to set and where to get it, and ends with 2', async () => {
    const said = await refusal({ SOTTO_WEB: 'off' })
    for (const words of ['SLACK_BOT_TOKEN', 'manifest.yml', 'https://api.slack.com/apps', 'DISCORD_TOKEN'])
      expect(said).toContain(words)
  })

  it('serves links without any chat account, and says which bots are off', async () => {
    app = startApp({ SOTTO_DB: db() })
    const { port } = await app.logged('listening')
    await app.logged('started')
    for (const path of ['/', '/healthz', '/readyz'])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200)
    expect(app.output()).toContain('Slack is off: SLACK_BOT_TOKEN')
    expect(app.output()).toContain('Discord is off: DISCORD_TOKEN')
  })

  it('lists every wrong variable in one message', async () => {
    const said = await refusal({ PORT: 'x', SOTTO_MAX_TTL: '1d', REDIS_URL: 'redis://127.0.0.1' })
    for (const name of ['PORT', 'SOTTO_MAX_TTL', 'SOTTO_KEYS', 'SOTTO_DB'])
      expect(said).toContain(`${name}: `)
  })

  it('refuses keys that are examples, typed or too short, without repeating them', async () => {
    const typed = Buffer.from('correct horse battery staple....').toString('base64')
    for (const bad of [Buffer.alloc(32).toString('base64'), typed, 'c2hvcnQ=']) {
      const said = await refusal({ SOTTO_KEYS: `k1:${bad}` })
      expect(said).not.toContain(bad)
      expect(said).toContain('openssl rand -base64 32')
    }
  })

  it('makes a key file of its own beside a new database, for the owner only, and says so', async () => {
    const path = db()
    app = startApp({ SOTTO_DB: path })
    expect(await app.logged('key-file-created')).toMatchObject({ path: `${path}.key` })
    await app.logged('started')
    for (const file of [path, `${path}.key`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(app.output()).not.toContain(readFileSync(`${path}.key`, 'utf8').trim().slice(3))
  })

  it.each([
    ['no database', randomBytes(8_192)],
    ['damaged inside', undefined],
  ])('makes the file of the limits anew that is %s: counts are no loss', async (_, noise) => {
    const path = db()
    const limits = `${path}-limits.db`
    if (noise) writeFileSync(limits, noise, { mode: 0o600 })
    else {
      const first = startApp({ SOTTO_DB: path })
      await first.logged('started')
      await first.stop()
      const bytes = readFileSync(limits)
      writeFileSync(limits, bytes.fill(0x5a, 4_096))
    }
    app = startApp({ SOTTO_DB: path })
    await app.logged('started')
    const { port } = await app.logged('listening')
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  })

  it('prints no error whole that nobody handles', async () => {
    const canary = 'canary-in-an-error'
    const preload = join(folder, 'fails.mjs')
    writeFileSync(
      preload,
      `process.on('SIGUSR2', () => {
        Promise.reject(new Error('${canary}'))
        setTimeout(() => { throw new Error('${canary}') }, 300)
      })`,
    )
    app = startApp({ SOTTO_DB: db(), NODE_OPTIONS: `--import ${preload}` })
    const failed = app
    await failed.logged('started')
    failed.process.kill('SIGUSR2')
    app = undefined
    expect(await failed.ended()).toBe(1)
    expect(failed.log.filter(({ msg }) => msg === 'handler-failed')).toHaveLength(2)
    expect(failed.output()).not.toContain(canary)
  })

  it('ends in order when it is told to while it starts', async () => {
    app = startApp({ SOTTO_DB: db() })
    await app.logged('listening')
    expect(await app.stop()).toBe(0)
    await app.logged('stopped')
  })

  it('warns when the inspector is open', async () => {
    app = startApp({ SOTTO_DB: db(), NODE_OPTIONS: '--inspect=127.0.0.1:0' })
    expect(await app.logged('finding')).toMatchObject({
      severity: 'warn',
      text: expect.stringContaining('inspector'),
    })
    await app.logged('started')
  })

  it('warns when somebody opens the inspector later, and a signal cannot', async () => {
    const preload = join(folder, 'inspected.mjs')
    writeFileSync(
      preload,
      `import { open } from 'node:inspector'
      process.on('SIGUSR2', () => open(0, '127.0.0.1'))`,
    )
    app = startApp({ SOTTO_DB: db(), NODE_OPTIONS: `--import ${preload}` })
    await app.logged('started')
    app.process.kill('SIGUSR1')
    const { port } = await app.logged('listening')
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect(app.output()).not.toContain('Debugger listening')
    expect(app.log.filter(({ msg }) => msg === 'finding')).toEqual([])
    app.process.kill('SIGUSR2')
    expect(await app.logged('finding')).toMatchObject({ text: expect.stringContaining('inspector') })
  })

  it('says once that requests come through a proxy that it was not told of', async () => {
    app = startApp({ SOTTO_DB: db() })
    const { port } = await app.logged('listening')
    await app.logged('started')
    const url = `http://127.0.0.1:${port}/`
    await (await fetch(url)).text()
    expect(app.log.filter(({ msg }) => msg === 'finding')).toEqual([])
    for (let call = 0; call < 3; call++)
      await (await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.1' } })).text()
    expect(await app.logged('finding')).toMatchObject({ text: expect.stringContaining('TRUSTED_PROXIES') })
    await app.stop()
    expect(app.log.filter(({ msg }) => msg === 'finding')).toHaveLength(1)
  })

  it('says at the start what is seldom meant', async () => {
    app = startApp({ SOTTO_DB: db(), PUBLIC_URL: '' })
    expect(await app.logged('finding')).toMatchObject({ text: expect.stringContaining('PORT is 0') })
    await app.logged('started')
    expect(await app.stop()).toBe(0)
    expect(app.output()).toContain('Links are on for this machine alone')
  })

  it('survives a Slack that is not there, keeps trying, and says so once a minute', async () => {
    await slack.outage()
    app = startApp(slackEnv())
    await app.logged('platform-down')
    const { port } = await app.logged('listening')
    expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).toEqual({
      store: true,
      slack: false,
    })
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect(app.log.filter(({ msg }) => msg === 'platform-down')).toHaveLength(1)
    await slack.recover()
    await slack.connected()
    await app.logged('platform-up')
    const { anna } = slack.people
    await anna.types('/secret help')
    await anna.untilSees('Sotto delivers')
  })

  it('finishes what is in flight when it is told to stop', async () => {
    app = startApp(slackEnv())
    await slack.connected()
    const { anna, ben } = slack.people
    await anna.types('/secret @ben')
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', 'in flight')
    const stopping = Promise.withResolvers<void>()
    slack.faults.next('chat.postMessage', held(stopping.promise))
    await anna.submits()
    await slack.until(() => slack.callsTo('chat.postMessage').length > 0)
    const stopped = app.stop()
    await app.logged('stopping')
    stopping.resolve()
    expect(await stopped).toBe(0)
    app = undefined
    await anna.untilModal('Sealed for')
    expect(ben.seesButton('Reveal', ben.dm)).toBe(true)
  })

  it('loads the library of a platform only when it is configured', async () => {
    const loaded = async (env: Record<string, string>, done: () => Promise<unknown>) => {
      const report = join(folder, `${randomBytes(4).toString('hex')}.txt`)
      app = startApp({
        ...env,
        NODE_OPTIONS: `--import ${resolve(import.meta.dirname, '../fixtures/loaded.ts')}`,
        LOADED: report,
      })
      await done()
      await app.stop()
      return readFileSync(report, 'utf8')
    }
    const web = await loaded({ SOTTO_DB: db() }, () => app?.logged('started') ?? Promise.resolve())
    expect(web).not.toMatch(/node_modules\/(@slack|discord\.js|ioredis)\//)
    const withSlack = await loaded(slackEnv(), () => slack.connected())
    expect(withSlack).toMatch(/node_modules\/@slack\/bolt\//)
    expect(withSlack).not.toMatch(/node_modules\/(discord\.js|ioredis)\//)
    const discord = await discordDouble()
    const discordEnv = { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url, SOTTO_DB: db() }
    const withDiscord = await loaded(discordEnv, () => app?.logged('started') ?? Promise.resolve())
    await discord.close()
    expect(withDiscord).toMatch(/node_modules\/discord\.js\//)
    expect(withDiscord).not.toMatch(/node_modules\/(@slack|ioredis)\//)
  })

  it('tells an older Node plainly that it is too old', async () => {
    const old = await new Promise<string>((done) => {
      execFile(
        process.execPath,
        [
          '--import',
          'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"22.1.0"})',
          'src/main.ts',
        ],
        { cwd: resolve(import.meta.dirname, '../..') },
        (error, _out, stderr) => done(`${error?.code} ${stderr}`),
      )
    })
    expect(old).toContain('2 Sotto needs Node 24.15 or newer, and this is 22.1.0')
  })
})
