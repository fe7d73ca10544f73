import {
  Client,
  Events,
  Options,
  Partials,
  SimpleShardingStrategy,
  type WebSocketOptions,
  WebSocketShardStatus,
} from 'discord.js'
import { gatewayIntents } from '../install.ts'

/** Which Discord, and how many shards of it. */
export interface ClientSettings {
  readonly apiUrl?: string
  readonly shards: 'auto' | number
}

/** A client that can be closed for good, which the library's own cannot. */
export interface Connectable {
  readonly client: Client
  /** Closes every connection for good. Does not reject. */
  close(): Promise<void>
}

/** The library's own gateway manager, below the client. */
type Manager = Parameters<NonNullable<WebSocketOptions['buildStrategy']>>[0]

/** How long opening one connection may take, ms; closing waits for it. */
const handshakeMs = 5_000

const nothing = 0

/** What would keep messages, and with them whatever stands in private ones, is kept in no cache. */
const caches = Options.cacheWithLimits({
  MessageManager: nothing,
  DMMessageManager: nothing,
  GuildMessageManager: nothing,
  UserManager: nothing,
  GuildMemberManager: { maxSize: nothing, keepOverLimit: (member) => member.id === member.client.user.id },
  PresenceManager: nothing,
  ReactionManager: nothing,
  ReactionUserManager: nothing,
  ThreadManager: nothing,
  ThreadMemberManager: nothing,
  VoiceStateManager: nothing,
  GuildEmojiManager: nothing,
  GuildStickerManager: nothing,
  GuildInviteManager: nothing,
  GuildBanManager: nothing,
  GuildScheduledEventManager: nothing,
  StageInstanceManager: nothing,
  AutoModerationRuleManager: nothing,
  ApplicationCommandManager: nothing,
})

/** A client that keeps no messages, not connected yet. */
export function newClient({ apiUrl, shards }: ClientSettings): Connectable {
  let isQuiet = false
  let manager: Manager | undefined
  const client = new Client({
    intents: [...gatewayIntents],
    // Without it the first message of a conversation, whose channel is not known yet, is dropped.
    partials: [Partials.Channel],
    makeCache: caches,
    allowedMentions: { parse: [] },
    ...(apiUrl !== undefined && { rest: { api: apiUrl } }),
    ...sharding(shards),
    ws: {
      buildStrategy: (built) => {
        manager = built
        calm(built, () => isQuiet)
        return new SimpleShardingStrategy(built)
      },
    },
  })
  return {
    client,
    async close() {
      isQuiet = true
      if (manager) await settled(manager)
      client.removeAllListeners()
      client.on(Events.Error, () => {})
      await client.destroy().catch(() => {})
    },
  }
}

function sharding(shards: 'auto' | number) {
  if (shards === 'auto') return { shards } as const
  return { shards: Array.from({ length: shards }, (_, id) => id), shardCount: shards }
}

/**
 * A shard that is destroyed while it waits to reconnect connects all the same, half a second later, and for ever. It
 * asks for its session first: an answer that never comes ends it.
 */
function calm(manager: Manager, isQuiet: () => boolean): void {
  const { options } = manager
  const { retrieveSessionInfo } = options
  options.handshakeTimeout = handshakeMs
  options.retrieveSessionInfo = (shard: number) =>
    isQuiet() ? new Promise<never>(() => {}) : retrieveSessionInfo(shard)
}

/** A connection that is still being made cannot be closed, and would fail into nobody's hands: it is waited for. */
async function settled(manager: Manager): Promise<void> {
  const deadline = performance.now() + handshakeMs + 500
  while (performance.now() < deadline) {
    const states = await manager.fetchStatus()
    if (!states.some((state) => state === WebSocketShardStatus.Connecting)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
