import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, type Variable, variables } from '../../src/app/config.ts'

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }
const key = (kid = 'k1') => `${kid}:${randomBytes(32).toString('base64')}`
const rows: readonly Variable[] = variables

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function file(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
}

describe('the configuration', () => {
  it('needs nothing to be set', () => {
    expect(readConfig({})).toEqual({
      db: 'sotto.db',
      keys: { from: 'file', path: 'sotto.db.key', made: true },
      maxTtlSeconds: 2_592_000,
      maxFileBytes: 1_048_576,
      web: true,
      publicUrl: 'http://127.0.0.1:3000',
      linksAreLocal: true,
      trustedProxies: [],
      host: '127.0.0.1',
      port: 3000,
      drainMs: 8_000,
      logLevel: 'info',
      doubts: [],
    })
  })

  it('takes an empty variable as not set', () => {
    expect(readConfig({ PORT: '', SLACK_BOT_TOKEN: ' ' })).toEqual(readConfig({}))
  })

  it('reads a mode of Slack from the token beside the bot token', () => {
    expect(readConfig(slack).slack).toEqual({ botToken: 'xoxb-1', appToken: 'xapp-1', command: '/secret' })
    const http = readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'abcdefgh' })
    expect(http.slack).toEqual({ botToken: 'xoxb-1', signingSecret: 'abcdefgh', command: '/secret' })
  })

  it('lists every problem in one message, one line each, in the order of the table', () => {
    const wrong = {
      SLACK_BOT_TOKEN: 'xoxp-1',
      SLACK_COMMAND: 'secret',
      SLACK_API_URL: 'slack.example',
      DISCORD_SHARDS: 'many',
      DISCORD_API_URL: 'https://u:p@discord.example/api?v=10',
      REDIS_URL: 'http://redis',
      REDIS_REPLICAS: '-1',
      REDIS_CA: '/etc/ssl/',
      REDIS_ERASE_MINUTES: '0',
      REDIS_RISK: 'yes',
      SOTTO_DB: ':memory:',
      SOTTO_KEYS: 'k1:c2hvcnQ=,,k2,k3:!',
      SOTTO_MAX_TTL: '1d',
      SOTTO_MAX_FILE: '1',
      SOTTO_WEB: 'yes',
      PUBLIC_URL: 'secrets.example.com',
      TRUSTED_PROXIES: '10.0.0.0/99,localhost, fd00::/8',
      HOST: 'http://127.0.0.1',
      PORT: 'http',
      HTTPS_PROXY: 'socks5://proxy',
      SOTTO_DRAIN: '0',
      LOG_LEVEL: 'loud',
    }
    expect(problems(wrong)).toEqual([
      'SLACK_BOT_TOKEN: expected xoxb-…',
      'SLACK_COMMAND: expected a command such as /secret, got "secret"',
      'SLACK_API_URL: expected a URL that starts with https:// or http://',
      'DISCORD_SHARDS: expected auto or a number between 1 and 10000, got "many"',
      'DISCORD_API_URL: expected a URL without a user name or password, a query',
      'REDIS_URL: expected a URL that starts with redis://, rediss:// or unix://',
      'REDIS_REPLICAS: expected a number between 0 and 10, got "-1"',
      'REDIS_CA: expected the path of a file, got "/etc/ssl/"',
      'REDIS_ERASE_MINUTES: expected minutes between 1 and 1440, got "0"',
      'REDIS_RISK: expected shown-twice, got "yes"',
      'SOTTO_DB: expected the path of a file, got ":memory:"',
      'SOTTO_KEYS: key 1: "k1" has 5 bytes, expected 32; make one with: openssl rand -base64 32',
      'SOTTO_KEYS: key 3: expected kid:<base64>',
      'SOTTO_KEYS: key 4: "k3" is not base64',
      'SOTTO_MAX_TTL: expected seconds between 600 and 2592000, got "1d"',
      'SOTTO_MAX_FILE: expected bytes between 1024 and 16777216, got "1"',
      'SOTTO_WEB: expected on or off, got "yes"',
      'PUBLIC_URL: expected a URL that starts with https:// or http://',
      'TRUSTED_PROXIES: "10.0.0.0/99" must end in a number of bits between /0 and /32',
      'TRUSTED_PROXIES: "localhost" is not a network such as 10.0.0.0/8 or fd00::/8',
      'HOST: expected an address or a host name such as 127.0.0.1, got "http://127.0.0.1"',
      'PORT: expected a port between 0 and 65535, got "http"',
      'HTTPS_PROXY: expected the URL of an HTTP proxy, such as http://proxy.internal:3128',
      'SOTTO_DRAIN: expected seconds between 1 and 600, got "0"',
      'LOG_LEVEL: expected one of debug, info, warn, error, got "loud"',
      'SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it',
      'SOTTO_DB: choose one store, and remove it or REDIS_URL',
    ])
  })

  it('never repeats a value that may be a secret', () => {
    const canary = 'canary-7f3a'
    const forms = [
      ` ${canary} x`,
      `redis://user:${canary}#x@host`,
      `redis://user:${canary}@host/x`,
      `redis://user:${canary}%@host`,
      `https://user:${canary}@host/`,
      `ftp://user:${canary}@host/`,
      `k1:${canary}`,
      canary,
    ]
    const holders = rows.filter(({ name }) => /TOKEN|SECRET|KEYS|_URL|HTTPS_PROXY/.test(name))
    expect(holders).toHaveLength(10)
    for (const { name } of holders)
      for (const form of forms) expect(problems({ [name]: form }).join('\n')).not.toContain(canary)
  })

  it('reads what is secret from a file too, without the line break at its end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-config-'))
    const named = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const config = readConfig({
      SLACK_BOT_TOKEN_FILE: named('bot', 'xoxb-1\n'),
      SLACK_SIGNING_SECRET_FILE: named('signing', 'abcdefgh\r\n'),
      DISCORD_TOKEN_FILE: named('discord', 'd'),
      REDIS_URL_FILE: named('redis', 'redis://redis\n'),
      SOTTO_KEYS_FILE: '/run/secrets/sotto',
    })
    expect(config).toMatchObject({
      slack: { botToken: 'xoxb-1', signingSecret: 'abcdefgh' },
      discord: { token: 'd' },
      redis: { at: { host: 'redis' } },
      keys: { from: 'file', path: '/run/secrets/sotto', made: false },
    })
    const canary = 'canary-7f3a'
    expect(
      problems({
        ...slack,
        SLACK_APP_TOKEN_FILE: named('app', 'xapp-1'),
        DISCORD_TOKEN_FILE: named('empty', '\n'),
        REDIS_URL_FILE: named('wrong', `http://${canary}`),
        SLACK_SIGNING_SECRET_FILE: join(folder, 'absent'),
      }),
    ).toEqual([
      'SLACK_APP_TOKEN_FILE: choose one, and remove it or SLACK_APP_TOKEN',
      `SLACK_SIGNING_SECRET_FILE: ${folder}/absent cannot be used: there is no such file`,
      `DISCORD_TOKEN_FILE: ${folder}/empty cannot be used: it is empty`,
      'REDIS_URL: expected a URL that starts with redis://, rediss:// or unix://',
      'SOTTO_KEYS: needed with REDIS_URL, so that every process has the same keys: "k1:" and `openssl rand -base64 32`',
    ])
    rmSync(folder, { recursive: true })
  })

  it('takes a proxy’s variables in small letters too, which count where both are set', () => {
    const url = 'http://me:pw@proxy.internal:3128'
    expect(readConfig({ HTTPS_PROXY: url, no_proxy: '.internal, 10.0.0.7' }).proxy).toEqual({
      url: `${url}/`,
      except: '.internal, 10.0.0.7',
    })
    expect(readConfig({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1' }).proxy?.url).toBe(
      'http://a:1/',
    )
    expect(readConfig({ NO_PROXY: '*' }).proxy).toBeUndefined()
  })

  it('asks for what is missing beside a token, and refuses two modes or two stores', () => {
    expect(problems({ SLACK_BOT_TOKEN: 'xoxb-1' })).toHaveLength(1)
    expect(problems({ SLACK_APP_TOKEN: 'xapp-1' })).toEqual([
      'SLACK_BOT_TOKEN: missing beside SLACK_APP_TOKEN',
    ])
    expect(problems({ ...slack, SLACK_SIGNING_SECRET: 'abcdefgh' })).toHaveLength(1)
    expect(problems({ REDIS_URL: 'redis://127.0.0.1', SOTTO_KEYS: key(), SOTTO_DB: 'x.db' })).toHaveLength(1)
    expect(problems({ REDIS_URL: 'redis://127.0.0.1' })).toHaveLength(1)
  })

  it('hands on values, not text', () => {
    const config = readConfig({
      REDIS_URL: 'rediss://me:p%40ss@[fd00::1]:6380/3',
      REDIS_REPLICAS: '2',
      SOTTO_KEYS: `${key('k2')},${key('k1')}`,
      PUBLIC_URL: 'https://Secrets.Example.com:443/',
      TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8',
      SOTTO_WEB: 'off',
      DISCORD_TOKEN: 'd',
      DISCORD_SHARDS: '4',
    })
    expect(config).toMatchObject({
      redis: {
        at: { host: 'fd00::1', port: 6380, tls: true, username: 'me', password: 'p@ss', database: 3 },
        replicas: 2,
      },
      publicUrl: 'https://secrets.example.com',
      trustedProxies: [
        { address: '10.0.0.0', bits: 8, family: 'ipv4' },
        { address: 'fd00::', bits: 8, family: 'ipv6' },
      ],
      web: false,
      discord: { shards: 4 },
    })
    expect(config.keys.from === 'environment' && config.keys.keyring.kids()).toEqual(['k2', 'k1'])
    const named = readConfig({ SOTTO_KEYS: 'file:/run/secrets/sotto' }).keys
    expect(named).toEqual({ from: 'file', path: '/run/secrets/sotto', made: false })
  })

  it.each([
    ['redis://redis', { host: 'redis', port: 6379, tls: false, database: 0 }],
    ['redis://redis/', { host: 'redis', port: 6379, tls: false, database: 0 }],
    ['redis://:pw@10.0.0.7:7000', { host: '10.0.0.7', port: 7000, tls: false, password: 'pw', database: 0 }],
    ['unix:///run/redis/redis.sock', { host: '/run/redis/redis.sock', port: 0, tls: false, database: 0 }],
    [
      'unix://me:p%40%2Fss@/run/my%20redis.sock?db=3',
      {
        host: '/run/my redis.sock',
        port: 0,
        tls: false,
        username: 'me',
        password: 'p@/ss',
        database: 3,
      },
    ],
  ])('reads %s', (text, at) => {
    expect(readConfig({ REDIS_URL: text, SOTTO_KEYS: key() }).redis?.at).toEqual(at)
  })

  it('reads a user name and a password of any characters, where they are percent-encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'binary', minLength: 1 }),
        (user, word) => {
          const login = `${encodeURIComponent(user)}:${encodeURIComponent(word)}`
          for (const url of [
            `redis://${login}@host`,
            `rediss://${login}@host:1/2`,
            `unix://${login}@/run/sock`,
          ])
            expect(readConfig({ REDIS_URL: url, SOTTO_KEYS: key() }).redis?.at).toMatchObject({
              username: user,
              password: word,
            })
        },
      ),
    )
  })

  it.each([
    'redis://',
    'redis://:p#w@redis',
    'redis://:p/w@redis',
    'redis://user:12/34@redis',
    'redis://user:12#34@redis',
    'redis://user:12?34@redis',
    'redis://:p%w@redis',
    'redis://:p\tw@redis',
    'redis://word@redis',
    'redis://redis?x=1',
    'redis://redis/x',
    'unix://run/redis.sock',
    'unix://word@/run/redis.sock',
    'unix://user:w/d@/run/redis.sock',
    'unix://user:w#d@/run/redis.sock',
    'unix:///run/redis.sock?db=x',
  ])('refuses %s as a Redis, and says what it expects', (text) => {
    const [problem = '', ...others] = problems({ REDIS_URL: text, SOTTO_KEYS: key() })
    expect(others).toEqual([])
    expect(problem).toMatch(/^REDIS_URL: expected redis:\/\/host:6379, or /)
  })

  it.each([
    ['https://u:p@secrets.example.com', 'a user name or password'],
    ['https://secrets.example.com/sotto', 'a path'],
    ['https://secrets.example.com/?x', 'a query'],
    ['https://secrets.example.com/#z', 'a fragment'],
    ['https://u:p@h/x?y#z', 'a user name or password, a path, a query, a fragment'],
  ])('refuses %s as the place of the links', (text, extra) => {
    expect(problems({ PUBLIC_URL: text })).toEqual([
      `PUBLIC_URL: expected an address such as https://secrets.example.com, without ${extra}`,
    ])
  })

  it.each([
    [{ HOST: '::1' }, '::1', 'http://[::1]:3000'],
    [{ HOST: '[::]', PORT: '80' }, '::', 'http://[::]'],
    [{ HOST: 'sotto_1.internal', PORT: '8080' }, 'sotto_1.internal', 'http://sotto_1.internal:8080'],
  ])('listens with %o at %s, and makes links from %s', (env, host, publicUrl) => {
    expect(readConfig(env)).toMatchObject({ host, publicUrl })
  })

  it.each(['http://127.0.0.1', '127.0.0.1:80', '999.1.1.1', 'fe80::1%eth0', 'a b'])(
    'refuses %s as a host',
    (text) => {
      expect(problems({ HOST: text })).toHaveLength(1)
    },
  )

  it.each([':memory:', 'file:x.db', 'data/'])('refuses %s as a database', (text) => {
    expect(problems({ SOTTO_DB: text })).toEqual([`SOTTO_DB: expected the path of a file, got "${text}"`])
  })
})

describe('the table of variables', () => {
  it('is the README’s, row by row', () => {
    const lines = rows.map(({ name, default: absent, text }) => {
      const shown = typeof absent === 'string' ? `\`${absent}\`` : absent.words
      return `| \`${name}\` | ${shown} | ${text} |`
    })
    const readme = file('README.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_]+` \|/.test(line))
    expect(readme).toEqual(lines)
  })

  it('is .env.example’s, line by line', () => {
    const lines = rows.flatMap(({ name, default: absent, text, secret }) => [
      '',
      `# ${text.replaceAll('`', '')}`,
      `# ${name}=${typeof absent === 'string' ? absent : ''}`,
      ...(secret ? [`# ${name}_FILE=`] : []),
    ])
    const first =
      '# Every variable that Sotto reads. Copy this file to .env, uncomment what you need, and run: npm start'
    expect(file('.env.example').split('\n')).toEqual([first, ...lines, ''])
  })

  it('says of each that is secret that a file can hold it, and the README lists them', () => {
    const secrets = rows.filter(({ secret }) => secret).map(({ name }) => `${name}_FILE`)
    expect(file('README.md').match(/\b[A-Z_]+_FILE\b/g)).toEqual(['SOTTO_MAX_FILE', ...secrets])
    const holders = rows.filter(({ name }) => /TOKEN|SECRET|KEYS|REDIS_URL/.test(name))
    expect(secrets).toEqual(holders.map(({ name }) => `${name}_FILE`))
  })

  it('names each variable once', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  })
})
