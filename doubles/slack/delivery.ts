import { randomUUID } from 'node:crypto'
import type { HttpEvents, Kind } from './http-events.ts'
import type { Recorder } from './recorder.ts'
import { type Fields, fieldsOf, textOf } from './shapes.ts'
import type { Ack, SocketMode } from './socket-mode.ts'
import type { Workspace } from './workspace.ts'

/** Something sent to the app, kept so that it can be sent again. */
export interface Sent {
  kind: Kind
  /** The payload's own type: `block_actions`, `view_submission`, `message`, `/secret`, … */
  name: string
  payload: Fields
  envelopeId: string
  at: number
  /** The acknowledgement of the latest delivery, when it has come or failed. */
  ack?: Ack
}

/** Sends payloads to the app, by Socket Mode or to its request URL, and waits for the acknowledgement. */
export class Delivery {
  readonly sent: Sent[] = []
  /** Set for HTTP mode. */
  http: HttpEvents | undefined
  /** How long an acknowledgement may take: Slack's three seconds. */
  ackWithinMs: number
  readonly #slack: Workspace
  readonly #recorder: Recorder
  readonly #socketMode: SocketMode
  readonly #underWay = new Set<Promise<unknown>>()
  #retries: { sent: Sent; number: number; dueAt: number }[] = []

  constructor(slack: Workspace, recorder: Recorder, socketMode: SocketMode, ackWithinMs: number) {
    this.#slack = slack
    this.#recorder = recorder
    this.#socketMode = socketMode
    this.ackWithinMs = ackWithinMs
  }

  /** Sends a new payload; the acknowledgement or its absence. */
  async send(kind: Kind, payload: Fields): Promise<{ sent: Sent; ack: Ack }> {
    const sent: Sent = {
      kind,
      name: nameOf(payload),
      payload,
      envelopeId: randomUUID(),
      at: this.#slack.clock.now(),
    }
    this.sent.push(sent)
    const ack = await this.again(sent)
    if (!ack.ok && kind === 'events_api') this.#planRetry(sent, 1)
    return { sent, ack }
  }

  /** Sends the same payload once more: same envelope, event, trigger and view ids. */
  again(sent: Sent, retry?: { number: number; reason: string }): Promise<Ack> {
    const delivered = this.#deliver(sent, retry).then((ack) => {
      sent.ack = ack
      if (ack.ok) this.#recorder.ack(sent.name, ack.raw, this.#slack.clock.now())
      return ack
    })
    this.#underWay.add(delivered)
    void delivered.finally(() => this.#underWay.delete(delivered))
    return delivered
  }

  /** Sends the retries of events whose time has come: at once, after a minute, after five. */
  async sendDueRetries(): Promise<void> {
    const now = this.#slack.clock.now()
    const due = this.#retries.filter((one) => one.dueAt <= now)
    this.#retries = this.#retries.filter((one) => one.dueAt > now)
    await Promise.all(
      due.map(async ({ sent, number }) => {
        const failed = sent.ack
        const reason =
          failed?.ok === false && failed.error === 'dispatch_failed' ? 'http_error' : 'http_timeout'
        const ack = await this.again(sent, { number, reason })
        if (!ack.ok && number < 3) this.#planRetry(sent, number + 1)
      }),
    )
  }

  /** Resolves when nothing is being delivered any more. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  #planRetry(sent: Sent, number: number): void {
    const after = [0, 60_000, 300_000][number - 1] ?? 0
    this.#retries.push({ sent, number, dueAt: this.#slack.clock.now() + after })
  }

  #deliver(sent: Sent, retry?: { number: number; reason: string }): Promise<Ack> {
    if (this.http) {
      const headers: Record<string, string> = retry
        ? { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason }
        : {}
      return this.http.send(sent.kind, sent.payload, this.ackWithinMs, headers)
    }
    const events = sent.kind === 'events_api'
    return this.#socketMode.send(
      sent.envelopeId,
      {
        type: sent.kind,
        payload: sent.payload,
        accepts_response_payload: !events,
        ...(events && { retry_attempt: retry?.number ?? 0, retry_reason: retry?.reason ?? '' }),
      },
      this.ackWithinMs,
    )
  }
}

function nameOf(payload: Fields): string {
  return (
    textOf(payload['command']) ||
    textOf(fieldsOf(payload['event'])['type']) ||
    textOf(payload['type']) ||
    'payload'
  )
}
