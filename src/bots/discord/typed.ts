import { type APIMessage, type Message, MessageType, Routes } from 'discord.js'
import type { Typed } from '../adapter/answer.ts'
import { typedSecret } from '../adapter/draft.ts'
import { lookUpMs } from '../adapter/platform.ts'
import { bounds } from './limits.ts'
import type { Interaction } from './parse.ts'
import type { Rest } from './transport/rest.ts'

/**
 * A message that a person typed to the bot, without its text. Undefined for everything else: above all for the bot's
 * own private messages, which the gateway brings back to it in plain text.
 */
export function parseTyped(
  message: Pick<Message, 'id' | 'channelId' | 'guildId' | 'type' | 'webhookId'> & {
    readonly author: Pick<Message['author'], 'id' | 'bot'>
  },
): Typed | undefined {
  const { author, guildId, type, webhookId } = message
  const isOurs = type === MessageType.Default || type === MessageType.Reply
  if (author.bot || webhookId !== null || guildId !== null || !isOurs) return undefined
  const { id, channelId } = message
  const target = { under: { channel: channelId, message: id } }
  return { by: { tenant: '', id: author.id }, message: id, mark: id, target }
}

/** What this person typed, fetched again because it was kept nowhere; or why it is not in the form: late, gone, too long. */
export async function fetchTyped(
  rest: Rest,
  { by, place }: Interaction,
  message: string,
): Promise<ReturnType<typeof typedSecret>> {
  const route = Routes.channelMessage(place.channel, message)
  const answer = await rest.asBot({ method: 'GET', route, timeoutMs: lookUpMs })
  const { author, content }: Partial<APIMessage> = answer.why === 'ok' ? (answer.body ?? {}) : {}
  return typedSecret(author?.id === by.id ? content : undefined, bounds.maxSecretChars)
}
