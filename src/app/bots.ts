import type { Bot } from '../bots/adapter/bot.ts'
import type { Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import type { Config } from './config.ts'

/** A bot for each configured platform; the library of no other is loaded. */
export async function openBots(
  { slack, discord, maxTtlSeconds }: Config,
  store: SecretStore,
  log: Log,
): Promise<readonly Bot[]> {
  const bots: Bot[] = []
  if (slack) {
    const { slackBot } = await import('../bots/slack/bot.ts')
    bots.push(slackBot({ ...slack, store, log, maxTtlSeconds }))
  }
  if (discord) {
    const { discordBot } = await import('../bots/discord/bot.ts')
    bots.push(discordBot({ ...discord, store, log, maxTtlSeconds }))
  }
  return bots
}
