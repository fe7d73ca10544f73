import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Conversation } from './event.ts'
import type { Platform } from './platform.ts'

/** One chat platform, connected: it hears people and speaks to them. */
export interface Bot {
  readonly platform: Platform

  /** Set when the platform calls us: requests to exactly this path belong to the bot. */
  readonly http?: {
    readonly path: string
    handle(request: IncomingMessage, response: ServerResponse): void
  }

  /** Begins to hear people. Resolves once begun, connected or not: an outage is retried for ever, with one log line a minute. */
  start(conversation: Conversation): Promise<void>

  /** Whether the platform can be reached now. */
  connected(): boolean

  /** Hears nobody new, waits for what is in flight for at most `deadlineMs`; how many were left unfinished. */
  stop(deadlineMs: number): Promise<number>
}
