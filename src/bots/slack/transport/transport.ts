import type { App, Receiver } from '@slack/bolt'
import type { Bot } from '../../adapter/bot.ts'

/** One of the two ways in which Slack reaches us. */
export interface Transport {
  readonly receiver: Receiver
  readonly http?: NonNullable<Bot['http']>
  /** Resolves after the first try, whatever came of it. */
  start(app: App): Promise<void>
  connected(): boolean
  /** Hears nobody new from now on. */
  stop(): Promise<void>
}
