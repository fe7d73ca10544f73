import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, variables } from '../../src/app/config.ts'
import { settings } from '../../src/app/settings.ts'

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('the configuration', () => {
  it('needs nothing to be set', () => {
    expect(readConfig({})).toMatchObject({
      db: 'sotto.db',
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
      web: true,
    })
    expect(readConfig({}).slack).toBeUndefined()
  })

  it('takes an empty variable as not set', () => {
    expect(readConfig({ PORT: '', SLACK_BOT_TOKEN: ' ' })).toEqual(readConfig({}))
  })

  it('reads a mode of Slack from the token beside the bot token', () => {
    expect(readConfig(slack).slack).toEqual({ botToken: 'xoxb-1', appToken: 'xapp-1', command: '/secret' })
    const http = readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'abcdefgh' })
    expect(http.slack).toEqual({ botToken: 'xoxb-1', signingSecret: 'abcdefgh', command: '/secret' })
  })

  it('lists every wrong variable in one message', () => {
    const wrong = problems({
      PORT: 'http',
      SOTTO_MAX_TTL: '1d',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'http://redis',
      DISCORD_SHARDS: 'many',
      TRUSTED_PROXIES: 'localhost',
      PUBLIC_URL: 'secrets.example.com',
      SLACK_BOT_TOKEN: 'xoxp-1',
    })
    expect(wrong).toEqual(
      expect.arrayContaining([
        'SOTTO_MAX_TTL: expected seconds between 600 and 2592000, got "1d"',
        'PORT: expected a port between 0 and 65535, got "http"',
        'LOG_LEVEL: expected one of debug, info, warn, error, got "loud"',
        'REDIS_URL: expected a URL that starts with redis:// or rediss://',
        'DISCORD_SHARDS: expected auto or a number between 1 and 10000, got "many"',
        'SLACK_BOT_TOKEN: expected xoxb-…',
      ]),
    )
    expect(wrong.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['TRUSTED_PROXIES', 'PUBLIC_URL', 'SOTTO_KEYS']),
    )
  })

  it('never repeats a value that may be a secret', () => {
    const canary = 'canary-7f3a'
    for (const { name } of settings.filter(({ name }) => /TOKEN|SECRET|KEYS|REDIS_URL/.test(name))) {
      expect(problems({ [name]: ` ${canary} x` }).join('\n')).not.toContain(canary)
    }
  })

  it('asks for what is missing beside a token, and refuses two modes or two stores', () => {
    expect(problems({ SLACK_BOT_TOKEN: 'xoxb-1' })).toHaveLength(1)
    expect(problems({ SLACK_APP_TOKEN: 'xapp-1' })).toEqual([
      'SLACK_BOT_TOKEN: missing beside SLACK_APP_TOKEN',
    ])
    expect(problems({ ...slack, SLACK_SIGNING_SECRET: 'abcdefgh' })).toHaveLength(1)
    expect(problems({ REDIS_URL: 'redis://127.0.0.1', SOTTO_KEYS: 'k1:x', SOTTO_DB: 'x.db' })).toHaveLength(1)
  })

  it('is described by the README’s table, variable by variable', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    for (const { name, fallback, text } of settings)
      expect(readme).toContain(`| \`${name}\` | ${fallback} | ${text} |`)
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name)
    expect(rows).toEqual(settings.map(({ name }) => name))
  })

  it('reads exactly the variables that are described', () => {
    expect(settings.map(({ name }) => name)).toEqual(variables)
  })

  it('is described by .env.example, variable by variable', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
    const named = [...example.matchAll(/^# ?([A-Z_]+)=/gm)].map(([, name]) => name)
    expect(named).toEqual(settings.map(({ name }) => name))
  })
})
