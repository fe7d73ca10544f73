import { RESTJSONErrorCodes as Code } from 'discord-api-types/v10'

const known: Readonly<Record<number, readonly [status: number, message: string]>> = {
  0: [401, '401: Unauthorized'],
  [Code.UnknownApplication]: [404, 'Unknown Application'],
  [Code.UnknownChannel]: [404, 'Unknown Channel'],
  [Code.UnknownGuild]: [404, 'Unknown Guild'],
  [Code.UnknownMember]: [404, 'Unknown Member'],
  [Code.UnknownMessage]: [404, 'Unknown Message'],
  [Code.UnknownUser]: [404, 'Unknown User'],
  [Code.UnknownWebhook]: [404, 'Unknown Webhook'],
  [Code.UnknownInteraction]: [404, 'Unknown interaction'],
  [Code.UnknownApplicationCommand]: [404, 'Unknown application command'],
  [Code.OpeningDirectMessagesTooFast]: [400, 'You are opening direct messages too fast'],
  [Code.InteractionHasAlreadyBeenAcknowledged]: [400, 'Interaction has already been acknowledged.'],
  [Code.ThisInteractionHasHitTheMaximumNumberOfFollowUpMessages]: [
    400,
    'This interaction has hit the maximum number of follow up messages.',
  ],
  [Code.CloudflareIsBlockingYourRequest]: [403, 'internal network error'],
  [Code.MissingAccess]: [403, 'Missing Access'],
  [Code.CannotExecuteActionOnDMChannel]: [403, 'Cannot execute action on a DM channel'],
  [Code.CannotEditMessageAuthoredByAnotherUser]: [403, 'Cannot edit a message authored by another user'],
  [Code.CannotSendAnEmptyMessage]: [400, 'Cannot send an empty message'],
  [Code.CannotSendMessagesToThisUser]: [403, 'Cannot send messages to this user'],
  [Code.MissingPermissions]: [403, 'Missing Permissions'],
  [Code.InvalidWebhookToken]: [401, 'Invalid Webhook Token'],
  [Code.InvalidFormBodyOrContentType]: [400, 'Invalid Form Body'],
  [Code.InvalidAPIVersion]: [400, 'Invalid API version'],
  [Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds]: [
    403,
    'Cannot send messages to this user due to having no mutual guilds',
  ],
}

/** One problem with one field, as Discord nests it under `errors`. */
export interface FieldProblem {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
}

/** An answer of Discord's that says no: a status and a body of its shape. */
export class Refusal extends Error {
  readonly code: number
  readonly status: number
  readonly problems: readonly FieldProblem[]

  constructor(code: number, problems: readonly FieldProblem[] = [], status?: number) {
    const [knownStatus, message] = known[code] ?? [400, `Error ${code}`]
    super(message)
    this.code = code
    this.status = status ?? knownStatus
    this.problems = problems
  }

  /** The body of the answer. */
  get body(): Record<string, unknown> {
    const body: Record<string, unknown> = { message: this.message, code: this.code }
    if (this.problems.length > 0) body['errors'] = nest(this.problems)
    return body
  }
}

/** The answer to a route that is not there. */
export function notFound(): { status: number; body: unknown } {
  return { status: 404, body: { message: '404: Not Found', code: 0 } }
}

function nest(problems: readonly FieldProblem[]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const { path, code, message } of problems) {
    let at = root
    for (const step of path) {
      at[step] ??= {}
      at = at[step] as Record<string, unknown>
    }
    at['_errors'] ??= []
    ;(at['_errors'] as unknown[]).push({ code, message })
  }
  prune(root)
  return root
}

/** A field has errors of its own or fields below with errors; where both were found, Discord tells the deeper ones. */
function prune(node: Record<string, unknown>): void {
  const below = Object.entries(node).filter(([key]) => key !== '_errors')
  if (below.length > 0) delete node['_errors']
  for (const [, inner] of below) prune(inner as Record<string, unknown>)
}
