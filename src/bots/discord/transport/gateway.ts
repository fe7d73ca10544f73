import {
  type APIInteraction,
  type Client,
  Events,
  GatewayDispatchEvents,
  type GatewayReadyDispatchData,
  type Message,
  Status,
} from 'discord.js'
import { withinOr } from '../../../core/deadline.ts'
import { codeOf, type Log } from '../../../core/log.ts'
import type { Clock } from '../../adapter/clock.ts'
import type { Outage } from '../../adapter/outage.ts'
import { type ClientSettings, type Connectable, newClient } from './client.ts'

/** The connection on which Discord tells us what people do. */
interface Gateway {
  /** Connects, and again whenever that fails. Resolves after the first try, or two seconds. */
  start(): Promise<void>
  connected(): boolean
  isMember(guildId: string): boolean
  /** Hears nothing from now on. Resolves when every connection is closed. */
  stop(): Promise<void>
}

interface GatewayParts extends ClientSettings {
  readonly token: string
  readonly clock: Clock
  readonly outage: Outage
  readonly log: Log
  onReady(applicationId: string): void
  onInteraction(interaction: APIInteraction, shard: number): void
  onMessage(message: Message): void
}

const firstTryMs = 2_000
const minPauseMs = 1_000
const maxPauseMs = 30_000
/** After a close code that ends a session for good: each try costs one of the day's thousand identifies. */
const refusedPauseMs = 5 * 60_000
/** How long a reconnect may take before it is called an outage, ms: the library waits five seconds before it identifies anew. */
const graceMs = 15_000

const connectedStatuses: readonly Status[] = [Status.Ready, Status.Nearly, Status.WaitingForGuilds]

/** A gateway that is not started yet. */
export function gateway(parts: GatewayParts): Gateway {
  const { token, clock, outage, log } = parts
  let current: Connectable | undefined
  let wake = () => {}
  let stopped = false
  /** Failed tries to connect, and refusals for good, since it last was up. */
  let failures = 0
  let refusals = 0

  /** Ends when the client is of no more use; how long to wait before the next. */
  async function connect(onTried: () => void): Promise<number> {
    const opened = newClient(parts)
    const { client } = opened
    current = opened
    const over = new Promise<number>((resolve) => {
      wake = () => resolve(0)
      client.on(Events.ShardDisconnect, ({ code }) => {
        outage.down(`close_${code}`)
        // The first time it may be a matter of more shards, which the next client asks for.
        resolve(refusals++ === 0 ? maxPauseMs : refusedPauseMs)
      })
      client.on(Events.Invalidated, () => resolve(minPauseMs))
    })
    listen(client)
    const login = client.login(token).then(
      () => over,
      (error: unknown) => {
        outage.down(codeOf(error))
        return Math.min(maxPauseMs, minPauseMs * 2 ** Math.min(failures++, 10))
      },
    )
    void login.then(onTried, onTried)
    client.once(Events.ClientReady, onTried)
    const pauseMs = await Promise.race([login, over])
    await opened.close()
    return pauseMs
  }

  function listen(client: Client): void {
    client.on(Events.Error, (error) => {
      log({ event: 'handler-failed', platform: 'discord', what: 'library', code: codeOf(error) })
    })
    client.on(Events.ShardError, (error) => outage.down(codeOf(error), graceMs))
    client.on(Events.ShardReconnecting, () => outage.down('reconnecting', graceMs))
    const up = () => {
      if (!isConnected(client)) return
      failures = 0
      refusals = 0
      outage.up()
    }
    client.on(Events.ShardReady, up)
    client.on(Events.ShardResume, up)
    client.ws.on(GatewayDispatchEvents.Ready, ({ application }: GatewayReadyDispatchData) => {
      parts.onReady(application.id)
    })
    // The library's own event waits until every server was announced, which may take longer than 3 s.
    client.ws.on(GatewayDispatchEvents.InteractionCreate, (payload: APIInteraction, shard) => {
      const interaction = taken(payload)
      if (!stopped) parts.onInteraction(interaction, shard)
    })
    client.on(Events.MessageCreate, (message) => {
      if (!stopped) parts.onMessage(message)
    })
  }

  async function run(onTried: () => void): Promise<void> {
    while (!stopped) {
      const pauseMs = await connect(onTried)
      if (stopped) return
      await new Promise<void>((resolve) => {
        const cancel = clock.after(pauseMs, resolve)
        wake = () => {
          cancel()
          resolve()
        }
      })
    }
  }

  return {
    async start() {
      const tried = new Promise<void>((resolve) => void run(resolve))
      await withinOr(tried, firstTryMs, undefined)
    },
    connected: () => current !== undefined && isConnected(current.client),
    isMember: (guildId) => current?.client.guilds.cache.has(guildId) === true,
    async stop() {
      stopped = true
      const last = current
      current = undefined
      wake()
      await last?.close()
    },
  }
}

function isConnected({ ws }: Client): boolean {
  return !ws.shards.some(({ status }) => !connectedStatuses.includes(status)) && ws.shards.size > 0
}

/**
 * Leaves nothing in the payload for the library, which goes on to build objects of it that nobody needs, with what was
 * typed in them, and ends the process by a rejection that nobody handles when it meets a shape it does not know.
 */
function taken(payload: APIInteraction): APIInteraction {
  const interaction = { ...payload }
  for (const key of Object.keys(payload)) Reflect.deleteProperty(payload, key)
  return interaction
}
