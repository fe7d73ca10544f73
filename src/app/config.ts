import type { z } from 'zod'
import { maxTtlSeconds, minTtlSeconds } from '../core/format/expiry.ts'
import type { RedisAddress } from '../store/redis/address.ts'
import type { Network } from '../web/server/address.ts'
import { doubts, opensOnlyHere } from './doubts.ts'
import type { ProxyConfig } from './proxy.ts'
import { secretIn } from './secret-file.ts'
import {
  endpoint,
  filePath,
  type Keys,
  listenHost,
  networks,
  oneOf,
  onOff,
  origin,
  originOf,
  proxyUrl,
  redisUrl,
  type Schema,
  serverKeys,
  shaped,
  wholeNumber,
  wordOr,
} from './values.ts'

/** One environment variable: how its text is read, and what README.md and .env.example say of it. */
export interface Variable {
  readonly name: string
  readonly schema: Schema<unknown>
  /** The text that counts when it is not set; or in words what is done without it. */
  readonly default: string | { readonly words: string }
  readonly text: string
  /** True: `<name>_FILE` can name a file that holds it. */
  readonly secret?: boolean
}

/** From the most that is logged to the least. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** Every variable that Sotto reads, in the order of the README's table. */
export const variables = [
  {
    name: 'SLACK_BOT_TOKEN',
    schema: shaped(/^xoxb-\S+$/, 'expected xoxb-…'),
    default: { words: '–' },
    text: 'Turns Slack on. `xoxb-…`, from OAuth & Permissions.',
    secret: true,
  },
  {
    name: 'SLACK_APP_TOKEN',
    schema: shaped(/^xapp-\S+$/, 'expected xapp-…'),
    default: { words: '–' },
    text: 'Socket Mode, no public URL needed. `xapp-…`, from Basic Information, scope `connections:write`.',
    secret: true,
  },
  {
    name: 'SLACK_SIGNING_SECRET',
    schema: shaped(/^\S{8,}$/, 'expected at least 8 characters'),
    default: { words: '–' },
    text: 'HTTP mode instead: Slack calls `/slack/events` on this server. From Basic Information.',
    secret: true,
  },
  {
    name: 'SLACK_COMMAND',
    schema: shaped(/^\/[a-z0-9_-]{1,31}$/, 'expected a command such as /secret'),
    default: '/secret',
    text: 'The slash command, when another app owns `/secret`.',
  },
  {
    name: 'SLACK_API_URL',
    schema: endpoint,
    default: { words: 'Slack’s' },
    text: 'Another endpoint for Slack’s Web API.',
  },
  {
    name: 'DISCORD_TOKEN',
    schema: shaped(/^\S+$/, 'expected a token without spaces'),
    default: { words: '–' },
    text: 'Turns Discord on. From Bot in the developer portal.',
    secret: true,
  },
  {
    name: 'DISCORD_SHARDS',
    schema: wordOr(
      'auto',
      wholeNumber(1, 10_000, 'a number'),
      'expected auto or a number between 1 and 10000',
    ),
    default: 'auto',
    text: 'Gateway shards: `auto` or a number.',
  },
  {
    name: 'DISCORD_API_URL',
    schema: endpoint,
    default: { words: 'Discord’s' },
    text: 'Another endpoint for Discord’s REST API.',
  },
  {
    name: 'REDIS_URL',
    schema: redisUrl,
    default: { words: '–' },
    text: 'Keeps secrets in Redis (7.0 or newer) instead of the embedded file; needs `SOTTO_KEYS`. `redis://`, with TLS `rediss://`, or `unix:///path/to/socket`. `docs/redis.md` says how the server is set up.',
    secret: true,
  },
  {
    name: 'REDIS_REPLICAS',
    schema: wholeNumber(0, 10, 'a number'),
    default: '0',
    text: 'How many replicas must have a claim before its secret is shown: all that are connected.',
  },
  {
    name: 'REDIS_CA',
    schema: filePath,
    default: { words: 'the system’s' },
    text: 'The file of the certificates that `rediss://` trusts, PEM, for a private CA.',
  },
  {
    name: 'REDIS_ERASE_MINUTES',
    schema: wholeNumber(1, 1440, 'minutes'),
    default: '60',
    text: 'How long after its end a sealed secret may still be in the append-only files of Redis, in minutes.',
  },
  {
    name: 'REDIS_RISK',
    schema: oneOf(['shown-twice']),
    default: { words: '–' },
    text: '`shown-twice` starts on a Redis whose configuration may show secrets twice, or lose them; every start and `/readyz` say so.',
  },
  {
    name: 'SOTTO_DB',
    schema: filePath,
    default: 'sotto.db',
    text: 'The embedded store’s file, readable by its owner only.',
  },
  {
    name: 'SOTTO_MAX_STORE',
    schema: wholeNumber(1024 * 1024, Number.MAX_SAFE_INTEGER, 'bytes'),
    default: { words: 'what the disk holds' },
    text: 'How much the embedded store may hold, in bytes. Beyond it new secrets are refused, and those that are kept can be opened.',
  },
  {
    name: 'SOTTO_KEYS',
    schema: serverKeys,
    default: { words: 'a key file beside the database' },
    text: 'Server keys, `k2:<base64>,k1:<base64>` of 32 bytes each, or `file:<path>`. The first seals, all open.',
    secret: true,
  },
  {
    name: 'SOTTO_MAX_TTL',
    schema: wholeNumber(minTtlSeconds, maxTtlSeconds, 'seconds'),
    default: '2592000',
    text: 'The longest lifetime that a sender can choose, in seconds.',
  },
  {
    name: 'SOTTO_MAX_FILE',
    schema: wholeNumber(1024, 16 * 1024 * 1024, 'bytes'),
    default: '1048576',
    text: 'The largest file that a link can carry, in bytes.',
  },
  { name: 'SOTTO_WEB', schema: onOff, default: 'on', text: '`off` serves no one-time links.' },
  {
    name: 'PUBLIC_URL',
    schema: origin,
    default: { words: '`http://HOST:PORT`' },
    text: 'Where people reach the links, for example `https://secrets.example.com`. Links are made from nothing else.',
  },
  {
    name: 'TRUSTED_PROXIES',
    schema: networks,
    default: { words: '–' },
    text: 'Networks whose `X-Forwarded-For` counts, for example `10.0.0.0/8,fd00::/8`.',
  },
  { name: 'HOST', schema: listenHost, default: '127.0.0.1', text: 'The address to listen on.' },
  {
    name: 'PORT',
    schema: wholeNumber(0, 65_535, 'a port'),
    default: '3000',
    text: 'The port to listen on.',
  },
  {
    name: 'HTTPS_PROXY',
    schema: proxyUrl,
    default: { words: '–' },
    text: 'A proxy for every connection to Slack and Discord, WebSockets too, for example `http://proxy.internal:3128`. `https_proxy` is the same.',
  },
  {
    name: 'NO_PROXY',
    schema: shaped(/^\S+(?:\s\S+)*$/, 'expected hosts, separated by commas'),
    default: { words: '–' },
    text: 'Hosts that are reached without it, separated by commas. `no_proxy` is the same.',
  },
  {
    name: 'SOTTO_DRAIN',
    schema: wholeNumber(1, 600, 'seconds'),
    default: '8',
    text: 'How long a stop waits for reveals in flight, in seconds; what is not proven by then counts as lost. Keep it below the time after which the process is killed: usually 10 s with `docker stop`, 30 s in Kubernetes.',
  },
  {
    name: 'LOG_LEVEL',
    schema: oneOf(logLevels),
    default: 'info',
    text: '`debug`, `info`, `warn` or `error`. No level logs a secret.',
  },
] as const satisfies readonly Variable[]

/** The names of those that are secret, and may stand in a file of their own. */
export const secretVariables: readonly string[] = (variables as readonly Variable[])
  .filter(({ secret }) => secret)
  .map(({ name }) => name)

type Row = (typeof variables)[number]

/** The name of a variable that Sotto reads. */
export type VariableName = Row['name']

type Values = {
  readonly [R in Row as R['name']]: z.output<R['schema']> | (R['default'] extends string ? never : undefined)
}

/** How much is logged. */
export type LogLevel = (typeof logLevels)[number]

/** Sotto in Slack. */
interface SlackConfig {
  readonly botToken: string
  /** Exactly one of the two is set: Socket Mode, or HTTP mode. */
  readonly appToken?: string
  readonly signingSecret?: string
  readonly command: string
  readonly apiUrl?: string
}

/** Sotto in Discord. */
interface DiscordConfig {
  readonly token: string
  readonly shards: 'auto' | number
  readonly apiUrl?: string
}

/** Sotto's Redis. */
export interface RedisConfig {
  readonly at: RedisAddress
  readonly replicas: number
  /** The path of the certificates that are trusted. */
  readonly ca?: string
  readonly eraseMs: number
  /** Secrets may be shown twice, or lost. */
  readonly risk: boolean
}

/** What the environment says, ready for use: whoever gets a part of it reads no text any more. */
export interface Config {
  readonly slack?: SlackConfig
  readonly discord?: DiscordConfig
  /** Absent: the embedded store. */
  readonly redis?: RedisConfig
  /** The embedded store's file. */
  readonly db: string
  /** Absent: no bound but the disk. */
  readonly maxStoreBytes?: number
  readonly keys: Keys
  readonly maxTtlSeconds: number
  readonly maxFileBytes: number
  readonly web: boolean
  /** An origin, without a slash at its end. */
  readonly publicUrl: string
  /** True: links would open on this machine alone, so nobody is given one in chat. */
  readonly linksAreLocal: boolean
  readonly trustedProxies: readonly Network[]
  /** Absent: Slack and Discord are reached directly. */
  readonly proxy?: ProxyConfig
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** How long stopping waits for what is in flight. */
  readonly drainMs: number
  readonly logLevel: LogLevel
  /** What is allowed and seldom meant, one sentence each. */
  readonly doubts: readonly string[]
}

/** Every problem of a configuration, one line each; `message` lists them all. */
export class ConfigError extends Error {
  readonly code = 'config'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** The configuration in `env`; an empty variable counts as not set. @throws ConfigError that lists every problem */
export function readConfig(env: Environment): Config {
  const isSet = ([, value]: readonly [string, string | undefined]) => value?.trim()
  const { given, problems } = withFiles(inCapitals(Object.fromEntries(Object.entries(env).filter(isSet))))
  const values: Record<string, unknown> = {}
  for (const { name, schema, default: absent } of variables as readonly Variable[]) {
    const text = given[name] ?? (typeof absent === 'string' ? absent : undefined)
    if (text === undefined) continue
    const parsed = schema.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    else problems.push(...parsed.error.issues.map((issue) => problemOf(name, issue, text)))
  }
  problems.push(...together(given))
  if (problems.length > 0) throw new ConfigError(problems)
  return configOf(values as Values, given)
}

/** With the proxy's variables under one name each. As everywhere, those in small letters count where both are set. */
function inCapitals(env: Environment): Environment {
  const { https_proxy: proxy, no_proxy: except } = env
  return { ...env, ...(proxy && { HTTPS_PROXY: proxy }), ...(except && { NO_PROXY: except }) }
}

/** What is set, with what the files of `<name>_FILE` hold, and what is wrong with those. */
function withFiles(env: Environment): { readonly given: Environment; readonly problems: string[] } {
  const given = { ...env }
  const problems: string[] = []
  for (const name of secretVariables) {
    const path = env[`${name}_FILE`]
    if (path === undefined) continue
    if (env[name] !== undefined) {
      problems.push(`${name}_FILE: choose one, and remove it or ${name}`)
    } else if (name === 'SOTTO_KEYS') {
      // Read later, by what also looks at who else may.
      given[name] = `file:${path}`
    } else {
      const text = secretIn(path)
      if ('why' in text) problems.push(`${name}_FILE: ${path} cannot be used: ${text.why}`)
      else given[name] = text.secret
    }
  }
  return { given, problems }
}

/** Variables whose value must not be repeated in a message. */
const confidential = /TOKEN|SECRET|KEYS|REDIS_URL|PROXY$/

function problemOf(name: string, { code, message }: z.core.$ZodIssue, text: string): string {
  const got = code === 'custom' || confidential.test(name) ? '' : `, got ${JSON.stringify(text)}`
  return `${name}: ${message}${got}`
}

/** What is wrong with variables that are fine one by one. */
function together(given: Environment): readonly string[] {
  const problems: string[] = []
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing } = given
  if (bot && !app && !signing) {
    problems.push(
      'SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it',
    )
  }
  if (app && signing) problems.push('SLACK_APP_TOKEN: choose one mode, and remove it or SLACK_SIGNING_SECRET')
  if (!bot && (app || signing)) {
    problems.push(`SLACK_BOT_TOKEN: missing beside ${app ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET'}`)
  }
  if (given['REDIS_URL'] && !given['SOTTO_KEYS']) {
    problems.push(
      'SOTTO_KEYS: needed with REDIS_URL, so that every process has the same keys: "k1:" and `openssl rand -base64 32`',
    )
  }
  if (given['REDIS_URL'] && given['SOTTO_DB'])
    problems.push('SOTTO_DB: choose one store, and remove it or REDIS_URL')
  return problems
}

function configOf(values: Values, given: Environment): Config {
  const publicUrl = values.PUBLIC_URL ?? originOf(values.HOST, values.PORT)
  const meant = {
    isSet: (name: string) => given[name] !== undefined,
    web: values.SOTTO_WEB,
    publicUrl,
    host: values.HOST,
    port: values.PORT,
  }
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values
  return {
    ...(botToken && {
      slack: {
        botToken,
        ...(appToken && { appToken }),
        ...(signingSecret && { signingSecret }),
        command: values.SLACK_COMMAND,
        ...(values.SLACK_API_URL && { apiUrl: values.SLACK_API_URL }),
      },
    }),
    ...(values.DISCORD_TOKEN && {
      discord: {
        token: values.DISCORD_TOKEN,
        shards: values.DISCORD_SHARDS,
        ...(values.DISCORD_API_URL && { apiUrl: values.DISCORD_API_URL }),
      },
    }),
    ...(values.REDIS_URL && {
      redis: {
        at: values.REDIS_URL,
        replicas: values.REDIS_REPLICAS,
        ...(values.REDIS_CA && { ca: values.REDIS_CA }),
        eraseMs: values.REDIS_ERASE_MINUTES * 60_000,
        risk: values.REDIS_RISK !== undefined,
      },
    }),
    db: values.SOTTO_DB,
    ...(values.SOTTO_MAX_STORE !== undefined && { maxStoreBytes: values.SOTTO_MAX_STORE }),
    keys: values.SOTTO_KEYS ?? { from: 'file', path: `${values.SOTTO_DB}.key`, made: true },
    maxTtlSeconds: values.SOTTO_MAX_TTL,
    maxFileBytes: values.SOTTO_MAX_FILE,
    web: values.SOTTO_WEB,
    publicUrl,
    linksAreLocal: opensOnlyHere(meant),
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    ...(values.HTTPS_PROXY && { proxy: { url: values.HTTPS_PROXY, except: values.NO_PROXY ?? '' } }),
    host: values.HOST,
    port: values.PORT,
    drainMs: values.SOTTO_DRAIN * 1_000,
    logLevel: values.LOG_LEVEL,
    doubts: doubts(meant),
  }
}
