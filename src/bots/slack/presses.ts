import type { SecretId } from '../../core/format/id.ts'
import { answerOnce } from '../adapter/answer.ts'
import type { Event } from '../adapter/event.ts'
import type { Person } from '../adapter/platform.ts'
import type { Press } from '../adapter/press.ts'
import { retry } from '../adapter/retry.ts'
import type { Message } from '../adapter/view.ts'
import { openCompose, openConfirm, openTyped, showCompose, suggest } from './forms.ts'
import type { Ack, Handling } from './handling.ts'
import type { Pressed } from './parse.ts'
import { homeView, messageView } from './views.ts'

/** A press on one of our buttons, wherever it stands. */
export async function handlePress(intent: Pressed, ack: Ack, parts: Handling): Promise<void> {
  const handled = handle(intent, parts)
  await Promise.all([ack(), handled])
}

async function handle(intent: Pressed, parts: Handling): Promise<void> {
  const { press, by, trigger, on, viewId, place, form } = intent
  switch (press?.act) {
    case 'open':
      if (on !== 'message') break
      return await openConfirm({ by, press, ...(place && { place }) }, trigger, parts)
    case 'new': {
      const to = press.to === undefined ? [] : [press.to]
      const compose = { by, to, ...(place && { place }) }
      if (on === 'modal' && viewId) return await showCompose(compose, viewId, parts)
      return await openCompose(compose, trigger, parts)
    }
    case 'seal-typed':
      if (on !== 'message' || !place) break
      return await openTyped({ by, message: press.message, place }, trigger, parts)
    case 'wipe':
      if (on !== 'modal' || !viewId) break
      return await wipe(viewId, press.id, parts)
    case 'suggest':
      if (!viewId || !form) break
      return await suggest({ by, what: press.what, viewId, form, ...(place && { place }) }, parts)
    case 'help':
    case 'list':
    case 'burn':
    case 'tell':
    case 'link':
      return await answerPress(intent, press, parts)
  }
  parts.log({ event: 'malformed', platform: 'slack', what: 'button' })
  const { message } = await parts.conversation.answer({ act: 'unknown-button', by })
  await present(intent, message, parts)
}

/** At once, also where nothing is known of it; what Slack does not take now stays planned. */
async function wipe(viewId: string, id: SecretId | undefined, parts: Handling): Promise<void> {
  const { why } = await retry(() => parts.platform.wipe(viewId, false), {
    pauseMs: 1_000,
    again: (wiped) => wiped.why !== 'ok',
  })
  if (why !== 'ok') return
  parts.wipes.drop(viewId)
  if (id !== undefined) await parts.conversation.wiped(id)
}

type AnsweredPress = Extract<Press, { act: 'help' | 'list' | 'burn' | 'tell' | 'link' }>

async function answerPress(intent: Pressed, press: AnsweredPress, parts: Handling): Promise<void> {
  const delivered = await parts.dedupe('interaction', intent.trigger)
  const message = await answerOnce(eventOf(press, intent), delivered, parts.conversation)
  if (message !== undefined) await present(intent, message, parts)
}

function eventOf(press: AnsweredPress, { by, place }: Pressed): Event {
  switch (press.act) {
    case 'help':
    case 'link':
      return { act: press.act, by }
    case 'list':
      return { act: 'list', by, before: press.before }
    case 'burn':
      return { act: 'burn', by, id: press.id }
    case 'tell':
      return { act: 'tell', by, press, ...(place && { place }) }
  }
}

/** Shows an answer where its button stood, so that only the one who pressed sees it. */
async function present(intent: Pressed, message: Message, parts: Handling): Promise<void> {
  const { by, on, viewId, place, press, ephemeral } = intent
  if (on === 'home') return await publishHome(by, parts, message, press)
  // The page is for the form that offered it: what is filled in there stays.
  if (on === 'modal' && viewId && press?.act !== 'link') {
    const view = messageView(message, place)
    const shown = await parts.api.call('views.update', { view_id: viewId, view })
    if (shown.why === 'ok') return
  }
  const replace = ephemeral && press?.act === 'list'
  await parts.platform.answer(by.id, place?.reply, message, replace)
}

/** App Home, with the answer to what was pressed there above the list; a page of the list takes the list's place. */
export async function publishHome(
  by: Person,
  parts: Handling,
  answer?: Message,
  press?: Press,
): Promise<void> {
  const paged = press?.act === 'list' ? answer : undefined
  const page = paged ?? (await parts.conversation.answer({ act: 'list', by, before: '' })).message
  const view = homeView(page, paged ? undefined : answer)
  await parts.api.call('views.publish', { user_id: by.id, view })
}
