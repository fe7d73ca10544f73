import { MessageFlags } from 'discord.js'
import type { Delivered } from '../adapter/dedupe.ts'
import type { Delivery, Failure, Platform, Surface } from '../adapter/platform.ts'
import type { OpenPress } from '../adapter/press.ts'
import type { RevealView } from '../adapter/view.ts'
import type { Standing } from '../adapter/wipes.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import { alreadyAcknowledged } from './errors.ts'
import type { Interactions } from './interactions.ts'
import type { Interaction } from './parse.ts'
import { noMentions, renderInstead, renderReveal } from './render.ts'
import { printWipeNote } from './wipe-note.ts'

interface SurfaceParts {
  readonly interactions: Interactions
  readonly platform: Platform
  /** Whether this interaction is handled here and now for the first time; called once it is acknowledged. */
  delivered(): Promise<Delivered>
  /** Told of every acknowledgement that did not work. */
  onUnacknowledged(code: string): void
}

/** An interaction's token is good for 15 minutes; then nobody can do anything any more. Less what it may be old already, ms. */
const wipeForMs = 14 * 60_000

/** The private message of one reveal, which also knows what stands there. */
interface PrivateMessage extends Surface {
  /** Undefined while no secret was sent to it. */
  readonly standing: Standing | undefined
}

/**
 * A card that the bot posted: a deferred private answer, filled by editing it. A card that came through an interaction
 * stands where the bot may have no access, so the press itself keeps hold of it: the press is acknowledged in place,
 * and the private message is a follow-up with an id of its own.
 */
export function privateMessage(
  interaction: Interaction,
  press: OpenPress,
  parts: SurfaceParts,
): PrivateMessage {
  const { interactions, platform } = parts
  const { source } = interaction
  const keepsCard = source?.isGuest === true && !source.isPrivate
  /** Absent: `@original`. */
  let message: string | undefined
  let standing: Standing | undefined
  const wipeNote = () => printWipeNote({ ...interaction, ...(message !== undefined && { message }) })

  async function show(view: RevealView): Promise<Delivery> {
    const body = renderReveal(view, press)
    if (body === undefined) return { why: 'definitive', code: 'unshowable' }
    if (view.view !== 'shown') return delivery(await interactions.editOrFollowUp(interaction, body, message))
    standing = { id: view.id, at: view.wipeAt, note: wipeNote() }
    return delivery(await interactions.edit(interaction, body, message))
  }

  async function open(): Promise<Delivery> {
    const acknowledged = await (keepsCard
      ? interactions.deferUpdate(interaction)
      : interactions.defer(interaction))
    if (acknowledged.why !== 'ok') {
      parts.onUnacknowledged(acknowledged.code)
      // The answer may stand there "thinking" for ever. After a lost race it is somebody else's.
      if (acknowledged.why === 'ambiguous' && acknowledged.code !== alreadyAcknowledged && !keepsCard) {
        await interactions.edit(interaction, renderInstead(refused(words.refused.interrupted)))
      }
      return acknowledged
    }
    if (!keepsCard) return acknowledged
    const posted = await interactions.followUp(interaction, {
      flags: MessageFlags.Ephemeral,
      content: words.confirm.opening,
      components: [],
      allowed_mentions: noMentions,
    })
    if (posted.why === 'ok') message = posted.message
    return delivery(posted)
  }

  return {
    get standing() {
      return standing
    },

    async prepare() {
      const opened = await open()
      if (opened.why !== 'ok') return opened
      const { why } = await parts.delivered()
      if (why === 'first') return { why: 'ok' }
      if (why === 'again') return { why: 'definitive', code: 'again' }
      await show({ view: 'message', message: refused(words.refused.storeDown) })
      return { why: 'definitive', code: 'store-down' }
    },

    wiping: () => ({ note: wipeNote(), forMs: wipeForMs }),

    show,

    async replaceCard(card) {
      if (keepsCard) await interactions.edit(interaction, renderInstead(card))
      else if (source && !source.isPrivate) {
        // The news joins this edit. It does not know a card whose posting was never answered.
        await platform.edit({ channel: interaction.place.channel, message: source.message }, card)
      }
    },
  }
}

function delivery(answer: { readonly why: 'ok' } | Failure): Delivery {
  return answer.why === 'ok' ? { why: 'ok' } : answer
}
