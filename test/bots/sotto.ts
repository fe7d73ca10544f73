import { randomBytes } from 'node:crypto'
import type { Bot } from '../../src/bots/adapter/bot.ts'
import type { ConversationParts } from '../../src/bots/conversation.ts'
import { conversation } from '../../src/bots/conversation.ts'
import type { Notices } from '../../src/bots/notices.ts'
import { notices } from '../../src/bots/notices.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import { parseKeyring } from '../../src/core/keyring.ts'
import type { Log, LogEvent } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/store.ts'
import type { Vault } from '../../src/core/vault.ts'
import { vault } from '../../src/core/vault.ts'

/** Sotto on one platform, wired as `run.ts` does it, with what a test wants to see. */
export interface Sotto {
  readonly bot: Bot
  readonly vault: Vault
  readonly notices: Notices
  readonly log: readonly LogEvent[]
  /** Ends after what is under way; how much was left unfinished. */
  stop(): Promise<number>
}

export type Changes = Partial<ConversationParts> | ((parts: ConversationParts) => Partial<ConversationParts>)

export interface SottoParts {
  /** The server keys; fresh ones unless set. */
  readonly keys?: string
  readonly store: SecretStore
  bot(parts: { readonly store: SecretStore; readonly log: Log }): Bot
  /** Changes to what the conversation is made of, such as a shorter lease. */
  readonly with?: Changes
}

/** Starts a bot over a store with a fresh server key. */
export async function sotto({
  store,
  keys = freshKeys(),
  bot: open,
  with: changes,
}: SottoParts): Promise<Sotto> {
  const log: LogEvent[] = []
  const write = (event: LogEvent) => void log.push(event)
  const keyring = parseKeyring(keys)
  const safe = vault({ store, keyring, argon2: argon2Queue().run, log: write })
  const bot = open({ store, log: write })
  const told = notices(safe, [bot.platform], write)
  const parts = { vault: safe, platform: bot.platform, notices: told, log: write }
  await bot.start(conversation({ ...parts, ...(typeof changes === 'function' ? changes(parts) : changes) }))
  return { bot, vault: safe, notices: told, log, stop: () => bot.stop(5_000) }
}

/** A server key of its own. */
export function freshKeys(): string {
  return `k1:${randomBytes(32).toString('base64')}`
}
