import { createHash, randomUUID } from 'node:crypto'
import { within } from '../../core/deadline.ts'
import type { Log } from '../../core/log.ts'
import { codeOf } from '../../core/log.ts'
import type { SecretStore } from '../../core/store.ts'

/** `unknown`: the store cannot be reached, so this may be a repetition. */
export type Delivered =
  | { readonly why: 'first'; forget(): Promise<void> }
  | { readonly why: 'again' | 'unknown' }

/** Tells a first delivery from its repetitions, whichever process they reach. */
export type Once = (kind: 'event' | 'press' | 'submission', mark: string) => Promise<Delivered>

/** Longer than Slack repeats an event, and twice as long as a captured request stays fresh, ms. */
const rememberMs = 15 * 60_000

/** What is left for the store of the three seconds in which a submission must be answered, ms. */
const waitMs = 700

export function once(store: Pick<SecretStore, 'first' | 'forget'>, log: Log): Once {
  return async (kind, mark) => {
    // Hashed: trigger ids and the like grant something for a while.
    const key = `slack:${kind}:${createHash('sha256').update(mark).digest('base64url')}`
    const caller = randomUUID()
    const forget = async () => {
      await store.forget(key, caller).catch((error: unknown) => {
        log({ event: 'store-failed', call: 'forget', code: codeOf(error) })
      })
    }
    try {
      const first = await within(store.first(key, caller, rememberMs), waitMs)
      return first ? { why: 'first', forget } : { why: 'again' }
    } catch (error) {
      log({ event: 'store-failed', call: 'first', code: codeOf(error) })
      // It may have been written all the same, and then the person's next try would look like a repetition.
      void forget()
      return { why: 'unknown' }
    }
  }
}
