import type { APIInteraction } from 'discord.js'
import type { Log } from '../../core/log.ts'
import type { SecretStore } from '../../core/store.ts'
import { answerTyped } from '../adapter/answer.ts'
import { apology, orApologise } from '../adapter/apology.ts'
import type { Bot } from '../adapter/bot.ts'
import type { Clock } from '../adapter/clock.ts'
import { systemClock } from '../adapter/clock.ts'
import { dedupe } from '../adapter/dedupe.ts'
import type { Conversation } from '../adapter/event.ts'
import { inFlight } from '../adapter/in-flight.ts'
import { outage } from '../adapter/outage.ts'
import type { Posted } from '../adapter/platform.ts'
import { shutdown } from '../adapter/shutdown.ts'
import { wipes } from '../adapter/wipes.ts'
import { apologise } from './apology.ts'
import { dispatcher } from './dispatch.ts'
import { type FollowUp, interactions } from './interactions.ts'
import { type Parsed, parse } from './parse.ts'
import { people } from './people.ts'
import { discordPlatform } from './platform.ts'
import { gateway } from './transport/gateway.ts'
import { register } from './transport/register.ts'
import { type Answer, discordRest } from './transport/rest.ts'
import { sharedShard } from './transport/shared-shard.ts'
import { parseTyped } from './typed.ts'

/** Which Discord, as whom, and over which store. */
interface DiscordBotOptions {
  readonly token: string
  /** Another endpoint than Discord's, without the version. */
  readonly apiUrl?: string
  readonly shards: 'auto' | number
  readonly store: Pick<SecretStore, 'first' | 'forget'>
  readonly log: Log
  /** The longest lifetime that the form offers. */
  readonly maxTtlSeconds: number
  readonly clock?: Clock
}

const registerAgainMs = 60_000

/** Sotto in Discord, over its gateway. */
export function discordBot(options: DiscordBotOptions): Bot {
  const { token, apiUrl, shards, store, log, maxTtlSeconds, clock = systemClock } = options
  const where = { token, ...(apiUrl !== undefined && { apiUrl }) }
  const rest = discordRest(where)
  const calls = interactions(rest)
  const known = people(rest)
  const platform = discordPlatform({ rest, interactions: calls, people: known })
  const underWay = inFlight()
  const deduped = dedupe(store, log, 'discord')
  const shown = wipes({ clock, platform, conversation: () => conversation })
  const down = outage({ platform: 'discord', log, clock, keepsTrying: true })
  const collided = sharedShard(log, clock.now)
  let stopped = false
  let registered = false
  let again = () => {}
  let dispatch: ReturnType<typeof dispatcher> | undefined
  let conversation: Conversation | undefined

  function begin(what: string, work: Promise<void>, sorry?: () => Promise<Answer | FollowUp | Posted>): void {
    const handled = orApologise(work, { log, platform: 'discord', what }, async () =>
      logFailure(await sorry?.()),
    )
    void underWay.run(handled)
  }

  function logFailure(answer: Answer | FollowUp | Posted | undefined): void {
    if (answer === undefined || answer.why === 'ok') return
    log({ event: 'platform-call-failed', platform: 'discord', call: 'answer', code: answer.code })
  }

  async function putCommands(applicationId: string): Promise<void> {
    if (registered) return
    registered = true
    const result = await register(rest, applicationId)
    if (typeof result === 'string') return
    registered = false
    log({ event: 'platform-call-failed', platform: 'discord', call: 'register-commands', code: result.code })
    if (!stopped) {
      again = clock.after(registerAgainMs, () => begin('register', putCommands(applicationId)))
    }
  }

  /** A payload of another shape than Discord's may cost its own answer and nothing else. */
  function read(payload: APIInteraction): Parsed | undefined {
    try {
      return parse(payload, connection.isMember)
    } catch {
      log({ event: 'malformed', platform: 'discord', what: 'interaction' })
      return undefined
    }
  }

  const connection = gateway({
    ...where,
    shards,
    clock,
    outage: down,
    log,
    onReady: (applicationId) => begin('register', putCommands(applicationId)),
    onInteraction(payload, shard) {
      const parsed = read(payload)
      if (parsed === undefined || dispatch === undefined) return
      known.meet(parsed.people)
      const { interaction, intent } = parsed
      begin(intent.kind, dispatch(interaction, intent, shard), () => apologise(calls, interaction, intent))
    },
    onMessage(message) {
      const typed = parseTyped(message)
      if (typed === undefined || conversation === undefined) return
      const answered = answerTyped(typed, { conversation, platform, dedupe: deduped })
      begin('typed', answered.then(logFailure), () => platform.post(typed.target, apology))
    },
  })

  return {
    platform,
    start(given) {
      conversation = given
      dispatch = dispatcher({
        interactions: calls,
        rest,
        platform,
        conversation,
        dedupe: deduped,
        log,
        maxTtlSeconds,
        wipes: shown,
        clock,
        onCollision: collided,
      })
      return connection.start()
    },
    connected: connection.connected,
    async stop(deadlineMs) {
      stopped = true
      again()
      const unfinished = await shutdown(
        { close: connection.stop, underWay, wipes: shown, outage: down },
        deadlineMs,
      )
      rest.close()
      return unfinished
    },
  }
}
