import { connect, type Socket } from 'node:net'
import type { Clock } from '../../../src/bots/adapter/clock.ts'
import type { Outage } from '../../../src/bots/adapter/outage.ts'
import type { Failure } from '../../../src/bots/adapter/platform.ts'
import { withinOr } from '../../../src/core/deadline.ts'
import { codeOf, type Log } from '../../../src/core/log.ts'
import { classify, notSent, unanswered } from './errors.ts'
import { eachLine, sendLine } from './lines.ts'
import type { Call, Fields, Incoming, Interaction } from './protocol.ts'

/** What became of one call. */
export type Answer = { readonly why: 'ok'; readonly fields: Fields } | Failure

/** The connection to Pigeon, which comes back by itself. */
export interface Connection {
  start(): void
  connected(): boolean
  /** Made once; it waits a moment for a connection that is coming back. Does not reject. */
  call(call: Call, timeoutMs?: number): Promise<Answer>
  /** Hears no interaction any more; calls still go out. */
  deafen(): void
  close(): void
}

interface ConnectionParts {
  readonly port: number
  readonly token: string
  readonly clock: Clock
  readonly outage: Outage
  readonly log: Log
  onInteraction(interaction: Interaction, loft: string): void
}

/** Between two tries to connect, ms. */
const againMs = 100

/** How long a call waits for a connection, and with that for its answer unless it says otherwise, ms. */
const connectMs = 1_000
const answerMs = 4_000

/** Not connected yet. */
export function connection({ port, token, clock, outage, log, onInteraction }: ConnectionParts): Connection {
  const waiting = new Map<number, (answer: Answer) => void>()
  let socket: Socket | undefined
  /** Set while the connection is up. */
  let loft: string | undefined
  let up = Promise.withResolvers<void>()
  let numbers = 0
  let isDeaf = false
  let isOver = false
  let cancel = () => {}

  function open(): void {
    const opening = connect(port, '127.0.0.1')
    let code = 'closed'
    socket = opening
    opening.on('connect', async () => {
      const greeted = await send(opening, { verb: 'hello', token }, answerMs)
      if (greeted.why === 'ok') return
      code = greeted.code
      opening.destroy()
    })
    opening.on('error', (error) => {
      code = codeOf(error)
    })
    opening.on('close', () => lost(code))
    eachLine(opening, hear)
  }

  function lost(code: string): void {
    if (loft !== undefined) up = Promise.withResolvers()
    loft = undefined
    for (const answered of waiting.values()) answered(unanswered.lost)
    if (isOver) return
    outage.down(code)
    cancel = clock.after(againMs, open)
  }

  /** A line of another shape than Pigeon's may cost its own answer and nothing else. */
  function hear(line: string): void {
    try {
      const incoming = JSON.parse(line) as Incoming
      if ('answer' in incoming) answered(incoming)
      else if (!isDeaf && loft !== undefined && socket !== undefined) {
        void send(socket, { verb: 'got', interaction: incoming.id }, answerMs)
        onInteraction(incoming, loft)
      }
    } catch {
      log({ event: 'malformed', platform: 'pigeon', what: 'line' })
    }
  }

  function answered({ answer, error, ...fields }: Extract<Incoming, { answer: number }>): void {
    // At once: the first interaction may follow in the same breath.
    if (loft === undefined && typeof fields['loft'] === 'string') welcome(fields['loft'])
    waiting.get(answer)?.(error === undefined ? { why: 'ok', fields } : classify(error))
  }

  function welcome(named: string): void {
    loft = named
    outage.up()
    up.resolve()
  }

  async function send(to: Socket, call: Call, timeoutMs: number): Promise<Answer> {
    const number = ++numbers
    const answer = new Promise<Answer>((resolve) => waiting.set(number, resolve))
    sendLine(to, { call: number, ...call })
    const outcome = await withinOr(answer, timeoutMs, unanswered.late)
    waiting.delete(number)
    return outcome
  }

  return {
    start: open,
    connected: () => loft !== undefined,

    async call(call, timeoutMs = answerMs) {
      const until = performance.now() + timeoutMs
      const isUp = loft !== undefined || (await withinOr(up.promise, connectMs, 'late')) !== 'late'
      return isUp && socket ? await send(socket, call, until - performance.now()) : notSent
    },

    deafen() {
      isDeaf = true
    },

    close() {
      isOver = true
      cancel()
      socket?.destroy()
    },
  }
}
