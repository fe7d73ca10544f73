import { Client, type ClientOptions, GatewayIntentBits, Partials } from 'discord.js'
import type { DiscordDouble } from '../../../doubles/discord/discord-double.ts'

/** Commands as a bot would register them: everywhere, for servers and accounts. */
export const everywhere = { integration_types: [0, 1], contexts: [0, 1, 2] }

/** An unmodified discord.js client that talks to a double; `rest.api` is the only difference. Not logged in yet. */
export function tinyBot(discord: DiscordDouble, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel],
    allowedMentions: { parse: [] },
    ...options,
    rest: { retries: 0, timeout: 60_000, ...options.rest, api: discord.url },
  })
  client.on('error', () => {})
  return client
}

/** Logs a client in, and waits until it is ready. */
export async function ready(client: Client, token: string): Promise<void> {
  const isReady = new Promise((resolve) => client.once('clientReady', resolve))
  await client.login(token)
  await isReady
}
