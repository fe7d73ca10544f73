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

/** How long the platform wants to be left alone, ms. */
export function waitOf(failure: Failure): number | undefined {
  return failure.why === 'definitive' ? failure.afterMs : undefined
}
