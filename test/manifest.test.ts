import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { sqlite } from '../doubles/run/stores.ts'
import { slackDouble } from '../doubles/slack/slack-double.ts'
import { slackBot } from '../src/bots/slack/bot.ts'
import { commandScope, methods } from '../src/bots/slack/scopes.ts'
import { sotto } from './bots/sotto.ts'

const root = resolve(import.meta.dirname, '..')
const manifest = parse(readFileSync(join(root, 'manifest.yml'), 'utf8'))
const granted: readonly string[] = manifest.oauth_config.scopes.bot
const schemaFile = join(root, '../shared/specs/slack-manifest-2.0.0.schema.json')

/** The scopes that some table of methods needs, and the command's own. */
function needed(table: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set([commandScope, ...Object.values(table).filter((scope) => scope !== '')])].sort()
}

/** The Web API methods named in the adapter's source. */
function called(): readonly string[] {
  const folder = join(root, 'src/bots/slack')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8'))
  const names = sources.flatMap((text) =>
    [...text.matchAll(/'([a-z]+\.[a-zA-Z.]+)'/g)].map(([, name = '']) => name),
  )
  return [
    ...new Set(names.filter((name) => /^(chat|conversations|users|views|auth|apps|files|im)\./.test(name))),
  ].sort()
}

describe('manifest.yml', () => {
  it('asks for exactly the scopes that are used', () => {
    expect([...granted].sort()).toEqual(needed(methods))
    expect(called()).toEqual(Object.keys(methods).sort())
  })

  it('would be found asking for one more, or one less', () => {
    expect([...granted, 'channels:history'].sort()).not.toEqual(needed(methods))
    const { 'users.info': _, ...fewer } = methods
    expect([...granted].sort()).not.toEqual(needed(fewer))
  })

  it('asks for no scope of a person', () => {
    expect(manifest.oauth_config.scopes.user).toBeUndefined()
  })

  it('turns on what the bot lives on, and nothing that lets it into channels', () => {
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    })
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened', 'message.im'])
    expect(manifest.features.slash_commands[0].should_escape).toBe(true)
    expect(manifest.features.shortcuts.map((one: { callback_id: string }) => one.callback_id)).toEqual([
      'send_secret',
    ])
  })

  it('hardened, without im:history and message.im, still delivers', async () => {
    const hardened = structuredClone(manifest)
    hardened.oauth_config.scopes.bot = granted.filter((scope) => scope !== 'im:history')
    hardened.settings.event_subscriptions.bot_events = ['app_home_opened']
    const slack = await slackDouble({ manifest: hardened })
    const opened = await sqlite.open()
    const { stop } = await sotto({
      store: opened.store,
      bot: (given) =>
        slackBot({
          ...given,
          botToken: slack.botToken,
          appToken: slack.appToken,
          apiUrl: slack.url,
          command: '/secret',
        }),
    })
    await slack.connected()
    const { anna, ben } = slack.people
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', 'canary')
    await anna.submits()
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    await ben.submits()
    await ben.untilModal('canary')
    await stop()
    await slack.close()
    await opened.close()
  })

  it.skipIf(!existsSync(schemaFile))('fits Slack’s own schema', () => {
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))
    const fits = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
    fits(manifest)
    expect(fits.errors).toBeNull()
    fits({ ...manifest, display_information: { name: 'x'.repeat(100) } })
    expect(fits.errors).not.toBeNull()
  })
})
