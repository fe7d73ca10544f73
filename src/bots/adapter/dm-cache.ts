import type { Failure } from './platform.ts'

/** A person's conversation with the bot, by user id. */
export type OpenDm = (person: string) => Promise<{ readonly why: 'ok'; readonly channel: string } | Failure>

/** Conversations that are remembered, so that a second message costs one call and not two; beyond it all are forgotten. */
const maxRemembered = 10_000

/**
 * Asks `open` once for each person: a conversation keeps its id for ever. However opening it fails, what was to be posted
 * there was not.
 * @param open the platform's own call; the channel is undefined when its answer names none
 */
export function dmCache(
  open: (person: string) => Promise<{ readonly why: 'ok'; readonly channel: string | undefined } | Failure>,
): OpenDm {
  const remembered = new Map<string, string>()
  return async (person) => {
    const known = remembered.get(person)
    if (known !== undefined) return { why: 'ok', channel: known }
    const opened = await open(person)
    if (opened.why !== 'ok') return { ...opened, why: 'definitive' }
    const { channel } = opened
    if (channel === undefined) return { why: 'definitive', code: 'no_channel' }
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(person, channel)
    return { why: 'ok', channel }
  }
}
