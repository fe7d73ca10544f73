import { ownTime } from '../run/own-time.ts'
import type { Delivery, Sent } from './delivery.ts'
import type { Events } from './events.ts'
import type { Kind } from './http-events.ts'
import type { Screen } from './screen.ts'
import { type Fields, fieldsOf } from './shapes.ts'
import type { Ack } from './socket-mode.ts'
import type { Transcript } from './transcript.ts'
import type { Workspace } from './workspace.ts'
import type { Channel, User } from './world.ts'

/** What became of an act: what was sent to the app and how it acknowledged. */
export interface Outcome {
  /** The app acknowledged in time and Slack could use what it said. */
  ok: boolean
  /** `operation_timeout`, `dispatch_failed`, or what Slack found wrong with the acknowledgement. */
  error?: string
  /** What was sent; nothing when the client itself refused the act. */
  sent?: Sent
  /** From the act to the acknowledgement, in milliseconds of own time. */
  ms: number
}

/** The parts of the double a person works through. */
export interface Backstage {
  slack: Workspace
  delivery: Delivery
  events: Events
  transcript: Transcript
}

/** Somebody at a client, as far as the single acts need to know. */
export interface AtClient {
  readonly user: User
  readonly screen: Screen
  readonly notices: string[]
}

/** What Slack's client says when the app did not answer usefully. */
export const trouble = 'We had some trouble connecting. Try again?'

/** Turns a delivery into an outcome; none means that the app has not subscribed. */
export function outcomeOf(delivered: { sent: Sent; ack: Ack } | undefined, started: number): Outcome {
  const ms = ownTime() - started
  if (!delivered) return { ok: false, error: 'not_subscribed', ms }
  const { sent, ack } = delivered
  return { ok: ack.ok, sent, ms, ...(!ack.ok && { error: ack.error }) }
}

/** Sends a payload and waits for the acknowledgement. */
export async function act(stage: Backstage, kind: Kind, payload: Fields): Promise<Outcome> {
  const started = ownTime()
  return outcomeOf(await stage.delivery.send(kind, payload), started)
}

/** The body of an outcome's acknowledgement; empty when there is none. */
export function ackBody(outcome: Outcome): Fields {
  const ack = outcome.sent?.ack
  return ack?.ok ? fieldsOf(ack.body) : {}
}

/** Shows a person a message of Slack itself; the act has failed. */
export function slackSays(
  stage: Backstage,
  person: AtClient,
  channel: Channel,
  text: string,
  outcome: Partial<Outcome> = {},
): Outcome {
  const { messages, world } = stage.slack
  person.notices.push(text)
  messages.postEphemeral(channel, world.bot.id, person.user.id, { text }, true)
  return { ms: 0, error: 'unknown_command', ...outcome, ok: false }
}
