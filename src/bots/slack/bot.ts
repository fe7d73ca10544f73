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
import { hear } from './dispatch.ts'
import { parse } from './parse.ts'
import { slackPlatform } from './platform.ts'
import { ear } from './transport/bolt.ts'
import { httpLine } from './transport/http.ts'
import { socketLine } from './transport/socket.ts'
import type { Line } from './transport/transport.ts'

export interface SlackOptions {
  readonly botToken: string
  /** Socket Mode. */
  readonly appToken?: string
  /** HTTP mode, at `/slack/events` of our own server; used when there is no app token. */
  readonly signingSecret?: string
  /** Where the Web API is; Slack's own unless set. */
  readonly apiUrl?: string
  /** `/secret` unless set. */
  readonly command?: string
  readonly store: Pick<SecretStore, 'first' | 'forget'>
  readonly log: Log
  /** The longest lifetime that the form offers. */
  readonly maxTtlSeconds: number
  readonly clock?: Clock
}

/** How long the last answers may take before the connection closes, ms. */
const answerMs = 3_000

/** Sotto in Slack, through Bolt. */
export function slackBot(options: SlackOptions): Bot {
  const { botToken, apiUrl = slackUrl, command = '/secret', store, log, maxTtlSeconds } = options
  const { clock = systemClock } = options
  const isSocket = options.appToken !== undefined
  const down = outage({ platform: 'slack', log, clock, keepsTrying: isSocket })
  // In Socket Mode the connection tells whether Slack can be reached; else the calls do.
  const slack = api({ botToken, apiUrl, log, ...(!isSocket && { outage: down }) })
  const platform = slackPlatform(slack)
  const onScreens = wipes(clock)
  const deduped = dedupe(store, log, 'slack')
  const line = lineOf(options, apiUrl, down, clock)
  let talk: Conversation | undefined
  const { app, underWay, unanswered } = ear({
    receiver: line.receiver,
    botToken,
    apiUrl,
    log,
    async listen(body, ack) {
      if (talk === undefined) return
      await hear(parse(body, command), ack, {
        api: slack,
        platform,
        wipes: onScreens,
        dedupe: deduped,
        conversation: talk,
        log,
        maxTtlSeconds,
      })
    },
  })

  /** What Slack waits for is answered through the connection. */
  async function close(deadlineMs: number): Promise<void> {
    await unanswered.drained(Math.min(answerMs, deadlineMs))
    await line.stop()
  }

  return {
    platform,
    ...(line.http && { http: line.http }),
    async start(conversation) {
      talk = conversation
      await app.init()
      await line.start(app)
    },
    connected: line.connected,
    stop: (deadlineMs) => shutdown({ close, underWay, wipes: onScreens, outage: down }, deadlineMs),
  }
}

/** Without an app token it is HTTP mode; without a signing secret either, that refuses whatever comes. */
function lineOf(
  { appToken, signingSecret = '', log }: SlackOptions,
  apiUrl: string,
  down: Outage,
  clock: Clock,
): Line {
  if (appToken !== undefined) return socketLine({ appToken, apiUrl, log, outage: down })
  return httpLine({ signingSecret, log, outage: down, clock: clock.now })
}
