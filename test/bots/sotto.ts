import { configOf, freshKeys, wired } from '../../doubles/run/wired.ts'
import type { Config } from '../../src/app/config.ts'
import type { Bot } from '../../src/bots/adapter/bot.ts'
import { type ConversationParts, conversation } from '../../src/bots/conversation.ts'
import type { Notices } from '../../src/bots/notices.ts'
import type { Errands } from '../../src/core/errands.ts'
import type { Log, LogEvent } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/store.ts'
import type { Vault } from '../../src/core/vault.ts'

/** Sotto on one platform, wired as the program is, with what a test wants to see. */
export interface Sotto {
  readonly bot: Bot
  readonly vault: Vault
  readonly notices: Notices
  readonly errands: Errands
  readonly log: readonly LogEvent[]
  /** Ends after what is under way; how much was left unfinished. */
  stop(deadlineMs?: number): Promise<number>
}

export type Changes = Partial<ConversationParts> | ((parts: ConversationParts) => Partial<ConversationParts>)

/** What a bot is opened with. */
export interface BotParts {
  readonly config: Config
  readonly store: SecretStore
  readonly log: Log
  readonly maxTtlSeconds: number
}

export interface SottoParts {
  /** The server keys; fresh ones unless set. */
  readonly keys?: string
  /** Variables as for the program, those of its platforms among them. */
  readonly env?: Readonly<Record<string, string>>
  readonly store: SecretStore
  bot(parts: BotParts): Bot
  /** Changes to what the conversation is made of, such as a shorter lease. */
  readonly with?: Changes
}

/** Starts a bot over a store with a fresh server key. */
export async function sotto({ store, keys = freshKeys(), env: given, ...parts }: SottoParts): Promise<Sotto> {
  const log: LogEvent[] = []
  const write = (event: LogEvent) => void log.push(event)
  const env = { ...given, SOTTO_KEYS: keys }
  const config = configOf(env)
  const bot = parts.bot({ config, store, log: write, maxTtlSeconds: config.maxTtlSeconds })
  const { vault, notices, errands, limiter, talk } = await wired({
    store,
    log: write,
    platforms: [bot.platform],
    env,
  })
  const own = talk(bot.platform)
  const changes = typeof parts.with === 'function' ? parts.with(own) : parts.with
  await bot.start(conversation({ ...own, ...changes }))
  return {
    bot,
    vault,
    notices,
    errands,
    log,
    async stop(deadlineMs = 2_500) {
      const unfinished = await bot.stop(deadlineMs)
      await limiter.close()
      return unfinished
    },
  }
}
