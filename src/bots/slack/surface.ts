import type { Delivery, Failure, Person, Surface } from '../adapter/platform.ts'
import type { OpenPress } from '../adapter/press.ts'
import type { Message, RevealView } from '../adapter/view.ts'
import type { Wipes } from '../adapter/wipes.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import type { Api } from './api.ts'
import { fields, string } from './fields.ts'
import type { Spot } from './metadata.ts'
import type { SlackPlatform } from './platform.ts'
import { content, noPreviews } from './platform.ts'
import { openingView, revealView } from './views.ts'

/** A view has no time of its own: whoever has not closed it within this still has it on the screen. ms */
const wipeForMs = 24 * 60 * 60_000

interface SurfaceParts {
  readonly api: Api
  readonly platform: SlackPlatform
  readonly wipes: Wipes
}

interface Modal {
  readonly viewId: string
  readonly press: OpenPress
  readonly by: Person
  /** Where the card was pressed. */
  readonly place?: Spot
}

/** The modal of one reveal (`docs/adr/0003`). */
export function modalSurface(
  { viewId, press, by, place }: Modal,
  { api, platform, wipes }: SurfaceParts,
): Surface {
  /** Of the "Opening…" that we wrote last: while it fits, nothing has come after it, our acknowledgement included. */
  let fence: string | undefined
  /** An attempt whose answer is unknown may have put the secret on the screen. */
  let maybeShown = false

  const update = (view: ReturnType<typeof revealView>, attempt: number, hash?: string) =>
    api.call('views.update', { view_id: viewId, view, ...(hash !== undefined && { hash }) }, attempt)

  /** A person whose window does not take an answer gets it where they pressed, or in a message. */
  const elsewhere = (message: Message) => platform.answer(by.id, place?.reply, message)

  return {
    async prepare() {
      const opened = await update(openingView, 1)
      if (opened.why === 'ok') {
        fence = string(fields(opened.body['view'])['hash'])
        return { why: 'ok' }
      }
      if (opened.code !== 'not_found') await elsewhere(refused(words.refused.notShown))
      return opened
    },

    wiping: () => ({ note: viewId, forMs: wipeForMs }),

    async show(view, attempt) {
      const slackView = revealView(view, press, place)
      const hash = fence
      fence = undefined
      // Planned before the attempt: an answer that never comes may have shown it all the same.
      if (view.view === 'shown') wipes.plan(viewId, { id: view.id, at: view.wipeAt, note: viewId })
      let shown = await update(slackView, attempt, hash)
      // The acknowledgement came in between. That proves that this attempt changed nothing: it is made once more.
      if (hash !== undefined && shown.why !== 'ok' && shown.code === 'hash_conflict') {
        shown = await update(slackView, attempt)
      }
      const delivery: Delivery = shown.why === 'ok' ? { why: 'ok' } : shown
      if (delivery.why !== 'ok') await failed(view, delivery)
      return delivery
    },

    async replaceCard(message) {
      if (place === undefined) return
      const { channel, message: ts } = place
      // The news joins this edit. It does not know a card whose posting was never answered.
      const edited = ts === undefined ? undefined : await platform.edit({ channel, message: ts }, message)
      // An ephemeral card, and one where the bot is no member, are reached through the press alone.
      if (edited?.why === 'ok' || place.reply === undefined) return
      await api.respond(place.reply, { replace_original: true, ...content(message), ...noPreviews })
    },
  }

  async function failed(view: RevealView, failure: Failure): Promise<void> {
    if (view.view === 'shown') {
      maybeShown ||= failure.why === 'ambiguous'
      if (!maybeShown) wipes.drop(viewId)
    }
    if (view.view === 'message') await elsewhere(view.message)
    if (view.view === 'confirm' && view.form.problem !== undefined && failure.code !== 'not_found') {
      await elsewhere(refused(view.form.problem))
    }
  }
}
