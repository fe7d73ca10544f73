import { z } from 'zod'
import { maxTtlSeconds, minTtlSeconds } from '../core/format/expiry.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

export type LogLevel = (typeof logLevels)[number]

export interface SlackConfig {
  readonly botToken: string
  /** Exactly one of the two is set: Socket Mode, or HTTP mode. */
  readonly appToken?: string
  readonly signingSecret?: string
  readonly command: string
  readonly apiUrl?: string
}

export interface DiscordConfig {
  readonly token: string
  readonly shards: 'auto' | number
  readonly apiUrl?: string
}

export interface Config {
  readonly slack?: SlackConfig
  readonly discord?: DiscordConfig
  readonly redis?: { readonly url: string; readonly replicas: number }
  readonly db: string
  /** As in the environment; absent: the embedded default's key file. */
  readonly keys?: string
  readonly maxTtlSeconds: number
  readonly maxFileBytes: number
  readonly web: boolean
  readonly publicUrl: string
  readonly trustedProxies: readonly string[]
  readonly host: string
  readonly port: number
  readonly logLevel: LogLevel
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

const wholeNumber = (minimum: number, maximum: number, unit: string) => {
  const error = `expected ${unit} between ${minimum} and ${maximum}`
  return z
    .string()
    .regex(/^\d+$/, error)
    .transform(Number)
    .pipe(z.number(error).min(minimum, error).max(maximum, error))
}

const url = (...protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `expected a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  })

const startsWith = (prefix: string) => z.string().regex(new RegExp(`^${prefix}\\S+$`), `expected ${prefix}…`)

const environment = z.object({
  SLACK_BOT_TOKEN: startsWith('xoxb-').optional(),
  SLACK_APP_TOKEN: startsWith('xapp-').optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .regex(/^\S{8,}$/, 'expected at least 8 characters')
    .optional(),
  SLACK_COMMAND: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,31}$/, 'expected a command such as /secret')
    .default('/secret'),
  SLACK_API_URL: url('https:', 'http:').optional(),
  DISCORD_TOKEN: z.string().regex(/^\S+$/, 'expected a token without spaces').optional(),
  DISCORD_SHARDS: z
    .union(
      [z.literal('auto'), wholeNumber(1, 10_000, 'a number')],
      'expected auto or a number between 1 and 10000',
    )
    .default('auto'),
  DISCORD_API_URL: url('https:', 'http:').optional(),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  REDIS_REPLICAS: wholeNumber(0, 10, 'a number').default(0),
  SOTTO_DB: z.string().default('sotto.db'),
  SOTTO_KEYS: z.string().optional(),
  SOTTO_MAX_TTL: wholeNumber(minTtlSeconds, maxTtlSeconds, 'seconds').default(maxTtlSeconds),
  SOTTO_MAX_FILE: wholeNumber(1024, 16 * 1024 * 1024, 'bytes').default(1024 * 1024),
  SOTTO_WEB: z.enum(['on', 'off'], 'expected on or off').default('on'),
  PUBLIC_URL: url('https:', 'http:').optional(),
  TRUSTED_PROXIES: z
    .string()
    .regex(
      /^[0-9a-fA-F.:]+\/\d{1,3}(,[0-9a-fA-F.:]+\/\d{1,3})*$/,
      'expected networks such as 10.0.0.0/8,fd00::/8',
    )
    .optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 'a port').default(3000),
  LOG_LEVEL: z.enum(logLevels, `expected one of ${logLevels.join(', ')}`).default('info'),
})

/** The names of all variables that are read. */
export const variables: readonly string[] = Object.keys(environment.shape)

/** Variables whose value must not be repeated in a message. */
const confidential = /TOKEN|SECRET|KEYS|REDIS_URL/

/** The configuration in `env`; an empty variable counts as not set. @throws ConfigError that lists every problem */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const parsed = environment.safeParse(given)
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(issue, given))
  problems.push(...together(given))
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  return configOf(parsed.data)
}

function problemOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0])
  return `${name}: ${issue.message}${confidential.test(name) ? '' : `, got ${JSON.stringify(given[name])}`}`
}

/** What is wrong with variables that are fine one by one. */
function together(given: Readonly<Record<string, string | undefined>>): readonly string[] {
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

function configOf(env: z.infer<typeof environment>): Config {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = env
  return {
    ...(botToken && {
      slack: {
        botToken,
        ...(appToken && { appToken }),
        ...(signingSecret && { signingSecret }),
        command: env.SLACK_COMMAND,
        ...(env.SLACK_API_URL && { apiUrl: env.SLACK_API_URL }),
      },
    }),
    ...(env.DISCORD_TOKEN && {
      discord: {
        token: env.DISCORD_TOKEN,
        shards: env.DISCORD_SHARDS,
        ...(env.DISCORD_API_URL && { apiUrl: env.DISCORD_API_URL }),
      },
    }),
    ...(env.REDIS_URL && { redis: { url: env.REDIS_URL, replicas: env.REDIS_REPLICAS } }),
    db: env.SOTTO_DB,
    ...(env.SOTTO_KEYS && { keys: env.SOTTO_KEYS }),
    maxTtlSeconds: env.SOTTO_MAX_TTL,
    maxFileBytes: env.SOTTO_MAX_FILE,
    web: env.SOTTO_WEB === 'on',
    publicUrl: (
      env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`
    ).replace(/\/+$/, ''),
    trustedProxies: env.TRUSTED_PROXIES?.split(',') ?? [],
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
  }
}
