import type { SecretId } from '../../core/format/id.ts'
import type { Log } from '../../core/log.ts'
import { answerOnce } from '../adapter/answer.ts'
import type { Clock } from '../adapter/clock.ts'
import { type Dedupe, type Delivered, mustBeFirst } from '../adapter/dedupe.ts'
import { passphraseOf, wipeDraft } from '../adapter/draft.ts'
import type { Conversation, Event, FormEvent, SendEvent } from '../adapter/event.ts'
import type { Platform } from '../adapter/platform.ts'
import { retry } from '../adapter/retry.ts'
import type { Message } from '../adapter/view.ts'
import type { Wipes } from '../adapter/wipes.ts'
import { anotherTry, problemMessage, sentence } from '../problems.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import { alreadyAcknowledged } from './errors.ts'
import { renderForm, sureModal } from './forms.ts'
import type { Interactions } from './interactions.ts'
import type { Intent, Interaction } from './parse.ts'
import { renderInstead, renderMessage, renderReveal } from './render.ts'
import { privateMessage } from './surface.ts'
import type { Answer, Rest } from './transport/rest.ts'
import { fetchTyped } from './typed.ts'

interface DispatchParts {
  readonly interactions: Interactions
  readonly rest: Rest
  readonly platform: Platform
  readonly conversation: Conversation
  readonly dedupe: Dedupe
  readonly log: Log
  readonly maxTtlSeconds: number
  readonly wipes: Wipes
  readonly clock: Clock
  /** Somebody else had acknowledged what came to this shard. */
  onCollision(shard: number): void
}

/** How long "Wiped." is to be read, ms. */
const wipedMs = 60_000

/**
 * Answers one interaction. Forms leave before anything is awaited. Everything else is acknowledged first, which only
 * one process can, then noted in the store where it has an effect, and then done.
 */
export function dispatcher(
  parts: DispatchParts,
): (interaction: Interaction, intent: Intent, shard: number) => Promise<void> {
  const { interactions, conversation, log } = parts

  return async (interaction, intent, shard) => {
    switch (intent.kind) {
      case 'form':
        return logFailure(await openForm(intent.event))
      case 'sure':
        return logFailure(await interactions.openModal(interaction, sureModal(intent.press)))
      case 'seal-typed': {
        const typed = await fetchTyped(parts.rest, interaction, intent.message)
        return logFailure(await openForm({ act: 'compose', by: interaction.by, to: [], ...typed }))
      }
      case 'wipe':
        return await wipe(intent.id)
      case 'answer':
        return await answer(intent.event)
      case 'reveal':
        return await reveal(intent)
      case 'send':
        return await send(intent.event)
      case 'problems':
        return logFailure(await interactions.reply(interaction, problemMessage(intent.problems)))
    }

    async function wipe(id: SecretId | undefined): Promise<void> {
      // What it says then may go as well, but nobody owes that.
      parts.clock.after(wipedMs, () => void interactions.remove(interaction))
      const wiped = await interactions.update(interaction, renderReveal({ view: 'wiped' }))
      logFailure(wiped)
      if (wiped.why !== 'ok' || id === undefined) return
      parts.wipes.drop(id)
      await conversation.wiped(id)
    }

    function openForm(event: FormEvent): Promise<Answer> {
      const form = conversation.form(event)
      const sent = interactions.openModal(interaction, renderForm(form, parts.maxTtlSeconds))
      if (form.form === 'compose') form.secret?.wipe()
      return sent
    }

    async function answer(event: Event): Promise<void> {
      if (event.act === 'unknown-button') log({ event: 'malformed', platform: 'discord', what: 'button' })
      // A page of a list that only this person sees is turned in place.
      const inPlace = event.act === 'list' && interaction.source?.isPrivate === true
      const acknowledged = await (inPlace
        ? interactions.deferUpdate(interaction)
        : interactions.defer(interaction))
      if (!isMine(acknowledged)) return await unacknowledged(acknowledged, inPlace)
      // The acknowledgement has let one delivery through; what must not happen twice asks the store as well.
      const message = await answerOnce(
        event,
        mustBeFirst(event) ? await delivered() : { why: 'first' },
        conversation,
      )
      if (message !== undefined) await finish(message)
    }

    async function send(event: SendEvent): Promise<void> {
      // A message at once, not a deferral: the first follow-up after a deferral would fill the private answer.
      const acknowledged = await interactions.reply(interaction, sentence(words.compose.sealing))
      if (!isMine(acknowledged)) return await unacknowledged(acknowledged, false)
      const { why } = await delivered()
      if (why !== 'first') wipeDraft(event.draft)
      if (why === 'again') return
      if (why === 'unknown') return await finish(sentence(words.sent.storeDown))
      const checked = await conversation.check(event)
      if ('problems' in checked) {
        wipeDraft(event.draft)
        return await finish(problemMessage(checked.problems))
      }
      await finish((await conversation.send(checked.ready)).message)
    }

    async function reveal({ press, passphrase: text }: Extract<Intent, { kind: 'reveal' }>): Promise<void> {
      const passphrase = press.passphrase ? passphraseOf(text) : undefined
      if (press.passphrase && passphrase === undefined) {
        return logFailure(await interactions.reply(interaction, anotherTry()))
      }
      const surface = privateMessage(interaction, press, {
        interactions,
        platform: parts.platform,
        delivered,
        onUnacknowledged: collision,
      })
      let stands = true
      try {
        stands = await conversation.reveal({
          act: 'reveal',
          by: interaction.by,
          press,
          place: interaction.place,
          ...(passphrase && { passphrase }),
          surface,
        })
      } finally {
        // However it failed: what may have been shown is taken away in time.
        if (stands && surface.standing) parts.wipes.plan(surface.standing.id, surface.standing)
      }
    }

    function logFailure(answer: Answer): void {
      if (answer.why === 'ok') return
      collision(answer.code)
      log({ event: 'platform-call-failed', platform: 'discord', call: 'acknowledge', code: answer.code })
    }

    function collision(code: string): void {
      if (code === alreadyAcknowledged) parts.onCollision(shard)
    }

    function isMine(acknowledged: Answer): acknowledged is Extract<Answer, { why: 'ok' }> {
      logFailure(acknowledged)
      return acknowledged.why === 'ok'
    }

    /** Nothing was done. If the acknowledgement arrived after all, the person reads that. */
    async function unacknowledged(acknowledged: Answer, inPlace: boolean): Promise<void> {
      if (acknowledged.why !== 'ambiguous' || acknowledged.code === alreadyAcknowledged || inPlace) return
      await interactions.edit(interaction, renderInstead(refused(words.refused.interrupted)))
    }

    function delivered(): Promise<Delivered> {
      return parts.dedupe('interaction', interaction.id)
    }

    async function finish(message: Message): Promise<void> {
      await retry(async () => {
        const edited = await interactions.editOrFollowUp(interaction, renderMessage(message))
        if (edited.why !== 'ok') {
          log({ event: 'platform-call-failed', platform: 'discord', call: 'answer', code: edited.code })
        }
        return edited
      })
    }
  }
}
