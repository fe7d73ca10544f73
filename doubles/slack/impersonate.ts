import type { Sent } from './delivery.ts'
import type { Backstage } from './outcome.ts'
import { messageActionPayload, submissionPayload, viewActionPayload } from './payloads.ts'
import type { Person } from './person.ts'
import type { Place } from './screen.ts'
import { type Fields, fieldsOf } from './shapes.ts'
import type { Ack } from './socket-mode.ts'

/** Who acts in somebody else's place; ids may be made up, such as the right user of another workspace. */
export interface Actor {
  id: string
  teamId: string
}

type Delivered = Promise<{ sent: Sent; ack: Ack }>

function as(actor: Actor, payload: Fields, stage: Backstage): Fields {
  const { world } = stage.slack
  const atHome = actor.teamId === world.home.id
  const team = atHome ? world.home : { id: actor.teamId, domain: 'elsewhere' }
  return {
    ...payload,
    user: { ...fieldsOf(payload['user']), id: actor.id, team_id: actor.teamId },
    team: { id: team.id, domain: team.domain },
    // The organisation that the workspace belongs to, not the app's.
    enterprise: atHome ? (world.home.enterprise ?? null) : null,
  }
}

/** Presses what another person sees. @throws when that person sees no such button */
export function impersonatePress(
  stage: Backstage,
  actor: Actor,
  victim: Person,
  label: string | RegExp,
  place?: Place,
): Delivered {
  const found = victim.screen.find(label, place)
  if (!found) throw new Error(`${victim.name} sees no button “${label}”:\n${victim.sees()}`)
  // The trigger belongs to whoever acts, so that a modal opened by mistake shows up on their screen.
  const user = stage.slack.world.users.get(actor.id) ?? victim.user
  const payload =
    found.on === 'message'
      ? messageActionPayload(stage.slack, user, found.message, found.placed, found.values)
      : viewActionPayload(stage.slack, user, found.view, found.placed)
  return stage.delivery.send('interactive', as(actor, payload, stage))
}

/** Submits the modal another person has open. @throws when none is open */
export function impersonateSubmit(stage: Backstage, actor: Actor, victim: Person): Delivered {
  const view = stage.slack.views.top(victim.id)
  if (!view) throw new Error(`${victim.name} has no window open`)
  const user = stage.slack.world.users.get(actor.id) ?? victim.user
  return stage.delivery.send(
    'interactive',
    as(actor, submissionPayload(stage.slack, user, view, view.values), stage),
  )
}
