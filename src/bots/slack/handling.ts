import type { ModalView } from '@slack/types'
import type { Log } from '../../core/log.ts'
import type { Dedupe } from '../adapter/dedupe.ts'
import type { Conversation } from '../adapter/event.ts'
import type { Wipes } from '../adapter/wipes.ts'
import type { Api } from './api.ts'
import type { SlackPlatform } from './platform.ts'

/** The answer to an interaction itself; Slack waits three seconds for it. Does not reject, and counts once. */
export type Ack = (
  answer?:
    | { readonly response_action: 'update'; readonly view: ModalView }
    | { readonly response_action: 'errors'; readonly errors: Readonly<Record<string, string>> },
) => Promise<void>

/** What it takes to do what a person asked for. */
export interface Handling {
  readonly api: Api
  readonly platform: SlackPlatform
  readonly wipes: Wipes
  readonly dedupe: Dedupe
  readonly conversation: Conversation
  readonly log: Log
  readonly maxTtlSeconds: number
}
