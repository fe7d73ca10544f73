import type { ModalView } from '@slack/types'
import type { Log } from '../../core/log.ts'
import { codeOf } from '../../core/log.ts'
import { answerOnce, answerTyped } from '../adapter/answer.ts'
import type { Dedupe } from '../adapter/dedupe.ts'
import type { Conversation, Event } from '../adapter/event.ts'
import type { Wipes } from '../adapter/wipes.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import type { Api } from './api.ts'
import { openCompose } from './forms.ts'
import type { Command, Heard } from './parse.ts'
import type { SlackPlatform } from './platform.ts'
import { pressed, publishHome } from './presses.ts'
import { submitted } from './submissions.ts'

/** The answer to an interaction itself; Slack waits three seconds for it. Does not reject, and counts once. */
export type Ack = (
  answer?:
    | { readonly response_action: 'update'; readonly view: ModalView }
    | { readonly response_action: 'errors'; readonly errors: Readonly<Record<string, string>> },
) => Promise<void>

export interface Hearing {
  readonly api: Api
  readonly platform: SlackPlatform
  readonly wipes: Wipes
  readonly dedupe: Dedupe
  readonly conversation: Conversation
  readonly log: Log
  readonly maxTtlSeconds: number
}

/** Does what a person asked for and answers them, also when that fails in a way that nobody thought of. */
export async function hear(heard: Heard, ack: Ack, parts: Hearing): Promise<void> {
  try {
    await act(heard, ack, parts)
  } catch (error) {
    parts.log({ event: 'handler-failed', platform: 'slack', what: heard.what, code: codeOf(error) })
    await ack()
    if (!('by' in heard) || heard.by === undefined) return
    const place = 'place' in heard ? heard.place : 'metadata' in heard ? heard.metadata?.place : undefined
    await parts.platform.answer(heard.by.id, place?.reply, refused(words.refused.failed))
  }
}

async function act(heard: Heard, ack: Ack, parts: Hearing): Promise<void> {
  switch (heard.what) {
    case 'command':
      return await commanded(heard, ack, parts)
    case 'shortcut': {
      const opened = openCompose({ by: heard.by, to: [] }, heard.trigger, parts)
      await Promise.all([ack(), opened])
      return
    }
    case 'press':
      return await pressed(heard, ack, parts)
    case 'submit':
      return await submitted(heard, ack, parts)
    case 'closed':
      parts.wipes.drop(heard.viewId)
      return await ack()
    case 'home':
      return await publishHome(heard.by, parts)
    case 'typed':
      await answerTyped(heard, parts)
      return
    case 'nothing':
      return await ack()
    case 'unknown': {
      parts.log({ event: 'malformed', platform: 'slack', what: 'payload' })
      await ack()
      if (heard.by === undefined) return
      const { message } = await parts.conversation.answer({ act: 'unknown-button', by: heard.by })
      return await parts.platform.answer(heard.by.id, heard.reply, message)
    }
  }
}

async function commanded(heard: Command, ack: Ack, parts: Hearing): Promise<void> {
  const { by, place, trigger, said } = heard
  if (typeof said === 'object' && 'to' in said) {
    const opened = openCompose({ by, to: said.to, place }, trigger, parts)
    await Promise.all([ack(), opened])
    return
  }
  await ack()
  const delivered = await parts.dedupe('interaction', trigger)
  const answers = await Promise.all(
    eventsOf(heard).map((event) => answerOnce(event, delivered, parts.conversation)),
  )
  const [first] = answers
  if (first === undefined) return
  const blocks = answers.flatMap((answer) => answer?.blocks ?? [])
  await parts.platform.answer(by.id, place.reply, { ...first, blocks })
}

function eventsOf({ by, said }: Command): readonly Event[] {
  if (typeof said === 'object') {
    if ('to' in said) return []
    const ask = { act: 'ask', by, name: said.name, note: said.note } as const
    return said.ask.length === 0 ? [ask] : said.ask.map((to) => ({ ...ask, to }))
  }
  switch (said) {
    case 'list':
      return [{ act: 'list', by, before: '' }]
    case 'other':
      return [{ act: 'typed-in-command', by }]
    default:
      return [{ act: said, by }]
  }
}
