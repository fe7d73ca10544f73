import { codeOf, type Log } from '../../core/log.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import type { Platform } from './platform.ts'
import type { Message } from './view.ts'

/** What a person reads when answering them failed in a way that nobody thought of. */
export const apology: Message = refused(words.refused.failed)

interface Handled {
  readonly log: Log
  readonly platform: Platform['name']
  /** The kind of what is answered, for the log. */
  readonly what: string
}

/**
 * Waits for `work`: nothing that one person did may end the process, or leave them without an answer. Rejects only when
 * `sorry` does.
 * @param sorry says `apology` to the person who acted, and to nobody else
 */
export async function orApologise(
  work: Promise<void>,
  { log, platform, what }: Handled,
  sorry: () => Promise<void>,
): Promise<void> {
  try {
    await work
  } catch (error) {
    log({ event: 'handler-failed', platform, what, code: codeOf(error) })
    await sorry()
  }
}
