import type { InteractionDraft } from './interaction.ts'
import { componentInteraction, submitInteraction } from './interaction-drafts.ts'
import type { Message } from './message.ts'
import type { Person } from './person.ts'
import type { Place } from './screen.ts'
import type { World } from './world.ts'

/** A press on a button that `victim` sees, by someone else. @throws when `victim` sees no such button */
export function pressOf(
  world: World,
  actor: Person,
  victim: Person,
  label: string | RegExp,
  place?: Place,
): InteractionDraft {
  const found = victim.screen.button(label, place)
  if (!found) throw new Error(`${victim.name} sees no button “${label}”:\n${victim.sees()}`)
  return componentInteraction(world, actor.user, found.message, found.placed.component)
}

/** A submission of the form that `victim` has open, by someone else. @throws when none is open */
export function submissionOf(world: World, actor: Person, victim: Person): InteractionDraft {
  if (!victim.user.modal) throw new Error(`${victim.name} has no form open`)
  return submitInteraction(world, actor.user, victim.user.modal)
}

/** A press on a button that is not there: any custom id, on any message. */
export function forgedPress(
  world: World,
  actor: Person,
  customId: string,
  message: Message,
): InteractionDraft {
  return componentInteraction(world, actor.user, message, { type: 2, custom_id: customId })
}
