import type { ErrandHandler, ErrandResult, Errands } from '../core/errands.ts'
import type { SecretId } from '../core/format/id.ts'
import { utf8 } from '../core/format/utf8.ts'
import type { Log } from '../core/log.ts'
import type { Errand } from '../core/store.ts'
import type { Failure, Platform, Wiping } from './adapter/platform.ts'

/** How long a secret stays on the screen, ms. */
export const shownMs = 60_000

/** The errand that takes a secret off a screen. */
export const wipeName = 'wipe'

/** What the process that has shown it has ahead of all others, ms. */
const aheadMs = 1_500

/** Between one try and the next, at most, ms: what is wiped stands on a screen meanwhile. */
const maxPauseMs = 30_000
const firstPauseMs = 2_000

/**
 * What a claim owes before anything is shown: whoever is alive when the minute is over takes it away.
 * @throws when the store cannot be reached
 */
export function oweWipe(
  errands: Pick<Errands, 'owe'>,
  id: SecretId,
  { name }: Pick<Platform, 'name'>,
  { note, forMs }: Wiping,
): Promise<Errand> {
  return errands.owe({ id, name: wipeName, inMs: shownMs + aheadMs, forMs, note: utf8(`${name} ${note}`) })
}

/** Wipes through the platform that the note names; a process without it leaves the errand to another. */
export function wipeHandler(platforms: readonly Platform[], log: Log): ErrandHandler {
  return async (bytes, { id, tries }): Promise<ErrandResult> => {
    const text = new TextDecoder().decode(bytes)
    const space = text.indexOf(' ')
    const platform = platforms.find(({ name }) => name === text.slice(0, space))
    if (platform === undefined) return 'elsewhere'
    const wiped = await platform.wipe(text.slice(space + 1), false)
    if (wiped.why === 'ok') return 'done'
    log({ event: 'errand-failed', id, name: wipeName, code: wiped.code })
    return { after: waitOf(wiped) ?? Math.min(firstPauseMs * 2 ** tries, maxPauseMs) }
  }
}

/** The errand by which a process that stops finds out whether another lives. */
const callName = 'roll-call'

/** How long a call waits for whoever starts next, so that it leaves nothing behind, ms. */
const callForMs = 24 * 60 * 60_000

/** Finds out whether another process lives that could wipe what this one leaves. */
export interface RollCall {
  /** Answers the calls of other processes, and never its own. */
  readonly handlers: Readonly<Record<typeof callName, ErrandHandler>>
  /** Calls the others; false: the store is away. Does not reject. */
  call(errands: Pick<Errands, 'keep'>, id: SecretId, platform: Pick<Platform, 'name'>): Promise<boolean>
  /** Whether one has answered, which takes a round. Takes the call back. Does not reject. */
  answered(errands: Pick<Errands, 'now' | 'cancel'>, id: SecretId): Promise<boolean>
}

/** The roll call of one process. @param platforms those that it has itself, whose calls it can answer */
export function rollCall(platforms: readonly Platform[]): RollCall {
  const me = crypto.randomUUID()
  return {
    handlers: {
      async [callName](note) {
        const [name, caller] = new TextDecoder().decode(note).split(' ')
        const canHelp = platforms.some((platform) => platform.name === name)
        return canHelp && caller !== me ? 'done' : 'elsewhere'
      },
    },
    async call(errands, id, { name }) {
      const note = utf8(`${name} ${me}`)
      return await errands.keep({ id, name: callName, inMs: 0, forMs: callForMs, note }).then(
        () => true,
        () => false,
      )
    },
    async answered(errands, id) {
      // Asked again: our own round may just have it in its hand.
      const isOver = async () => (await errands.now(id, callName)) === 'nothing'
      const isDone = (await isOver()) && (await isOver())
      if (!isDone) await errands.cancel(id, callName)
      return isDone
    },
  }
}

/** How long the platform wants to be left alone, ms. */
export function waitOf(failure: Failure): number | undefined {
  return failure.why === 'definitive' ? failure.afterMs : undefined
}
