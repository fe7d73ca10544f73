import { apology } from '../adapter/apology.ts'
import type { FollowUp, Interactions } from './interactions.ts'
import type { Intent, Interaction } from './parse.ts'
import { asFollowUp, renderInstead, renderMessage } from './render.ts'
import type { Answer } from './transport/rest.ts'

/** The code of an interaction that nobody has acknowledged: it has no messages yet. */
const unanswered = '10015'

/** Says it to the person who acted and to nobody else, however far their interaction had come. Does not reject. */
export async function apologise(
  interactions: Interactions,
  interaction: Interaction,
  { kind }: Intent,
): Promise<Answer | FollowUp> {
  // A form's answer says "Sealing…". Anywhere else `@original` may be a card, or a secret that is being read: a
  // follow-up leaves those as they are, and fills an answer that still waits.
  const answer = await (kind === 'send'
    ? interactions.edit(interaction, renderInstead(apology))
    : interactions.followUp(interaction, asFollowUp(renderMessage(apology))))
  return answer.why === 'definitive' && answer.code === unanswered
    ? await interactions.reply(interaction, apology)
    : answer
}
