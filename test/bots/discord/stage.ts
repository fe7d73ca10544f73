import { randomBytes } from 'node:crypto'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'
import type { Channel } from '../../../doubles/discord/entities.ts'
import type { Person } from '../../../doubles/discord/person.ts'
import type { Settings } from '../../../doubles/discord/settings.ts'
import { Signal } from '../../../doubles/discord/signal.ts'
import { type OpenedStore, type StoreUnderTest, sqlite } from '../../../doubles/run/stores.ts'
import { configOf, wired } from '../../../doubles/run/wired.ts'
import type { Bot } from '../../../src/bots/adapter/bot.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import { conversation } from '../../../src/bots/conversation.ts'
import { discordBot } from '../../../src/bots/discord/bot.ts'
import type { Notices } from '../../../src/bots/notices.ts'
import type { Errands } from '../../../src/core/errands.ts'
import type { Limiter } from '../../../src/core/limiter.ts'
import type { LogEvent } from '../../../src/core/log.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import type { Vault } from '../../../src/core/vault.ts'
import type { WebVault } from '../../../src/core/web-vault.ts'

export const serverKey = randomBytes(32)

/** One running bot. */
export interface Actor {
  readonly bot: Bot
  readonly conversation: Conversation
  readonly notices: Notices
  readonly errands: Errands
  readonly vault: Vault
  readonly web: WebVault
  readonly limiter: Limiter
}

/** A Discord, a store, and the real bot between them. */
export interface Stage {
  readonly discord: DiscordDouble
  readonly opened: OpenedStore
  readonly log: LogEvent[]
  readonly actors: Actor[]
  readonly bot: Bot
  /** One more bot on the same store and account, as another process has it. */
  join(over?: ActorOptions): Promise<Actor>
  /** Waits until the look at the log finds something. */
  logged<T>(look: (log: readonly LogEvent[]) => T | undefined): Promise<T>
  /** Everything that was logged, as text. */
  printed(): string
  close(): Promise<void>
}

export interface ActorOptions {
  readonly store?: SecretStore
  /** Variables as for the program, beside those of Discord. */
  readonly env?: Readonly<Record<string, string>>
  readonly leaseMs?: number
  readonly token?: string
  /** A deliberately broken conversation, for counter-examples. */
  readonly twist?: (conversation: Conversation) => Conversation
}

export interface StageOptions extends ActorOptions {
  readonly on?: StoreUnderTest
  /** A store that is open already, and closed by whoever opened it. */
  readonly opened?: OpenedStore
  readonly settings?: Settings
}

export async function stage({
  on = sqlite,
  settings = {},
  opened: given,
  ...over
}: StageOptions = {}): Promise<Stage> {
  const discord = await discordDouble(settings)
  const opened = given ?? (await on.open())
  const log: LogEvent[] = []
  const actors: Actor[] = []
  const written = new Signal()
  const note = (event: LogEvent) => {
    log.push(event)
    written.fire()
  }

  async function join(more: ActorOptions = {}): Promise<Actor> {
    const { store = opened.store, token = discord.token, leaseMs, env: given, twist } = more
    const env = {
      DISCORD_TOKEN: token,
      DISCORD_API_URL: discord.url,
      SOTTO_KEYS: `k1:${serverKey.toString('base64')}`,
      SOTTO_WEB: 'on',
      PUBLIC_URL: 'https://sotto.example',
      ...given,
    }
    const { clock } = discord.world
    const config = configOf(env)
    if (config.discord === undefined) throw new Error('Discord is off')
    const { maxTtlSeconds } = config
    const bot = discordBot({ ...config.discord, store, log: note, clock, maxTtlSeconds })
    const parts = await wired({ store, log: note, platforms: [bot.platform], env })
    const talk = conversation({
      ...parts.talk(bot.platform),
      clock: clock.now,
      ...(leaseMs !== undefined && { leaseMs }),
    })
    const { vault, notices, errands, web, limiter } = parts
    if (web === undefined) throw new Error('links are off')
    const actor = {
      bot,
      conversation: twist ? twist(talk) : talk,
      notices,
      errands,
      vault,
      web: web.vault,
      limiter,
    }
    actors.push(actor)
    await bot.start(actor.conversation)
    return actor
  }

  const { bot } = await join(over)
  if (discord.gateway.sessions.length > 0) await discord.until(() => discord.world.commands.size > 0)
  return {
    discord,
    opened,
    log,
    actors,
    bot,
    join,
    logged: (look) =>
      written.until(
        () => look(log),
        () => `it was never logged: ${look}\n${JSON.stringify(log)}`,
      ) as Promise<never>,
    printed: () => log.map((event) => JSON.stringify(event)).join('\n'),
    async close() {
      await Promise.all(actors.map(({ bot }) => bot.stop(2_500)))
      await Promise.all(actors.map(({ limiter }) => limiter.close()))
      if (!given) await opened.close()
      await discord.close()
    },
  }
}

export interface Sending {
  readonly to?: readonly Person[]
  readonly in?: Channel
  readonly secret: string
  readonly passphrase?: string
  readonly note?: string
  readonly ttl?: string
}

/** `from` types the command, fills the form and submits it; the private answer that they read then. */
export async function sends(from: Person, sending: Sending): Promise<string> {
  const { in: channel = from.dm, to = [] } = sending
  const [first] = to
  await from.types('/secret', first ? { to: first } : {}, { channel })
  await from.untilModal('Send a secret')
  if (to.length > 1) await from.fills('To whom?', to)
  await from.fills('Secret', sending.secret)
  if (sending.passphrase) await from.fills('Passphrase', sending.passphrase)
  if (sending.note) await from.fills('What is it for?', sending.note)
  if (sending.ttl) await from.fills('Gone unopened after', sending.ttl)
  const { sent } = await from.submits({ careless: true })
  return await from.until(() => {
    const answer = from.reads(channel).find(({ id }) => id === sent?.original?.id)
    return answer?.text.includes('Sealing…') ? undefined : answer?.text
  })
}
