import type { Bot } from '../bots/adapter/bot.ts'
import type { Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import type { Config, VariableName } from './config.ts'
import type { ThroughProxy } from './proxy.ts'

/** What every bot is given beside the configuration that is its own. */
interface BotParts {
  readonly store: SecretStore
  readonly log: Log
  readonly maxTtlSeconds: number
  /** Absent: it is reached directly. */
  readonly proxy?: ThroughProxy
}

/** A chat platform that can be turned on. */
export interface Chat {
  /** As people write it. */
  readonly name: string
  /** What turns it on, all of them together. */
  readonly variables: readonly VariableName[]
  /** Where their values come from, in one sentence. */
  readonly source: string
  isOn(config: Config): boolean
  /** Undefined when it is off; the library of no other is loaded. */
  open(config: Config, parts: BotParts): Promise<Bot | undefined>
}

/** Every chat platform, in the order in which people are told of them. */
export const chats: readonly Chat[] = [
  chat({
    name: 'Slack',
    variables: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'],
    source:
      'Create an app from manifest.yml at https://api.slack.com/apps, install it, and copy both tokens.',
    own: ({ slack }) => slack,
    async open(own, { proxy, ...parts }) {
      const { slackBot } = await import('../bots/slack/bot.ts')
      return slackBot({ ...own, ...parts, ...(proxy && { dispatcher: proxy.dispatcher }) })
    },
  }),
  chat({
    name: 'Discord',
    variables: ['DISCORD_TOKEN'],
    source: 'Create an application at https://discord.com/developers/applications and copy its bot token.',
    own: ({ discord }) => discord,
    async open(own, { proxy, ...parts }) {
      if (proxy) (await import('../bots/discord/transport/proxied-gateway.ts')).gatewayThrough(proxy.agent)
      return (await import('../bots/discord/bot.ts')).discordBot({ ...own, ...parts })
    },
  }),
]

interface Row<Own> extends Pick<Chat, 'name' | 'variables' | 'source'> {
  /** Its part of the configuration; undefined when it is off. */
  own(config: Config): Own | undefined
  open(own: Own, parts: BotParts): Promise<Bot>
}

function chat<Own>({ own, open, ...words }: Row<Own>): Chat {
  return {
    ...words,
    isOn: (config) => own(config) !== undefined,
    async open(config, parts) {
      const mine = own(config)
      return mine && (await open(mine, parts))
    },
  }
}

/** A bot for each configured platform. */
export async function openBots(config: Config, store: SecretStore, log: Log): Promise<readonly Bot[]> {
  const { maxTtlSeconds } = config
  const isProxied = config.proxy !== undefined && chats.some((each) => each.isOn(config))
  const proxy = isProxied ? (await import('./proxy.ts')).throughProxy(config.proxy) : undefined
  const bots: Bot[] = []
  for (const each of chats) {
    const bot = await each.open(config, { store, log, maxTtlSeconds, ...(proxy && { proxy }) })
    if (bot) bots.push(bot)
  }
  return bots
}
