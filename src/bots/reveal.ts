import type { Errands } from '../core/errands.ts'
import type { Secret } from '../core/format/secret.ts'
import { derive } from '../core/format/suite1.ts'
import type { Log } from '../core/log.ts'
import { codeOf } from '../core/log.ts'
import type { Refusal } from '../core/receipt.ts'
import type { Attempt, Hold, Vault } from '../core/vault.ts'
import type { RevealEvent } from './adapter/event.ts'
import type { Platform } from './adapter/platform.ts'
import { tryTwice } from './adapter/retry.ts'
import type { RevealView } from './adapter/view.ts'
import { spentCard } from './cards.ts'
import { deliver } from './deliver.ts'
import type { Notices } from './notices.ts'
import { partyOf, pressedBy } from './party.ts'
import { refused, tried } from './refusals.ts'
import { oweWipe, shownMs, wipeName } from './screens.ts'
import { words } from './words.ts'

/** How long one person has the claim, ms. */
const leaseMs = 15_000

/** What it takes to open a secret. */
export interface RevealParts {
  readonly vault: Vault
  readonly platform: Platform
  readonly notices: Notices
  readonly errands: Pick<Errands, 'owe' | 'keep' | 'now' | 'cancel'>
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
  const { vault, platform, log } = parts
  const prepared = await surface.prepare()
  if (prepared.why !== 'ok') {
    log({ event: 'platform-call-failed', platform: platform.name, call: 'prepare', code: prepared.code })
    return false
  }
  let attempt: Attempt | undefined
  let got: Hold | Refusal
  try {
    const ready = await tryTwice(() => attemptOf(event, parts))
    attempt = ready
    // The same claim id again gets the same bytes, so that a lost answer costs nothing.
    got = await tryTwice(() => vault.reveal(ready))
  } catch (error) {
    log({ event: 'store-failed', call: 'claim', code: codeOf(error) })
    await surface.show(sentence(words.refused.storeDown), 1)
    if (attempt) await vault.giveUp(attempt)
    return false
  } finally {
    event.passphrase?.wipe()
  }
  if (got.why !== 'opened') {
    await surface.show(tried(got, press), 1)
    if (got.why === 'gone' && got.receipt) {
      await surface.replaceCard(spentCard(got.receipt, press))
      if (got.receipt.state === 'locked') await parts.notices.announce([got.receipt.id])
    }
    return false
  }
  return await show(got, event, parts)
}

/** With the wipe of what it would show, which the claim plans: whatever happens to this process then. */
async function attemptOf(event: RevealEvent, parts: RevealParts): Promise<Attempt> {
  const { passphrase, surface, press } = event
  const { platform, errands, leaseMs: ms = leaseMs } = parts
  const wipe = await oweWipe(errands, derive(press.token).id, platform, surface.wiping())
  return {
    ...pressedBy(platform, event),
    owes: [wipe],
    ...(passphrase && { passphrase }),
    claimId: crypto.getRandomValues(new Uint8Array(16)),
    leaseMs: ms,
  }
}

async function show(hold: Hold, event: RevealEvent, parts: RevealParts): Promise<boolean> {
  const { surface, press, by } = event
  const { platform, notices, log, clock = Date.now } = parts
  // The notices reach the cards that the receipt knows of; the pressed one may be another, or stand where the bot is not.
  const end = async (state: 'revealed' | 'unconfirmed' | 'lost') => {
    const actor = partyOf(platform, by)
    const receipt = { kind: press.token.kind, state, changedAt: clock(), claimed: true, actor }
    await Promise.all([surface.replaceCard(spentCard(receipt, press)), notices.announce([hold.id])])
  }
  const wipeAt = clock() + shownMs
  const view: RevealView = { view: 'shown', id: hold.id, secret: hold.secret, from: press.from, wipeAt }
  const unreadable = !isText(hold.secret)
  const outcome = unreadable ? notText : await deliver(surface, view, hold.leftMs)
  hold.secret.wipe()
  if (outcome.why === 'hidden') {
    log({ event: 'platform-call-failed', platform: platform.name, call: 'show', code: outcome.code })
    const released = await ended(() => hold.release([wipeName]), 'release', log)
    const kept = unreadable ? words.refused.unreadable : words.refused.notShown
    const gone = released === undefined ? words.refused.storeDown : words.refused.lost
    await surface.show(sentence(released ? kept : gone), 1)
    // Without an answer it may still be sealed, and only the card has the token that opens it.
    if (released === false) await end('lost')
    return false
  }
  if (outcome.why === 'doubtful') {
    log({ event: 'unconfirmed', platform: platform.name, id: hold.id, code: outcome.code })
  }
  const state = outcome.why === 'shown' ? 'revealed' : 'unconfirmed'
  // Not settled: when the lease ends the store itself destroys the bytes and says "lost".
  await end((await ended(() => hold.settle(state), 'settle', log)) ? state : 'lost')
  return true
}

/** Undefined: the store did not say what became of it. */
async function ended(
  verb: () => Promise<boolean>,
  call: 'release' | 'settle',
  log: Log,
): Promise<boolean | undefined> {
  try {
    return await tryTwice(verb)
  } catch (error) {
    log({ event: 'store-failed', call, code: codeOf(error) })
    return undefined
  }
}

/** What somebody outside has sealed may be anything. */
const notText = { why: 'hidden', code: 'not_text' } as const

function isText(secret: Secret): boolean {
  try {
    secret.text()
    return true
  } catch {
    return false
  }
}

function sentence(text: string): RevealView {
  return { view: 'message', message: refused(text) }
}
