import type { Delivery, Platform, Surface } from '../../../src/bots/adapter/platform.ts'
import type { OpenPress } from '../../../src/bots/adapter/press.ts'
import type { RevealView } from '../../../src/bots/adapter/view.ts'
import type { Wipes } from '../../../src/bots/adapter/wipes.ts'
import { refused } from '../../../src/bots/refusals.ts'
import { words } from '../../../src/bots/words.ts'
import type { Connection } from './connection.ts'
import type { Interaction } from './protocol.ts'
import { renderView } from './render.ts'

/** How long an interaction may be answered, ms. */
const wipeForMs = 24 * 60 * 60_000

interface SurfaceParts {
  readonly call: Connection['call']
  readonly platform: Platform
  readonly wipes: Wipes
}

/** The private message that answers a filled confirm form. */
export function privateMessage(
  { id, room, on }: Pick<Extract<Interaction, { what: 'filled' }>, 'id' | 'room' | 'on'>,
  press: OpenPress,
  { call, platform, wipes }: SurfaceParts,
): Surface {
  /** Its id, once it is there. */
  let message = ''

  async function put(view: RevealView): Promise<Delivery> {
    const answer = await call({ verb: 'private', interaction: id, body: renderView(view, press) })
    if (answer.why !== 'ok') return answer
    message = String(answer.fields['message'])
    return { why: 'ok' }
  }

  return {
    async prepare() {
      const opened = await put({ view: 'opening' })
      // Whoever sees "Opening…" after all would wait for ever.
      if (opened.why !== 'ok') await put({ view: 'message', message: refused(words.refused.interrupted) })
      return opened
    },

    wiping: () => ({ note: id, forMs: wipeForMs }),

    show(view) {
      // Planned before the attempt: an answer that never comes may have shown it all the same.
      if (view.view === 'shown') wipes.plan(message, { id: view.id, at: view.wipeAt, note: id })
      else wipes.drop(message)
      return put(view)
    },

    async replaceCard(card) {
      if (on !== undefined) await platform.edit({ channel: room, message: on }, card)
    },
  }
}
