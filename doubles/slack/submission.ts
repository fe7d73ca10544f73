import { checkView } from './block-kit.ts'
import { clientErrors, inputBlockIds } from './form.ts'
import { sloppyValues } from './inputs.ts'
import { type AtClient, ackBody, act, type Backstage, type Outcome, trouble } from './outcome.ts'
import { submissionPayload } from './payloads.ts'
import { Refusal } from './refusal.ts'
import { fieldsOf, textOf, wordsOf } from './shapes.ts'
import type { OpenView } from './views.ts'

/**
 * Presses the submit button of a person's modal. Slack's client checks required fields and lengths first.
 * @param sloppy sends the values as some clients do, without empty lists and untouched choices
 * @throws when no modal with a submit button is open
 */
export async function submit(stage: Backstage, person: AtClient, sloppy: boolean): Promise<Outcome> {
  const { slack, transcript } = stage
  const { user, screen } = person
  const view = slack.views.top(user.id)
  if (!view?.definition['submit']) throw new Error(`${user.name} has no form to submit:\n${screen.all()}`)
  transcript.act(`${user.name} presses “${wordsOf(view.definition['submit'])}”`)
  view.errors = clientErrors(view.blocks, view.values)
  view.banner = ''
  if (view.errors.size > 0) {
    user.changed.notify()
    return { ok: false, error: 'client_validation', ms: 0 }
  }
  const values = sloppy ? sloppyValues(view.values, view.blocks) : view.values
  const outcome = await act(stage, 'interactive', submissionPayload(slack, user, view, values))
  const error = outcome.ok ? settle(stage, person, view, outcome) : outcome.error
  if (error === undefined) return outcome
  view.banner = trouble
  person.notices.push(`${trouble} (${error})`)
  user.changed.notify()
  return { ...outcome, ok: false, error }
}

/** Does what the acknowledgement says; what is wrong with it, when Slack cannot use it. */
function settle(stage: Backstage, person: AtClient, view: OpenView, outcome: Outcome): string | undefined {
  const { views, manifest } = stage.slack
  const { user } = person
  const body = ackBody(outcome)
  if (Object.keys(body).length === 0) {
    if (views.top(user.id) === view) views.closeTop(user)
    return undefined
  }
  const modal = () => checkView(body['view'], ['modal'], manifest.botScopes)
  try {
    switch (body['response_action']) {
      case 'clear':
        views.clear(user)
        return undefined
      case 'update':
        views.update(view.id, modal())
        return undefined
      case 'push':
        views.push(user, modal())
        return undefined
      case 'errors':
        return showErrors(stage, person, view, fieldsOf(body['errors']))
      default:
        return 'invalid_response_action'
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.message
  }
}

function showErrors(
  { transcript }: Backstage,
  { user }: AtClient,
  view: OpenView,
  given: Record<string, unknown>,
): string | undefined {
  const errors = Object.entries(given)
  const known = inputBlockIds(view.blocks)
  if (errors.length === 0 || errors.some(([id, text]) => !known.includes(id) || !textOf(text)))
    return 'invalid_errors'
  view.errors = new Map(errors.map(([id, text]) => [id, textOf(text)]))
  transcript.act(`${user.name} is told: ${[...view.errors.values()].join(' ')}`)
  user.changed.notify()
  return undefined
}
