import { answerOnce, answerTyped } from '../../../src/bots/adapter/answer.ts'
import type { Dedupe } from '../../../src/bots/adapter/dedupe.ts'
import { passphraseOf, typedSecret, wipeDraft } from '../../../src/bots/adapter/draft.ts'
import type { Conversation, FormEvent, SendEvent } from '../../../src/bots/adapter/event.ts'
import { lookUpMs, type Person, type Platform } from '../../../src/bots/adapter/platform.ts'
import { retry } from '../../../src/bots/adapter/retry.ts'
import type { Message } from '../../../src/bots/adapter/view.ts'
import type { Wipes } from '../../../src/bots/adapter/wipes.ts'
import { anotherTry, problemMessage } from '../../../src/bots/problems.ts'
import { refused } from '../../../src/bots/refusals.ts'
import { words } from '../../../src/bots/words.ts'
import type { Log } from '../../../src/core/log.ts'
import type { Answer, Connection } from './connection.ts'
import { renderForm } from './forms.ts'
import { bounds } from './limits.ts'
import type { Intent } from './parse.ts'
import type { Body, Interaction } from './protocol.ts'
import { renderMessage, sentence } from './render.ts'
import { privateMessage } from './surface.ts'

/** What answering an interaction takes. */
export interface DispatchParts {
  readonly call: Connection['call']
  readonly platform: Platform
  readonly conversation: Conversation
  readonly dedupe: Dedupe
  readonly wipes: Wipes
  readonly log: Log
  readonly maxTtlSeconds: number
}

/** Does what one interaction asks for. Forms leave before anything is awaited, everything else is noted in the store first. */
export async function dispatch(
  interaction: Interaction,
  intent: Intent,
  parts: DispatchParts,
): Promise<void> {
  const { call, platform, conversation, dedupe, wipes, log } = parts
  switch (intent.kind) {
    case 'form':
      return await openForm(intent.event)
    case 'seal-typed': {
      const typed = await readTyped(intent.by, intent.message)
      return await openForm({ act: 'compose', by: intent.by, to: [], ...typed })
    }
    case 'wipe':
      return await wipe(intent)
    case 'problems':
      return await say(problemMessage(intent.problems))
    case 'send':
      return await send(intent.event)
    case 'reveal':
      return await reveal(intent)
    case 'typed':
      await answerTyped(intent.typed, parts)
      return
    case 'answer': {
      const { event } = intent
      if (event.act === 'unknown-button') log({ event: 'malformed', platform: 'pigeon', what: 'button' })
      const message = await answerOnce(event, await dedupe('interaction', interaction.id), conversation)
      return message && (await say(message))
    }
  }

  async function openForm(event: FormEvent): Promise<void> {
    const form = conversation.form(event)
    const opened = call({
      verb: 'form',
      interaction: interaction.id,
      form: renderForm(form, parts.maxTtlSeconds),
    })
    if (form.form === 'compose') form.secret?.wipe()
    note(await opened)
  }

  async function send(event: SendEvent): Promise<void> {
    const { why } = await dedupe('submission', interaction.id)
    if (why !== 'first') wipeDraft(event.draft)
    if (why === 'again') return
    if (why === 'unknown') return void (await put(sentence(words.sent.storeDown)))
    await put(sentence(words.compose.sealing))
    const checked = await conversation.check(event)
    if ('ready' in checked) return await say((await conversation.send(checked.ready)).message)
    wipeDraft(event.draft)
    await say(problemMessage(checked.problems))
  }

  async function reveal({ by, press, place, passphrase: text }: Extract<Intent, { kind: 'reveal' }>) {
    if (interaction.what !== 'filled') return
    const { why } = await dedupe('submission', interaction.id)
    if (why === 'again') return
    if (why === 'unknown') return await say(refused(words.refused.storeDown))
    const passphrase = press.passphrase ? passphraseOf(text) : undefined
    if (press.passphrase && passphrase === undefined) return await say(anotherTry())
    const surface = privateMessage(interaction, press, { call, platform, wipes })
    await conversation.reveal({
      act: 'reveal',
      by,
      press,
      place,
      surface,
      ...(passphrase && { passphrase }),
    })
  }

  /** What this person typed, read again because it was kept nowhere; or why it is not in the form. */
  async function readTyped(by: Person, message: string): Promise<ReturnType<typeof typedSecret>> {
    const answer = await call({ verb: 'read', room: interaction.room, message }, lookUpMs)
    const { by: author, text } = answer.why === 'ok' ? answer.fields : {}
    const isTheirs = author === by.id && typeof text === 'string'
    return typedSecret(isTheirs ? text : undefined, bounds.maxSecretChars)
  }

  async function wipe({ message, id }: Extract<Intent, { kind: 'wipe' }>): Promise<void> {
    if (!(await put(sentence(words.confirm.wiped)))) return
    wipes.drop(message)
    if (id) await conversation.wiped(id)
  }

  async function say(message: Message): Promise<void> {
    await put(renderMessage(message))
  }

  /** Whether it is there. */
  async function put(body: Body): Promise<boolean> {
    const answer = await retry(() => call({ verb: 'private', interaction: interaction.id, body }))
    note(answer)
    return answer.why === 'ok'
  }

  function note(answer: Answer): void {
    if (answer.why === 'ok') return
    log({ event: 'platform-call-failed', platform: 'pigeon', call: 'answer', code: answer.code })
  }
}
