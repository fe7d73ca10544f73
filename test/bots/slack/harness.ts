import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import type { Person } from '../../../doubles/slack/person.ts'
import { type Settings, type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import type { Clock } from '../../../src/bots/adapter/clock.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import { slackBot } from '../../../src/bots/slack/bot.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import { type Changes, type Sotto, sotto } from '../sotto.ts'

export const manifest = resolve(import.meta.dirname, '../../../manifest.yml')

export type Mode = 'socket' | 'http'

/** Sotto in a Slack of its own. */
export interface World extends Sotto {
  readonly slack: SlackDouble
  /** In HTTP mode: where Slack sends to. */
  readonly requestUrl?: string
  close(): Promise<void>
}

export interface WorldParts {
  readonly store: SecretStore
  /** The server keys; fresh ones unless set. */
  readonly keys?: string
  readonly mode?: Mode
  readonly with?: Changes
  readonly settings?: Partial<Settings>
  /** Instead of the double's own. */
  readonly signingSecret?: string
  readonly clock?: Clock
  /** Variables as for the program, beside those of Slack. */
  readonly env?: Readonly<Record<string, string>>
  /** Stands between the bot and the conversation, for counter-examples. */
  readonly twist?: (conversation: Conversation) => Conversation
}

export async function world(parts: WorldParts): Promise<World> {
  const { mode = 'socket', settings } = parts
  const slack = await slackDouble({ manifest, ...settings })
  const ours = await join(slack, parts)
  const served = mode === 'http' ? await serve(ours, slack) : undefined
  if (mode === 'socket') await slack.connected()
  return {
    ...ours,
    slack,
    ...(served && { requestUrl: served.url }),
    async close() {
      await ours.stop()
      await served?.close()
      await slack.close()
    },
  }
}

/** One more process of Sotto in a Slack that is there. */
export function join(slack: SlackDouble, parts: WorldParts): Promise<Sotto> {
  const { store, keys, mode = 'socket', signingSecret, clock, twist = (same) => same } = parts
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.url,
    ...(mode === 'socket'
      ? { SLACK_APP_TOKEN: slack.appToken }
      : { SLACK_SIGNING_SECRET: slack.signingSecret }),
    ...parts.env,
  }
  return sotto({
    store,
    env,
    ...(keys !== undefined && { keys }),
    ...(parts.with && { with: parts.with }),
    bot({ config, ...given }) {
      if (config.slack === undefined) throw new Error('Slack is off')
      const bot = slackBot({
        ...config.slack,
        ...given,
        ...(signingSecret !== undefined && { signingSecret }),
        ...(clock && { clock }),
      })
      return { ...bot, start: (conversation) => bot.start(twist(conversation)) }
    },
  })
}

/** HTTP mode behind a real server, as the web server hands the bot's path over. */
async function serve(
  { bot }: Sotto,
  slack: SlackDouble,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (bot.http && request.url === bot.http.path) bot.http.handle(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}${bot.http?.path}`
  slack.eventsTo(url)
  return {
    url,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

export interface Sending {
  readonly to?: readonly Person[]
  readonly secret: string
  readonly passphrase?: string
  readonly note?: string
  /** #general unless set. */
  readonly channel?: SlackDouble['channels']['general']
}

/** A person sends a secret from a channel, and has read what became of it; the answer stays open. */
export async function send(slack: SlackDouble, from: Person, sending: Sending): Promise<void> {
  const { to = [], secret, passphrase, note, channel = slack.channels.general } = sending
  if (from.seesModal()) await from.dismissesModal()
  await from.types(['/secret', ...to.map(({ name }) => `@${name}`)].join(' '), { channel })
  await from.untilModal('Send a secret')
  await from.fills('Secret', secret)
  if (passphrase !== undefined) await from.fills('Passphrase', passphrase)
  if (note !== undefined) await from.fills('What is it for?', note)
  await from.submits()
  await from.untilModal(/Sealed for|could not be|Nothing was|not certain|is there/)
}

/**
 * A person presses Reveal in their own messages, or the newest that they see, unless its form is open already, and
 * sends the form off.
 */
export async function reveal(person: Person, passphrase?: string): Promise<void> {
  if (person.seesModal()?.submit !== 'Show') {
    if (person.seesModal()) await person.dismissesModal()
    await person.presses('Reveal', person.seesButton('Reveal', 'dm') ? { in: 'dm' } : {})
    await person.until(() => person.seesModal())
  }
  // By now the form may have made way for why it cannot be opened.
  if (person.seesModal()?.submit !== 'Show') return
  if (passphrase !== undefined) await person.fills('Passphrase', passphrase)
  await person.submits()
}
