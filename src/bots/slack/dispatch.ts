import { answerOnce, answerTyped } from '../adapter/answer.ts'
import { apology, orApologise } from '../adapter/apology.ts'
import type { Event } from '../adapter/event.ts'
import { openCompose } from './forms.ts'
import type { Ack, Handling } from './handling.ts'
import type { Command, Intent } from './parse.ts'
import { handlePress, publishHome } from './presses.ts'
import { handleSubmission } from './submissions.ts'

/** Does what a person asked for and answers them, also when that fails in a way that nobody thought of. */
export async function dispatch(intent: Intent, ack: Ack, parts: Handling): Promise<void> {
  const handled = { log: parts.log, platform: 'slack', what: intent.kind }
  await orApologise(handle(intent, ack, parts), handled, async () => {
    await ack()
    if (!('by' in intent) || intent.by === undefined) return
    const place = 'place' in intent ? intent.place : 'metadata' in intent ? intent.metadata?.place : undefined
    await parts.platform.answer(intent.by.id, place?.reply, apology)
  })
}

async function handle(intent: Intent, ack: Ack, parts: Handling): Promise<void> {
  switch (intent.kind) {
    case 'command':
      return await handleCommand(intent, ack, parts)
    case 'shortcut': {
      const opened = openCompose({ by: intent.by, to: [] }, intent.trigger, parts)
      await Promise.all([ack(), opened])
      return
    }
    case 'press':
      return await handlePress(intent, ack, parts)
    case 'submit':
      return await handleSubmission(intent, ack, parts)
    case 'closed':
      parts.wipes.drop(intent.viewId)
      await ack()
      if (intent.shown) await parts.conversation.wiped(intent.shown)
      return
    case 'home':
      return await publishHome(intent.by, parts)
    case 'typed':
      await answerTyped(intent, parts)
      return
    case 'nothing':
      return await ack()
    case 'unknown': {
      parts.log({ event: 'malformed', platform: 'slack', what: 'payload' })
      await ack()
      if (intent.by === undefined) return
      const { message } = await parts.conversation.answer({ act: 'unknown-button', by: intent.by })
      return await parts.platform.answer(intent.by.id, intent.reply, message)
    }
  }
}

async function handleCommand(intent: Command, ack: Ack, parts: Handling): Promise<void> {
  const { by, place, trigger, text } = intent
  if (typeof text === 'object' && 'to' in text) {
    const opened = openCompose({ by, to: text.to, place }, trigger, parts)
    await Promise.all([ack(), opened])
    return
  }
  await ack()
  const delivered = await parts.dedupe('interaction', trigger)
  const answers = await Promise.all(
    eventsOf(intent).map((event) => answerOnce(event, delivered, parts.conversation)),
  )
  const [first] = answers
  if (first === undefined) return
  const blocks = answers.flatMap((answer) => answer?.blocks ?? [])
  await parts.platform.answer(by.id, place.reply, { ...first, blocks })
}

function eventsOf({ by, text }: Command): readonly Event[] {
  if (typeof text === 'object') {
    if ('to' in text) return []
    const ask = { act: 'ask', by, name: text.name, note: text.note } as const
    return text.ask.length === 0 ? [ask] : text.ask.map((to) => ({ ...ask, to }))
  }
  switch (text) {
    case 'list':
      return [{ act: 'list', by, before: '' }]
    case 'other':
      return [{ act: 'typed-in-command', by }]
    default:
      return [{ act: text, by }]
  }
}
