import { createHash, randomUUID } from 'node:crypto'
import { within } from '../../core/deadline.ts'
import type { Log } from '../../core/log.ts'
import { codeOf } from '../../core/log.ts'
import type { SecretStore } from '../../core/store.ts'
import type { Event } from './event.ts'
import type { Platform } from './platform.ts'

/** Which delivery of one and the same thing this is. */
export type Delivered =
  /** `forget` undoes that it came: the next delivery is the first. Does not reject. */
  | { readonly why: 'first'; forget(): Promise<void> }
  /** `unknown`: the store did not say in time, so this may be a repetition. */
  | { readonly why: 'again' | 'unknown' }

/** Tells a first delivery from its repetitions, whichever process they reach. Does not reject. */
export type Dedupe = (kind: 'event' | 'interaction' | 'submission', mark: string) => Promise<Delivered>

/**
 * Longer than anything is delivered again or can still be answered, ms: Slack repeats an event for six minutes and takes
 * answers for half an hour, Discord takes them for a quarter, and a captured request is fresh for five minutes.
 */
export const rememberMs = 60 * 60_000

/** What is left for the store of the three seconds in which Slack waits for a submission's answer, ms. */
export const waitMs = 700

/** One mark in `store` for each thing that `platform` delivers. */
export function dedupe(
  store: Pick<SecretStore, 'first' | 'forget'>,
  log: Log,
  platform: Platform['name'],
): Dedupe {
  return async (kind, mark) => {
    // Hashed: trigger ids and the like grant something for a while.
    const key = `${platform}:${kind}:${createHash('sha256').update(mark).digest('base64url')}`
    const caller = randomUUID()
    const failed = (call: 'first' | 'forget', error: unknown) =>
      log({ event: 'store-failed', call, code: codeOf(error) })
    const forget = () => store.forget(key, caller).catch((error: unknown) => failed('forget', error))
    let isOver = false
    const ask = () => store.first(key, caller, rememberMs)
    // Asked once more, as the same caller: that finds out what became of the first time.
    const asked = ask().catch((error: unknown) => {
      if (isOver) throw error
      return ask()
    })
    try {
      return (await within(asked, waitMs)) ? { why: 'first', forget } : { why: 'again' }
    } catch (error) {
      isOver = true
      failed('first', error)
      // It may have been written all the same, and then the person's next try would look like a repetition.
      void forget()
      return { why: 'unknown' }
    }
  }
}

/**
 * Whether `event` would do twice what must happen once. Then it waits for a store that can say which delivery it is;
 * everything else is answered at any rate, and says so itself when it needs the store.
 */
export function mustBeFirst({ act }: Event): boolean {
  return act === 'tell' || act === 'ask'
}
