import { Routes } from 'discord.js'
import type { At, Delivery } from '../adapter/platform.ts'
import type { Message } from '../adapter/view.ts'
import { renderInstead } from './render.ts'
import type { Rest } from './transport/rest.ts'

/** Puts `message` in the place of what stands there. */
export type Edit = (at: At, message: Message) => Promise<Delivery>

/**
 * Edits of the bot's own messages. While one is on its way, whoever asks for the very same gets its outcome: a press
 * and the news both clean the card up, and mostly both can reach it.
 */
export function edits(rest: Rest): Edit {
  const onTheirWay = new Map<string, Promise<Delivery>>()

  async function send({ channel, message }: At, body: unknown): Promise<Delivery> {
    const answer = await rest.asBot({ method: 'PATCH', route: Routes.channelMessage(channel, message), body })
    return answer.why === 'ok' ? { why: 'ok' } : answer
  }

  return (at, message) => {
    const body = renderInstead(message)
    const same = JSON.stringify([at.channel, at.message, body])
    const before = onTheirWay.get(same)
    if (before) return before
    const sent = send(at, body).finally(() => onTheirWay.delete(same))
    onTheirWay.set(same, sent)
    return sent
  }
}
