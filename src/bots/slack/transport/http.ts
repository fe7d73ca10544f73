import { HTTPReceiver } from '@slack/bolt'
import type { Log } from '../../../core/log.ts'
import { codeOf } from '../../../core/log.ts'
import type { Clock } from '../../adapter/clock.ts'
import type { Outage } from '../../adapter/outage.ts'
import { quietLogger } from './quiet-logger.ts'
import { maxBodyBytes, signatureCheck } from './signature.ts'
import type { Transport } from './transport.ts'

const eventsPath = '/slack/events'

interface HttpOptions {
  readonly signingSecret: string
  readonly log: Log
  readonly outage: Outage
  readonly clock: Clock
}

/** HTTP mode: Slack calls our own server, which hands its path over to Bolt's receiver behind the signature check. */
export function httpTransport({ signingSecret, log, outage, clock }: HttpOptions): Transport {
  let stopped = false
  const failed = (what: string, error: unknown) =>
    log({ event: 'handler-failed', platform: 'slack', what, code: codeOf(error) })
  const receiver = new HTTPReceiver({
    // Bolt takes no empty secret; the signature check refuses every request before this one would be used.
    signingSecret: signingSecret === '' ? 'none' : signingSecret,
    endpoints: [eventsPath],
    bodyLimit: maxBodyBytes,
    logger: quietLogger,
    dispatchErrorHandler: ({ error, response }) => {
      failed('receiver', error)
      if (!response.headersSent) response.writeHead(404).end()
    },
    processEventErrorHandler: async ({ error, response }) => {
      failed('receiver', error)
      if (!response.headersSent) response.writeHead(500).end()
      return false
    },
    unhandledRequestHandler: ({ response }) => {
      log({ event: 'handler-failed', platform: 'slack', what: 'acknowledgement', code: 'late' })
      if (!response.headersSent) response.writeHead(500).end()
    },
  })
  const check = signatureCheck({
    signingSecret,
    log,
    clock,
    pass: (request, response) => receiver.requestListener(request, response),
  })
  return {
    receiver,
    http: {
      path: eventsPath,
      handle(request, response) {
        if (stopped) return void response.writeHead(503, { connection: 'close' }).end()
        try {
          check(request, response)
        } catch (error) {
          failed('receiver', error)
          if (!response.headersSent) response.writeHead(400).end()
        }
      },
    },
    async start() {
      stopped = false
    },
    /** Nothing is held open: the last call to Slack tells. */
    connected: () => !stopped && outage.isUp,
    async stop() {
      stopped = true
    },
  }
}
