import { randomInt } from 'node:crypto'
import { type After, withinOr } from './deadline.ts'
import type { SecretId } from './format/id.ts'
import type { Keyring } from './keyring.ts'
import { codeOf, type Log } from './log.ts'
import { openNote, sealNote } from './outer.ts'
import type { DueErrand, Errand, ErrandStore } from './store.ts'
import { maxErrandNote } from './store.ts'

/** What running an errand came to; `elsewhere`: this process cannot, another may. */
export type ErrandResult = 'done' | 'later' | 'elsewhere' | { readonly after: number }

/**
 * Does one errand, which may have been done before: done, or not yet and then not before `after` ms. An error that it throws
 * means `later`, and so does an answer that has not come when `signal` aborts.
 */
export type ErrandHandler = (
  note: Uint8Array,
  errand: { readonly id: SecretId; readonly tries: number; readonly signal: AbortSignal },
) => Promise<ErrandResult>

/** What somebody promises for later. Times are those of the store's clock, ms since epoch. */
export interface Promised {
  readonly id: SecretId
  readonly name: string
  readonly dueAt: number
  readonly until: number
  /** ≤ `maxErrandNote` bytes; a key to something may stand in it. */
  readonly note: Uint8Array
}

/** What somebody promises for later, counted from now; in ms. */
interface Owed extends Pick<Promised, 'id' | 'name' | 'note'> {
  readonly inMs: number
  readonly forMs: number
}

/** `nothing`: it is not owed, or in somebody's hand. `away`: the store did not say. */
type RunNow = 'done' | 'owed' | 'nothing' | 'away'

/** Plans and runs errands, for whoever registered a handler by their name. */
export interface Errands {
  /** The errand, with its note sealed, for the step that owes it. @throws RangeError on a note that is too long */
  plan(promised: Promised): Errand
  /** The same, counted from now by the store's clock. @throws when the store cannot be reached */
  owe(owed: Owed): Promise<Errand>
  /** Plans one that no step owes. @throws when the store cannot be reached */
  keep(promised: Promised | Owed): Promise<void>
  /** One round over whatever is due; how many were done. Does not reject. */
  round(): Promise<number>
  /** Runs one at once. Does not reject. */
  now(id: SecretId, name: string): Promise<RunNow>
  /** There is nothing left to do for it. Does not reject: an errand that stays is done once more. */
  cancel(id: SecretId, name: string): Promise<void>
}

/** What the runner is made of. */
interface ErrandParts {
  readonly store: ErrandStore & { now(): Promise<number> }
  readonly keyring: Keyring
  /** By the name of the errand. */
  readonly handlers: Readonly<Record<string, ErrandHandler>>
  readonly log: Log
  /** ms since epoch; only for how often the same is logged. */
  readonly clock?: () => number
  readonly after?: After
  /** A random part of `most`, 0 included. */
  readonly jitter?: (most: number) => number
}

/** Between one try and the next, ms; the last again and again. */
const pauses = [5_000, 30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000, 6 * 60 * 60_000] as const

/** A process that stops does not wait for a handler that hangs. */
function whileRunning(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms).unref()
  return () => clearTimeout(timer)
}

function pauseAfter(tries: number): number {
  return pauses[Math.min(tries, pauses.length - 1)] ?? 0
}

/** How long a handler has for one try, and how long nobody else begins, ms. */
const tryMs = 45_000
const holdMs = 60_000

/** How soon an errand comes back that this process leaves to others, at least and at most, ms. */
const elsewhereMs = [2_000, 4_000] as const

const batch = 50

/** The store is asked again and again, and while it is away that is said once in this time, ms. */
const lineEveryMs = 60_000

/**
 * Runs what was promised for later, in whichever process is alive: with growing pauses until it is done, or until its time
 * is over and a line in the log says so.
 */
export function errands(parts: ErrandParts): Errands {
  const { store, keyring, handlers, log, clock = Date.now, after = whileRunning } = parts
  const { jitter = (most) => randomInt(Math.floor(most) + 1) } = parts
  let saidAt = Number.NEGATIVE_INFINITY

  function storeFailed(call: 'errands' | 'postpone' | 'finish', error: unknown): void {
    if (clock() - saidAt < lineEveryMs) return
    saidAt = clock()
    log({ event: 'store-failed', call, code: codeOf(error) })
  }

  /** Whether it was done. What the store does not hear of comes again when the hold is over. */
  async function run(errand: DueErrand): Promise<boolean> {
    const { id, name, tries, over } = errand
    if (over) {
      log({ event: 'errand-given-up', id, name })
      await end(errand)
      return false
    }
    const result = await attempt(errand)
    if (result === 'done') await end(errand)
    else if (result === 'elsewhere') await again(errand, ...elsewhereMs, tries)
    else {
      // The pause, and then a part of it: processes that failed together do not come back together.
      const pause = result === 'later' ? pauseAfter(tries) : Math.max(0, result.after)
      await again(errand, pause, pause * 1.2, tries + 1)
    }
    return result === 'done'
  }

  async function attempt({ id, name, note, tries }: DueErrand): Promise<ErrandResult> {
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
    const opened = handler && openNote(keyring, id, 'errand/v1', note)
    // A note that no key here opens is left to a process that has it.
    if (opened === undefined || handler === undefined) return 'elsewhere'
    const late = new AbortController()
    try {
      const run = handler(opened, { id, tries, signal: late.signal })
      // One that hangs must not keep the round from the others.
      const result = await withinOr(run, tryMs, undefined, after)
      if (result !== undefined) return result
      late.abort()
      log({ event: 'errand-failed', id, name, code: 'timeout' })
      return 'later'
    } catch (error) {
      log({ event: 'errand-failed', id, name, code: codeOf(error) })
      return 'later'
    } finally {
      opened.fill(0)
    }
  }

  async function end(errand: DueErrand): Promise<void> {
    try {
      await store.finish(errand.id, errand.name, errand)
    } catch (error) {
      storeFailed('finish', error)
    }
  }

  async function again(errand: DueErrand, atLeast: number, atMost: number, tries: number): Promise<void> {
    try {
      const dueAt = Math.ceil((await store.now()) + atLeast + jitter(atMost - atLeast))
      await store.postpone(errand.id, errand.name, dueAt, { note: errand.note, tries })
    } catch (error) {
      storeFailed('postpone', error)
    }
  }

  /** For each errand whether it was done; undefined: the store did not say which there are. */
  async function each(due: () => Promise<readonly DueErrand[]>): Promise<readonly boolean[] | undefined> {
    try {
      return await Promise.all((await due()).map(run))
    } catch (error) {
      storeFailed('errands', error)
      return undefined
    }
  }

  async function owe({ inMs, forMs, ...owed }: Owed): Promise<Errand> {
    const now = await store.now()
    return plan({ ...owed, dueAt: Math.ceil(now + inMs), until: Math.ceil(now + forMs) })
  }

  function plan({ id, name, dueAt, until, note }: Promised): Errand {
    if (note.length > maxErrandNote) throw new RangeError('the note of an errand is too long')
    return { id, name, dueAt, until, note: sealNote(keyring, id, 'errand/v1', note) }
  }

  return {
    plan,
    owe,
    keep: async (promised) => store.plan('inMs' in promised ? await owe(promised) : plan(promised)),
    round: async () => (await each(() => store.errands(batch, holdMs)))?.filter(Boolean).length ?? 0,

    async now(id, name) {
      const results = await each(() => store.errands(1, holdMs, [{ id, name }]))
      if (results === undefined) return 'away'
      return results.length === 0 ? 'nothing' : results[0] ? 'done' : 'owed'
    },

    async cancel(id, name) {
      try {
        await store.finish(id, name)
      } catch (error) {
        storeFailed('finish', error)
      }
    },
  }
}
