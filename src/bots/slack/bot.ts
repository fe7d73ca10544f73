import type { Log } from '../../core/log.ts'
import type { SecretStore } from '../../core/store.ts'
import type { Bot } from '../adapter/bot.ts'
import type { Clock } from '../adapter/clock.ts'
import { systemClock } from '../adapter/clock.ts'
import { dedupe } from '../adapter/dedupe.ts'
import type { Conversation } from '../adapter/event.ts'
import type { Outage } from '../adapter/outage.ts'
import { outage } from '../adapter/outage.ts'
import { shutdown } from '../adapter/shutdown.ts'
import { wipes } from '../adapter/wipes.ts'
import { api, slackUrl } from './api.ts'
import { dispatch } from './dispatch.ts'
import { parse } from './parse.ts'
import { slackPlatform } from './platform.ts'
import { boltApp } from './transport/bolt.ts'
import { httpTransport } from './transport/http.ts'
import { type Dispatcher, socketTransport } from './transport/socket.ts'
import type { Transport } from './transport/transport.ts'

interface SlackOptions {
  readonly botToken: string
  /** Socket Mode. */
  readonly appToken?: string
  /** HTTP mode, at `/slack/events` of our own server; used when there is no app token. */
  readonly signingSecret?: string
  /** Where the Web API is; Slack's own unless set. */
  readonly apiUrl?: string
  /** The slash command. */
  readonly command: string
  readonly store: Pick<SecretStore, 'first' | 'forget'>
  readonly log: Log
  /** The longest lifetime that the form offers. */
  readonly maxTtlSeconds: number
  /** How Socket Mode connects; directly when left out. */
  readonly dispatcher?: Dispatcher
  readonly clock?: Clock
}

/** How long the last answers may take before the connection closes, ms. */
const answerMs = 3_000

/** Sotto in Slack, through Bolt. */
export function slackBot(options: SlackOptions): Bot {
  const { botToken, apiUrl = slackUrl, command, store, log, maxTtlSeconds } = options
  const { clock = systemClock } = options
  const isSocket = options.appToken !== undefined
  const down = outage({ platform: 'slack', log, clock, keepsTrying: isSocket })
  // In Socket Mode the connection tells whether Slack can be reached; else the calls do.
  const slack = api({ botToken, apiUrl, log, ...(!isSocket && { outage: down }) })
  const platform = slackPlatform(slack)
  const onScreens = wipes({ clock, platform, conversation: () => conversation })
  const deduped = dedupe(store, log, 'slack')
  const transport = transportOf(options, apiUrl, down, clock)
  let conversation: Conversation | undefined
  const { app, underWay, unanswered } = boltApp({
    receiver: transport.receiver,
    botToken,
    apiUrl,
    log,
    async handle(body, ack) {
      if (conversation === undefined) return
      await dispatch(parse(body, command), ack, {
        api: slack,
        platform,
        wipes: onScreens,
        dedupe: deduped,
        conversation,
        log,
        maxTtlSeconds,
      })
    },
  })

  /** What Slack waits for is answered through the connection. */
  async function close(deadlineMs: number): Promise<void> {
    await unanswered.drained(Math.min(answerMs, deadlineMs))
    await transport.stop()
  }

  return {
    platform,
    ...(transport.http && { http: transport.http }),
    async start(given) {
      conversation = given
      await app.init()
      await transport.start(app)
    },
    connected: transport.connected,
    stop: (deadlineMs) => shutdown({ close, underWay, wipes: onScreens, outage: down }, deadlineMs),
  }
}

/** Without an app token it is HTTP mode; without a signing secret either, that refuses whatever comes. */
function transportOf(
  { appToken, signingSecret = '', log, dispatcher }: SlackOptions,
  apiUrl: string,
  down: Outage,
  clock: Clock,
): Transport {
  if (appToken !== undefined) {
    return socketTransport({ appToken, apiUrl, log, outage: down, clock, ...(dispatcher && { dispatcher }) })
  }
  return httpTransport({ signingSecret, log, outage: down, clock })
}
