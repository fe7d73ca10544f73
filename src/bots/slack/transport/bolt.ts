import { App, type Receiver, type ReceiverEvent } from '@slack/bolt'
import type { Log } from '../../../core/log.ts'
import { codeOf } from '../../../core/log.ts'
import type { InFlight } from '../../adapter/in-flight.ts'
import { inFlight } from '../../adapter/in-flight.ts'
import { singleShot } from '../api.ts'
import type { Ack } from '../handling.ts'
import { quietLogger } from './quiet-logger.ts'

/** Bolt with one listener for everything, which counts what is under way. */
interface BoltApp {
  readonly app: App
  /** What is still being done. */
  readonly underWay: InFlight
  /** What Slack still waits for an answer to. */
  readonly unanswered: InFlight
}

interface BoltAppOptions {
  readonly receiver: Receiver
  readonly botToken: string
  readonly apiUrl: string
  readonly log: Log
  /** Does what a payload asks for. */
  handle(body: unknown, ack: Ack): Promise<void>
}

/** Bolt's own client is not used; it must not wait for ever either. */
const clientMs = 4_000

/** Bolt around `receiver`, not started yet. Whatever fails in it ends here. */
export function boltApp({ receiver, botToken, apiUrl, log, handle }: BoltAppOptions): BoltApp {
  const underWay = inFlight()
  const unanswered = inFlight()
  /** The payloads that Bolt has not handed to our listener yet. */
  const waiting = new WeakMap<object, Ack>()
  const failed = (what: string, error: unknown) =>
    log({ event: 'handler-failed', platform: 'slack', what, code: codeOf(error) })

  /** An `Ack` that answers once, and the moment when it has. */
  function answering({ ack: boltAck }: ReceiverEvent): {
    readonly ack: Ack
    readonly answered: Promise<void>
  } {
    let isAnswered = false
    let done: () => void = () => {}
    const answered = new Promise<void>((resolve) => {
      done = resolve
    })
    const ack: Ack = async (answer) => {
      if (isAnswered) return
      isAnswered = true
      await boltAck(answer).catch((error: unknown) => failed('acknowledgement', error))
      done()
    }
    return { ack, answered }
  }

  /** Around Bolt: whatever it throws ends here, and what it knows no listener for is handled and answered all the same. */
  async function process(app: App, event: ReceiverEvent): Promise<void> {
    const { ack, answered } = answering(event)
    void unanswered.run(answered)
    try {
      if (typeof event.body !== 'object' || event.body === null) {
        return log({ event: 'malformed', platform: 'slack', what: 'payload' })
      }
      waiting.set(event.body, ack)
      await app.processEvent({ ...event, ack }).catch((error: unknown) => failed('bolt', error))
      if (waiting.delete(event.body)) await handle(event.body, ack)
    } catch (error) {
      failed('interaction', error)
    } finally {
      await ack()
    }
  }

  const app = new App({
    receiver: {
      init: (bolt) =>
        receiver.init(
          Object.create(bolt, {
            processEvent: { value: (event: ReceiverEvent) => underWay.run(process(bolt, event)) },
          }),
        ),
      start: (...given) => receiver.start(...given),
      stop: (...given) => receiver.stop(...given),
    },
    // The token is known, so that nothing needs to be asked of Slack before the first person comes.
    authorize: async () => ({ botToken }),
    logger: quietLogger,
    clientOptions: { ...singleShot, slackApiUrl: apiUrl, timeout: clientMs },
    ignoreSelf: false,
    convoStore: false,
    attachFunctionToken: false,
    tokenVerificationEnabled: false,
    deferInitialization: true,
  })
  app.error(async (error) => failed('bolt', error))
  app.use(async ({ body }) => {
    const ack = waiting.get(body)
    if (ack === undefined) return
    waiting.delete(body)
    await handle(body, ack)
  })
  return { app, underWay, unanswered }
}
