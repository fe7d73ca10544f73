import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { SlackDouble } from '../../../doubles/slack/slack-double.ts'

/** A logger that says nothing. */
export const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}

/** A running Bolt app with nothing in it. */
export interface TinyApp {
  app: App
  /** Where it takes requests in HTTP mode. */
  url: string
  close(): Promise<void>
}

/**
 * Starts an unmodified Bolt app against the double, in either mode.
 * @param pingTimeoutMs after which silence the client reconnects, and how long it waits before it does
 */
export async function tinyApp(
  slack: SlackDouble,
  mode: 'socket' | 'http',
  set: (app: App) => void,
  pingTimeoutMs = 5_000,
): Promise<TinyApp> {
  const clientOptions = { slackApiUrl: slack.url, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true }
  const socket = new SocketModeReceiver({
    appToken: slack.appToken,
    logger: quiet,
    clientPingTimeout: pingTimeoutMs,
    installerOptions: { clientOptions: { slackApiUrl: slack.url } },
  })
  const http = new HTTPReceiver({ signingSecret: slack.signingSecret, logger: quiet, bodyLimit: 262_144 })
  const app = new App({
    token: slack.botToken,
    receiver: mode === 'socket' ? socket : http,
    logger: quiet,
    clientOptions,
    deferInitialization: true,
  })
  set(app)
  await app.init()
  if (mode === 'socket') {
    await app.start()
    await slack.connected()
    return { app, url: '', close: async () => void (await app.stop()) }
  }
  const server = await http.start({ port: 0, host: '127.0.0.1' })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}/slack/events`
  slack.eventsTo(url)
  return {
    app,
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
