import type { At, Delivery } from './platform.ts'
import type { Message } from './view.ts'

/** Puts `message` in the place of what stands there. */
export type Edit = (at: At, message: Message) => Promise<Delivery>

/**
 * Edits of the bot's own messages. While one is on its way, whoever asks for the very same gets its outcome: a press
 * and the news both clean the card up, and mostly both can reach it.
 * @param render what the platform is sent for a message; two that look the same are the same
 */
export function edits<Body>(
  render: (message: Message) => Body,
  send: (at: At, body: Body) => Promise<Delivery>,
): Edit {
  const onTheirWay = new Map<string, Promise<Delivery>>()
  return (at, message) => {
    const body = render(message)
    const same = JSON.stringify([at.channel, at.message, body])
    const before = onTheirWay.get(same)
    if (before) return before
    const sent = send(at, body).finally(() => onTheirWay.delete(same))
    onTheirWay.set(same, sent)
    return sent
  }
}
