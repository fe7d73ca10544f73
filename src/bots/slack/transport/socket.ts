import { randomInt } from 'node:crypto'
import type { App } from '@slack/bolt'
import { SocketModeReceiver } from '@slack/bolt'
import { within } from '../../../core/deadline.ts'
import type { Log } from '../../../core/log.ts'
import { codeOf } from '../../../core/log.ts'
import type { Clock } from '../../adapter/clock.ts'
import type { Outage } from '../../adapter/outage.ts'
import { singleShot } from '../api.ts'
import { failureOf } from '../errors.ts'
import { quietLogger } from './quiet-logger.ts'
import type { Transport } from './transport.ts'

/** What makes the connections, such as one that goes through a proxy. */
export type Dispatcher = NonNullable<ConstructorParameters<typeof SocketModeReceiver>[0]['dispatcher']>

interface SocketOptions {
  readonly appToken: string
  readonly apiUrl: string
  readonly log: Log
  readonly outage: Outage
  readonly clock: Clock
  readonly dispatcher?: Dispatcher
}

const openMs = 10_000
const firstTryMs = 3_000
/** A connection that has not said hello by then is given up, ms. */
const helloMs = 30_000
const firstPauseMs = 500
const longestPauseMs = 15_000
/** How long Slack may take to close its end, ms. */
const closeMs = 500

/**
 * Socket Mode, kept up for ever. We reconnect ourselves: the client's own reconnecting drops rejections on the floor,
 * which ends the process, goes on after `disconnect`, and waits five seconds after each of Slack's planned refreshes.
 */
export function socketTransport(options: SocketOptions): Transport {
  const { appToken, apiUrl, log, outage, clock, dispatcher } = options
  const receiver = new SocketModeReceiver({
    appToken,
    logger: quietLogger,
    autoReconnectEnabled: false,
    ...(dispatcher && { dispatcher }),
    // Its own object: the receiver changes what it is given, and the web client would get it too.
    installerOptions: { clientOptions: { ...singleShot, slackApiUrl: apiUrl, timeout: openMs } },
    processEventErrorHandler: async ({ error }) => {
      log({ event: 'handler-failed', platform: 'slack', what: 'receiver', code: codeOf(error) })
      return false
    },
  })
  const { client } = receiver
  let connected = false
  let stopping = false
  let running: Promise<void> = Promise.resolve()
  let wake: () => void = () => {}

  // The client's message handler is async and nobody waits for it: a frame that it cannot read must not end us.
  const handlers = client.listeners('ws_message')
  client.removeAllListeners('ws_message')
  client.on('ws_message', async (...frame: unknown[]) => {
    try {
      for (const handle of handlers) await Reflect.apply(handle, client, frame)
    } catch {
      log({ event: 'malformed', platform: 'slack', what: 'frame' })
    }
  })

  /** The promise that came when it connected, which ends when it is closed again. */
  async function connect(app: App): Promise<{ readonly closed: Promise<void> }> {
    const closed = new Promise<void>((resolve) => client.once('disconnected', () => resolve()))
    const started = app.start()
    // When the deadline comes first, a later rejection is nobody's any more.
    started.catch(() => {})
    try {
      await within(started, helloMs)
      return { closed }
    } catch (error) {
      await close()
      throw error
    }
  }

  /** Asks for the close; a second time drops a peer that does not answer. */
  async function close(): Promise<void> {
    await within(client.disconnect(), closeMs).catch(() => client.disconnect())
  }

  async function run(app: App, tried: () => void): Promise<void> {
    let failures = 0
    while (!stopping) {
      try {
        const { closed } = await connect(app)
        connected = true
        failures = 0
        outage.up()
        tried()
        await closed
      } catch (error) {
        failures++
        if (!stopping) outage.down(error === undefined ? 'disconnected' : failureOf(error).code)
        tried()
        await pause(failures)
      }
      connected = false
    }
  }

  async function pause(failures: number): Promise<void> {
    if (stopping) return
    // Spread, so that many processes do not come back in the same moment.
    const ms = (Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * randomInt(75, 125)) / 100
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })
  }

  return {
    receiver,
    async start(app) {
      stopping = false
      const tried = new Promise<void>((resolve) => {
        running = run(app, resolve)
      })
      await within(tried, firstTryMs).catch(() => {})
    },
    connected: () => connected,
    async stop() {
      stopping = true
      wake()
      await close()
      await running
      // A connection that was being opened meanwhile.
      await close()
    },
  }
}
