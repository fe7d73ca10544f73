import { within, withinOr } from '../../core/deadline.ts'
import { wipeDraft } from '../adapter/draft.ts'
import type { Person } from '../adapter/platform.ts'
import type { Place, Problems } from '../adapter/view.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import { parseDraft, parsePassphrase } from './draft.ts'
import type { Ack, Handling } from './handling.ts'
import type { Submitted } from './parse.ts'
import { modalSurface } from './surface.ts'
import { composeId, confirmId, messageView, openingView, sealingView } from './views.ts'

/** Of the three seconds that Slack waits: for learning which conversation this is, and for looking people up, ms. */
const placeMs = 600
const checkMs = 1_600

/** A form that was filled in. */
export async function handleSubmission(intent: Submitted, ack: Ack, parts: Handling): Promise<void> {
  if (intent.metadata !== undefined) {
    if (intent.callbackId === composeId) return await compose(intent, ack, parts)
    if (intent.callbackId === confirmId && intent.metadata.press) return await confirm(intent, ack, parts)
  }
  parts.log({ event: 'malformed', platform: 'slack', what: 'view' })
  await ack({ response_action: 'update', view: messageView(refused(words.refused.malformed)) })
}

async function compose(intent: Submitted, ack: Ack, parts: Handling): Promise<void> {
  const { by, view, viewId } = intent
  const { api, conversation, platform } = parts
  const read = parseDraft(view)
  if ('problems' in read) return await ack(fieldErrors(read.problems))
  const place = await resolvePlace(intent.metadata?.place, by, parts)
  const event = { act: 'send', by, draft: read.draft, ...(place && { place }) } as const
  const checked = await within(conversation.check(event), checkMs).catch(() => ({
    problems: { to: words.problem.unreachable },
  }))
  if ('problems' in checked) {
    wipeDraft(read.draft)
    return await ack(fieldErrors(checked.problems))
  }
  const delivered = await parts.dedupe('submission', `${viewId} ${intent.hash}`)
  if (delivered.why !== 'first') wipeDraft(read.draft)
  if (delivered.why === 'again') return await ack(unchanged)
  // What was typed stays in the form, to be sent when the store is back.
  if (delivered.why === 'unknown') return await ack(fieldErrors({ secret: words.sent.storeDown }))
  await ack({ response_action: 'update', view: sealingView })
  const { message } = await conversation.send(checked.ready)
  const shown = await api.call('views.update', { view_id: viewId, view: messageView(message, place) })
  if (shown.why !== 'ok') await platform.answer(by.id, place?.reply, message)
}

async function confirm(intent: Submitted, ack: Ack, parts: Handling): Promise<void> {
  const { by, viewId, metadata } = intent
  const { press, place } = metadata ?? {}
  if (press === undefined) return
  const passphrase = press.passphrase ? parsePassphrase(intent.view) : undefined
  if (press.passphrase && passphrase === undefined) {
    return await ack(fieldErrors({ passphrase: words.confirm.needed }))
  }
  const delivered = await parts.dedupe('submission', `${viewId} ${intent.hash}`)
  if (delivered.why === 'again') return await ack(unchanged)
  if (delivered.why === 'unknown') {
    const view = messageView(refused(words.refused.storeDown), place)
    return await ack({ response_action: 'update', view })
  }
  await ack({ response_action: 'update', view: openingView })
  await parts.conversation.reveal({
    act: 'reveal',
    by,
    press,
    ...(place && { place }),
    ...(passphrase && { passphrase }),
    surface: modalSurface({ viewId, press, by, ...(place && { place }) }, parts),
  })
}

/** The answer to a repetition: it leaves the window as the first delivery has made it, a shown secret included. */
const unchanged = { response_action: 'errors', errors: {} } as const

function fieldErrors(problems: Problems) {
  return { response_action: 'errors', errors: { ...problems } } as const
}

/**
 * A direct conversation is the person's own with the bot, or one between people; payloads do not say which. It matters
 * for whoever is "here": in the first nobody else is.
 */
async function resolvePlace(
  place: Place | undefined,
  by: Person,
  { platform }: Handling,
): Promise<Place | undefined> {
  if (place?.kind !== 'direct') return place
  const own = await withinOr(platform.openDm(by.id), placeMs, undefined)
  return own?.why === 'ok' && own.channel === place.channel ? { ...place, kind: 'bot' } : place
}
