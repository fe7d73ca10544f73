import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../doubles/discord/discord-double.ts'
import { type App, startApp } from '../doubles/run/app.ts'
import { openBrowser, type Visitors } from '../doubles/run/browser.ts'
import { freePort } from '../doubles/run/redis-server.ts'
import { type SlackDouble, slackDouble } from '../doubles/slack/slack-double.ts'
import { canary, contains } from './fixtures/canary.ts'

/** What both doubles let a person do here. */
interface Asker {
  sees(): string
  untilSees(words: string | RegExp): Promise<string>
}

describe('a drop link', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-drop-'))
  let slack: SlackDouble
  let discord: DiscordDouble
  let visitors: Visitors
  let app: App

  beforeAll(async () => {
    slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../manifest.yml') })
    discord = await discordDouble()
    visitors = await openBrowser()
    const port = await freePort()
    app = startApp({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.url,
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      SOTTO_DB: join(folder, 'sotto.db'),
      LOG_LEVEL: 'debug',
      PORT: `${port}`,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    })
    await slack.connected()
    await discord.connected()
    await discord.until(() => discord.world.commands.size > 0)
    await app.logged('started')
  })
  afterAll(async () => {
    await app.stop()
    await visitors.close()
    await slack.close()
    await discord.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function linkIn(asker: Asker): Promise<string> {
    await asker.untilSees(/\/d#d1\./)
    const [link] = /http:\/\/127\.0\.0\.1:\d+\/d#d1\.[\w-]{43}/.exec(asker.sees()) ?? []
    if (link === undefined) throw new Error(`no link:\n${asker.sees()}`)
    return link
  }

  /** Somebody outside opens the link, reads who asks and what for, and answers. */
  async function answerOutside(link: string, secret: string, note: string): Promise<void> {
    const visitor = await visitors.visitor()
    await visitor.page.goto(link)
    await visitor.page.getByText(note).waitFor()
    expect(visitor.page.url()).not.toContain('#')
    await visitor.page.locator('#secret').fill(secret)
    await visitor.page.locator('#seal').click()
    await visitor.page.locator('[data-view=done]').waitFor()
    const token = link.slice(link.indexOf('d1.') + 3)
    expect(visitor.sent.filter((sent) => contains(sent, secret) || sent.includes(token))).toEqual([])
    expect(visitor.complaints).toEqual([])
    // One answer, whoever comes with the link again.
    const second = await visitors.visitor()
    await second.page.goto(link)
    await second.page.locator('[data-view=gone]').waitFor()
    await visitor.close()
    await second.close()
  }

  it('is asked for in Slack, answered in a browser, and opened in Slack, once', async () => {
    const { anna, mallory } = slack.people
    const secret = canary()
    await anna.types('/secret request the staging password', { channel: slack.channels.general })
    const link = await linkIn(anna)
    await anna.presses('Reveal', { in: anna.dm })
    await anna.untilModal('Nothing yet')
    await anna.dismissesModal()
    await answerOutside(link, secret, 'the staging password')
    await anna.untilSees('Your request was answered')
    await slack.impersonatePress(mallory, anna, 'Reveal', anna.dm)
    await mallory.untilModal('not for you')
    await anna.presses('Reveal', { in: anna.dm })
    await anna.untilModal('drop link')
    await anna.submits()
    await anna.untilModal(secret)
    await anna.dismissesModal()
    await slack.until(() => !anna.seesButton('Reveal', anna.dm))
    expect(contains(app.output(), secret)).toBe(false)
    expect(app.output()).not.toContain(link.slice(link.indexOf('d1.') + 3))
  })

  it('is asked for in Discord, answered in a browser, and opened in Discord, once', async () => {
    const { anna } = discord.people
    const secret = canary()
    await anna.types(
      '/secret-request',
      { for: 'the staging password' },
      { channel: discord.channels.general },
    )
    const link = await linkIn(anna)
    await anna.presses('Reveal')
    await anna.untilSees('Nothing yet')
    await answerOutside(link, secret, 'the staging password')
    await anna.untilSees('Your request was answered')
    await anna.presses('Reveal')
    await anna.untilSees(secret)
    await discord.until(() => !anna.seesButton('Reveal'))
    expect(contains(app.output(), secret)).toBe(false)
  })

  it('can be cancelled before it is answered', async () => {
    const { carla } = slack.people
    await carla.types('/secret request never mind', { channel: slack.channels.general })
    const link = await linkIn(carla)
    await carla.presses('Burn', { in: carla.dm })
    await carla.untilSees('Burned')
    const visitor = await visitors.visitor()
    await visitor.page.goto(link)
    await visitor.page.locator('[data-view=gone]').waitFor()
    await visitor.close()
  })
})
