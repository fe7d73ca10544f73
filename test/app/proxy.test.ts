import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../doubles/discord/discord-double.ts'
import { type App, startApp } from '../../doubles/run/app.ts'
import { type ConnectProxy, connectProxy } from '../../doubles/run/connect-proxy.ts'
import { certificate, tlsFront } from '../../doubles/run/tls-front.ts'
import { type SlackDouble, slackDouble } from '../../doubles/slack/slack-double.ts'

/** No name server knows them: whoever reaches them came through the proxy. */
const { names } = certificate

describe('behind a proxy', () => {
  const login = 'sotto:p-ss'
  let folder: string
  let slack: SlackDouble
  let discord: DiscordDouble
  let proxy: ConnectProxy
  let app: App
  const closing: (() => Promise<unknown>)[] = []

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-proxy-'))
    slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../../manifest.yml') })
    discord = await discordDouble()
    slack.behind('https://slack.test')
    discord.behind('https://discord.test')
    const fronts = [await tlsFront(slack.port), await tlsFront(discord.port)] as const
    proxy = await connectProxy({
      hosts: { 'slack.test:443': fronts[0].port, 'discord.test:443': fronts[1].port },
      login,
    })
    closing.push(
      () => proxy.close(),
      () => fronts[0].close(),
      () => fronts[1].close(),
      () => slack.close(),
      () => discord.close(),
    )
  })
  afterEach(async () => {
    await app.stop()
    for (const close of closing.splice(0)) await close()
    rmSync(folder, { recursive: true, force: true })
  })

  function start(env: Readonly<Record<string, string>>): App {
    app = startApp({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.url,
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      SOTTO_DB: join(folder, 'sotto.db'),
      NODE_EXTRA_CA_CERTS: certificate.path,
      ...env,
    })
    return app
  }

  it.each(['HTTPS_PROXY', 'https_proxy'])(
    'every call and both WebSockets go through what %s names, and a secret is delivered',
    async (variable) => {
      start({ [variable]: proxy.url })
      await slack.connected()
      await discord.connected()
      await discord.until(() => discord.world.commands.size > 0)
      await app.logged('started')
      // The Web API, Socket Mode, and then each platform's conversation over them.
      const { anna, ben } = slack.people
      await anna.types('/secret @ben')
      await anna.untilModal('Send a secret')
      await anna.fills('Secret', 'through the proxy')
      await anna.submits()
      await ben.until(() => ben.seesButton('Reveal', ben.dm))
      await ben.presses('Reveal', { in: ben.dm })
      await ben.untilModal('You can open it once')
      await ben.submits()
      await ben.untilModal('through the proxy')
      await anna.untilSees('opened your secret')
      await anna.types('/secret link', { channel: slack.channels.general })
      await anna.untilSees('Seal it on this page')
      await discord.people.anna.types(
        '/secret-request',
        { for: 'the staging password' },
        { channel: discord.channels.general },
      )
      await discord.people.anna.untilSees('/d#d1.')
      // Two connections of each at least: its calls, and its WebSocket.
      for (const name of names)
        expect(proxy.asked.filter((host) => host === `${name}:443`).length).toBeGreaterThanOrEqual(2)
      expect(new Set(proxy.asked)).toEqual(new Set(names.map((name) => `${name}:443`)))
      expect(app.output()).not.toContain('p-ss')
      expect(await app.stop()).toBe(0)
    },
  )

  it('hosts in NO_PROXY are reached without it', async () => {
    start({ HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost, slack.test' })
    await discord.connected()
    expect(await app.logged('platform-down')).toMatchObject({ platform: 'slack' })
    expect(new Set(proxy.asked)).toEqual(new Set(['discord.test:443']))
  })

  it('a proxy that refuses is an outage of the platforms, and nothing goes around it', async () => {
    const wrong = proxy.url.replace('p-ss', 'wrong')
    start({ HTTPS_PROXY: wrong, SLACK_API_URL: 'https://slack.test/api/' })
    const { port } = await app.logged('listening')
    await app.logged('platform-down')
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`)
    expect(await ready.json()).toMatchObject({ slack: false, discord: false })
    expect(app.output()).not.toContain('wrong@')
  })
})
