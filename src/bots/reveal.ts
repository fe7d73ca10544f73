import type { Log } from '../core/log.ts'
import { codeOf } from '../core/log.ts'
import type { Hold, Refusal, Vault } from '../core/vault.ts'
import { spentCard } from './cards.ts'
import { deliver } from './deliver.ts'
import type { RevealEvent } from './event.ts'
import type { Notices } from './notices.ts'
import type { Platform } from './platform.ts'
import { refused, tried } from './refused.ts'
import { placeParty } from './send.ts'
import type { RevealView } from './view.ts'
import { words } from './words.ts'

/** How long one person has the claim, ms. */
export const leaseMs = 15_000

/** How long the secret stays on the screen, ms. */
export const shownMs = 60_000

export interface RevealParts {
  readonly vault: Vault
  readonly platform: Platform
  readonly notices: Notices
  readonly log: Log
  readonly leaseMs?: number
  /** ms since epoch, for what the person reads; the lease runs on the store's clock. */
  readonly clock?: () => number
}

/**
 * Opens the private surface first, claims second, writes the content last. Whatever fails before the claim consumes
 * nothing; whatever fails after it counts as shown unless the contrary is proven.
 */
export async function reveal(event: RevealEvent, parts: RevealParts): Promise<boolean> {
  const { surface, press } = event
  const { platform, log } = parts
  const prepared = await surface.prepare()
  if (prepared.why !== 'ok') {
    log({ event: 'platform-call-failed', platform: platform.name, call: 'prepare', code: prepared.code })
    return false
  }
  let got: Hold | Refusal
  try {
    got = await claim(event, parts)
  } catch (error) {
    // The claim may have been recorded: nothing was shown, and the lease ends it as lost.
    log({ event: 'store-failed', call: 'claim', code: codeOf(error) })
    await surface.show(sentence(words.refused.storeDown), 1)
    return false
  } finally {
    event.passphrase?.wipe()
  }
  if (got.why !== 'opened') {
    await surface.show(tried(got, press), 1)
    if (got.why === 'gone' && got.told) {
      await surface.replaceCard(spentCard(got.told, press))
      if (got.told.state === 'locked') await parts.notices.announce([got.told.id])
    }
    return false
  }
  return await show(got, event, parts)
}

function claim(
  { press, passphrase, by, place }: RevealEvent,
  { vault, platform, leaseMs: ms = leaseMs }: RevealParts,
) {
  const attempt = {
    token: press.token,
    ...(passphrase && { passphrase }),
    by: { platform: platform.name, ...by },
    ...(press.audience === 'place' && place && { place: placeParty(platform.name, place) }),
    claimId: crypto.getRandomValues(new Uint8Array(16)),
    leaseMs: ms,
  }
  // The same claim id again gets the same bytes, so that a lost answer costs nothing.
  return vault.reveal(attempt).catch(() => vault.reveal(attempt))
}

async function show(hold: Hold, event: RevealEvent, parts: RevealParts): Promise<boolean> {
  const { surface, press, by } = event
  const { platform, notices, log, leaseMs: ms = leaseMs, clock = Date.now } = parts
  // The notices reach the cards that the receipt knows of; the pressed one may be another, or stand where the bot is not.
  const end = async (state: 'revealed' | 'unconfirmed' | 'lost') => {
    const told = { state, changedAt: clock(), actor: { platform: platform.name, ...by } }
    await Promise.all([surface.replaceCard(spentCard(told, press)), notices.announce([hold.id])])
  }
  const view: RevealView = { view: 'shown', secret: hold.secret, from: press.from, wipeAt: clock() + shownMs }
  const outcome = await deliver(surface, view, ms)
  hold.secret.wipe()
  const state = outcome.why === 'shown' ? 'revealed' : 'unconfirmed'
  let settled = false
  try {
    if (outcome.why === 'hidden') {
      const released = await hold.release()
      log({ event: 'platform-call-failed', platform: platform.name, call: 'show', code: outcome.code })
      await surface.show(sentence(released ? words.refused.notShown : words.refused.lost), 1)
      if (!released) await end('lost')
      return false
    }
    if (outcome.why === 'doubtful') {
      log({ event: 'unconfirmed', platform: platform.name, id: hold.id, code: outcome.code })
    }
    settled = await hold.settle(state)
  } catch (error) {
    // Not settled: when the lease ends the store itself destroys the bytes and says "lost".
    log({ event: 'store-failed', call: 'settle', code: codeOf(error) })
  }
  await end(settled ? state : 'lost')
  return true
}

function sentence(text: string): RevealView {
  return { view: 'message', message: refused(text) }
}
