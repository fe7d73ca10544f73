import type { Errands } from '../core/errands.ts'
import type { SecretId } from '../core/format/id.ts'
import type { Log } from '../core/log.ts'
import { codeOf } from '../core/log.ts'
import type { ReceiptView } from '../core/receipt.ts'
import { isTerminal, newsMs } from '../core/store.ts'
import type { Vault } from '../core/vault.ts'
import type { About } from './about.ts'
import { printAbout } from './about.ts'
import { wipeDraft } from './adapter/draft.ts'
import type { Ready, Reply } from './adapter/event.ts'
import type { Failure, Person, Platform, Posted } from './adapter/platform.ts'
import type { OpenPress } from './adapter/press.ts'
import { tryTwice } from './adapter/retry.ts'
import type { Block, Place } from './adapter/view.ts'
import { line, newButton, buttons as row } from './blocks.ts'
import { card, hintCard, spentCard } from './cards.ts'
import { lifetimeOf } from './draft-problems.ts'
import { lateReceipt } from './late-edits.ts'
import type { Notices } from './notices.ts'
import { partyOf } from './party.ts'
import { receiptCard } from './receipts.ts'
import { waitOf } from './screens.ts'
import { words } from './words.ts'

/** How long posting a card may take before its secret counts as lost, ms. */
const stagedMs = 180_000

interface SendParts {
  readonly vault: Vault
  readonly platform: Platform
  readonly notices: Notices
  readonly errands: Pick<Errands, 'owe'>
  readonly log: Log
  readonly maxTtlSeconds: number
}

/** One recipient's outcome: what to tell the sender, and whether something is sealed and has its receipt. */
interface Sent {
  readonly blocks: readonly Block[]
  readonly sealed: boolean
  readonly receipt: boolean
}

/** Seals one record for each recipient, posts its card, then its receipt. The reply names every recipient's outcome. */
export async function send(ready: Ready, parts: SendParts): Promise<Reply> {
  const { draft, place } = ready.event
  const sent =
    ready.people.length > 0
      ? await Promise.all(ready.people.map((person) => sendOne(ready, person, parts)))
      : place
        ? [await sendOne(ready, place, parts)]
        : []
  wipeDraft(draft)
  const sealed = sent.filter((one) => one.sealed)
  const closing = sealed.every((one) => one.receipt) ? words.sent.receipt : words.sent.noReceipt
  return {
    message: {
      summary: words.sent.summary,
      blocks: [...sent.flatMap((one) => one.blocks), sealed.length === 0 ? row(newButton) : line(closing)],
    },
  }
}

async function sendOne({ event }: Ready, to: Person | Place, parts: SendParts): Promise<Sent> {
  const { by, draft } = event
  const { vault, platform, log, maxTtlSeconds } = parts
  const party = partyOf(platform, to)
  const audience = 'channel' in to ? 'place' : 'person'
  const about: About = { platform: platform.name, from: by.id, audience, to: party.id, note: draft.note }
  try {
    const shared = await vault.share({
      content: draft.secret,
      ...(draft.passphrase && { passphrase: draft.passphrase }),
      ttlSeconds: lifetimeOf(draft, maxTtlSeconds),
      recipient: party,
      owner: partyOf(platform, by),
      about: printAbout(about),
      stagedMs,
    })
    if (shared.why === 'busy') return unsent(words.sent.busy)
    const press: OpenPress = {
      act: 'open',
      token: shared.token,
      from: by.id,
      passphrase: draft.passphrase !== undefined,
      audience,
    }
    return await handOver({ event, about, press, ...shared }, parts)
  } catch (error) {
    log({ event: 'store-failed', call: 'share', code: codeOf(error) })
    return unsent(words.sent.storeDown)
  }
}

/** A receipt that the platform did not take. */
interface Late {
  readonly receipt: ReceiptView
  readonly failed: Failure
  readonly ttlMs: number
}

/** How soon it is tried again, ms. */
const soonMs = 5_000

interface Staged {
  readonly event: Ready['event']
  readonly about: About
  readonly press: OpenPress
  readonly id: SecretId
  readonly expiresAt: number
}

async function handOver(staged: Staged, parts: SendParts): Promise<Sent> {
  const { vault, platform, log } = parts
  const { event, about, press, id, expiresAt } = staged
  const { posted, fellBack } = await postCard(staged, platform)
  if (posted.why === 'definitive') {
    log({ event: 'platform-call-failed', platform: platform.name, call: 'post-card', code: posted.code })
    await vault.discard(id)
    if (about.audience === 'place') return unsent(words.sent.notPostedPlace)
    return unsent(posted.gone ? words.sent.blocked(about.to) : words.sent.notPosted(about.to))
  }
  const doubtful = posted.why === 'ambiguous'
  const receipt = sealedNow(id, expiresAt)
  const receiptPost = await platform.post({ person: event.by.id }, receiptCard(receipt, about, doubtful))
  const known: About = {
    ...about,
    ...(posted.why === 'ok' && posted.at && { card: posted.at }),
    ...(receiptPost.why === 'ok' && receiptPost.at && { receipt: receiptPost.at }),
  }
  const isLate = receiptPost.why === 'ambiguous' || (receiptPost.why === 'definitive' && !receiptPost.gone)
  const late = isLate && {
    receipt,
    failed: receiptPost,
    ttlMs: lifetimeOf(event.draft, parts.maxTtlSeconds) * 1_000,
  }
  const unsure = !(await confirmed(id, known, parts, late || undefined))
  const { place } = event
  if (about.audience === 'person' && place?.kind === 'channel' && !fellBack && !doubtful) {
    await platform.hint(place, about.to, hintCard(about, press, expiresAt))
  }
  return {
    sealed: true,
    receipt: receiptPost.why === 'ok' && !unsure,
    blocks: [
      ...(fellBack ? [line(words.sent.fallback(about.to))] : []),
      line(unsure ? lostTouch(about) : doubtful ? doubt(about) : sealedFor(about, expiresAt)),
    ],
  }
}

/** False: the store did not answer, and the secret may end as `lost` within a minute; then its sender hears of it. */
async function confirmed(id: SecretId, about: About, parts: SendParts, late?: Late): Promise<boolean> {
  const { vault, errands, log } = parts
  const printed = printAbout(about)
  const plan = async ({ receipt, failed, ttlMs }: Late) => {
    const { until: _, ...errand } = lateReceipt(id, receipt, printed)
    return errands.owe({ ...errand, inMs: waitOf(failed) ?? soonMs, forMs: ttlMs + newsMs })
  }
  try {
    const owes = late && [await tryTwice(() => plan(late))]
    if ((await tryTwice(() => vault.confirm(id, printed, owes))) !== 'sealed') await catchUp(id, about, parts)
    return true
  } catch (error) {
    log({ event: 'store-failed', call: 'confirm', code: codeOf(error) })
    return false
  }
}

/** Somebody was faster than this receipt: it learns at once what became of the secret, announced already or not. */
async function catchUp(id: SecretId, about: About, { vault, platform, notices }: SendParts): Promise<void> {
  if ((await notices.announce([id])) > 0) return
  const receipt = await vault.look(id)
  if (!receipt || !isTerminal(receipt.state)) return
  await Promise.all([
    about.card && platform.edit(about.card, spentCard(receipt, about)),
    about.receipt && platform.edit(about.receipt, receiptCard(receipt, about)),
  ])
}

/** A recipient who takes no messages from the bot gets the card where it was sent from, if that is a place. */
async function postCard(
  { event: { place }, about, press, expiresAt }: Staged,
  platform: Platform,
): Promise<{ readonly posted: Posted; readonly fellBack: boolean }> {
  if (about.audience === 'place' && place) {
    return { posted: await platform.post({ place }, card(about, press, expiresAt, true)), fellBack: false }
  }
  const posted = await platform.post({ person: about.to }, card(about, press, expiresAt, false))
  const blocked = posted.why === 'definitive' && posted.gone
  if (!blocked || place === undefined || place.kind === 'bot') return { posted, fellBack: false }
  const fallback = await platform.post({ place }, card(about, press, expiresAt, true))
  return fallback.why === 'definitive' ? { posted, fellBack: false } : { posted: fallback, fellBack: true }
}

function sealedNow(id: SecretId, expiresAt: number): ReceiptView {
  const times = { createdAt: 0, changedAt: 0, expiresAt }
  return { id, kind: 'c1', state: 'sealed', ...times, about: new Uint8Array(), claimed: false }
}

function sealedFor(about: About, expiresAt: number) {
  return about.audience === 'place'
    ? words.sent.place(about.to, expiresAt)
    : words.sent.one(about.to, expiresAt)
}

function doubt(about: About) {
  return about.audience === 'place' ? words.sent.doubtfulPlace : words.sent.doubtful(about.to)
}

function lostTouch(about: About) {
  return about.audience === 'place' ? words.sent.unsurePlace : words.sent.unsure(about.to)
}

function unsent(text: Parameters<typeof line>[0]): Sent {
  return { sealed: false, receipt: false, blocks: [line(text)] }
}
