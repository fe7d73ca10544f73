import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import { type Dedupe, type Delivered, mustBeFirst } from './dedupe.ts'
import type { Conversation, Event } from './event.ts'
import type { Person, Platform, Posted, Target } from './platform.ts'
import type { Message } from './view.ts'

/** The answer to what a person did; undefined for a repetition, whose first delivery was answered. */
export async function answerOnce(
  event: Event,
  { why }: Pick<Delivered, 'why'>,
  conversation: Pick<Conversation, 'answer'>,
): Promise<Message | undefined> {
  if (why === 'again') return undefined
  if (why === 'unknown' && mustBeFirst(event)) return refused(words.refused.storeDown)
  return (await conversation.answer(event)).message
}

/** A message that a person typed to the bot. */
export interface Typed {
  readonly by: Person
  /** Finds the message again. */
  readonly message: string
  /** What is the same on every delivery of it, and on no other's. */
  readonly mark: string
  /** Where its answer goes. */
  readonly target: Target
}

interface TypedParts {
  readonly conversation: Pick<Conversation, 'answer'>
  readonly platform: Pick<Platform, 'post'>
  readonly dedupe: Dedupe
}

/**
 * Answers what was typed, also when the store cannot say whether that happened before: the answer does nothing but ask.
 * An answer that was certainly not posted leaves the message to its next delivery. Undefined for a repetition.
 */
export async function answerTyped(
  { by, message, mark, target }: Typed,
  { conversation, platform, dedupe }: TypedParts,
): Promise<Posted | undefined> {
  const delivered = await dedupe('event', mark)
  const answer = await answerOnce({ act: 'typed', by, message }, delivered, conversation)
  if (answer === undefined) return undefined
  const posted = await platform.post(target, answer)
  if (posted.why === 'definitive' && delivered.why === 'first') await delivered.forget()
  return posted
}
