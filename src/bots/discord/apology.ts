import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import type { FollowUp, Interactions } from './interactions.ts'
import type { Act, Deed } from './parse.ts'
import { alone, renderInstead, renderMessage } from './render.ts'
import type { Answer } from './transport/rest.ts'

/** What a person reads when answering them failed in a way that nobody thought of. */
export const apology = refused(words.refused.failed)

/** The code of an interaction that nobody has acknowledged: it has no messages yet. */
const unanswered = '10015'

/** Says it to the person who acted and to nobody else, however far their interaction had come. Does not reject. */
export async function apologise(
  interactions: Interactions,
  act: Act,
  { deed }: Deed,
): Promise<Answer | FollowUp> {
  // A form's answer says "Sealing…". Anywhere else `@original` may be a card, or a secret that is being read: a
  // follow-up leaves those as they are, and fills an answer that still waits.
  const told = await (deed === 'send'
    ? interactions.edit(act, renderInstead(apology))
    : interactions.followUp(act, alone(renderMessage(apology))))
  return told.why === 'definitive' && told.code === unanswered ? await interactions.say(act, apology) : told
}
