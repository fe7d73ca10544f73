import type { Delivery, Sent } from './delivery.ts'
import { hex } from './ids.ts'
import { type HistoryEntry, messageOutput } from './messages.ts'
import { eventPayload } from './payloads.ts'
import type { Fields } from './shapes.ts'
import type { Ack } from './socket-mode.ts'
import type { Workspace } from './workspace.ts'
import type { User } from './world.ts'

const scopeOfEvent: Record<string, string> = { 'message.im': 'im:history' }

/** The Events API: tells the app what it has subscribed to and holds the scope for. */
export class Events {
  readonly #slack: Workspace
  readonly #delivery: Delivery
  readonly #announced = new Map<string, Promise<{ sent: Sent; ack: Ack }>>()

  constructor(slack: Workspace, delivery: Delivery) {
    this.#slack = slack
    this.#delivery = delivery
  }

  /**
   * Tells of a message in a direct message with the bot. The bot's own messages, its edits and its deletions
   * come back too, as they do from Slack: with everything that was in them before.
   */
  message({ what, message, previous }: HistoryEntry): void {
    if (!this.#slack.world.partnerOfBot(message.channel) || !this.#subscribed('message.im')) return
    const output = (one: typeof message) =>
      messageOutput(one, this.#slack.world, this.#slack.app.id, this.#slack.app.botId)
    const place = {
      channel: message.channel.id,
      channel_type: 'im',
      event_ts: this.#slack.messages.nextTs(),
    }
    const hidden = { type: 'message', hidden: true, ts: place.event_ts, ...place }
    const byPerson = message.user !== this.#slack.world.bot.id
    const event: Fields =
      what === 'posted'
        ? { ...output(message), ...place, event_ts: message.ts, ...(byPerson && { client_msg_id: hex(16) }) }
        : what === 'edited'
          ? {
              ...hidden,
              subtype: 'message_changed',
              message: output(message),
              previous_message: output(previous ?? message),
            }
          : {
              ...hidden,
              subtype: 'message_deleted',
              deleted_ts: message.ts,
              previous_message: output(message),
            }
    const delivered = this.#delivery.send('events_api', eventPayload(this.#slack, event))
    if (byPerson && what === 'posted') this.#announced.set(message.ts, delivered)
  }

  /** The delivery of a posted message, when the app was told of it. */
  announced(ts: string): Promise<{ sent: Sent; ack: Ack }> | undefined {
    return this.#announced.get(ts)
  }

  /** Tells that a person opened a tab of the app. */
  homeOpened(user: User, tab: 'home' | 'messages'): Promise<{ sent: Sent; ack: Ack }> | undefined {
    if (!this.#subscribed('app_home_opened')) return undefined
    const channel = this.#slack.world.openIm(this.#slack.world.bot.id, user.id)
    const home = this.#slack.views.home(user.id)
    return this.#delivery.send(
      'events_api',
      eventPayload(this.#slack, {
        type: 'app_home_opened',
        user: user.id,
        channel: channel.id,
        tab,
        event_ts: this.#slack.messages.nextTs(),
        ...(tab === 'home' && home && { view: this.#slack.viewOutput(home) }),
      }),
    )
  }

  #subscribed(event: string): boolean {
    const scope = scopeOfEvent[event]
    const { botEvents, botScopes } = this.#slack.manifest
    return botEvents.has(event) && (scope === undefined || botScopes.has(scope))
  }
}
