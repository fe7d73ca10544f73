import type { ErrandHandler, ErrandResult, Promised } from '../core/errands.ts'
import type { SecretId } from '../core/format/id.ts'
import { parseParty, printParty } from '../core/format/party.ts'
import { utf8 } from '../core/format/utf8.ts'
import type { Log } from '../core/log.ts'
import type { ReceiptView } from '../core/receipt.ts'
import { isTerminal, newsMs, states } from '../core/store.ts'
import type { Vault } from '../core/vault.ts'
import { type About, parseAbout, printAbout } from './about.ts'
import type { Delivery, Failure, Platform, Posted } from './adapter/platform.ts'
import { spentCard } from './cards.ts'
import { receiptCard } from './receipts.ts'
import { waitOf } from './screens.ts'

/** How soon what could not be edited or posted is tried again, ms. */
const soonMs = 5_000

type Late = Omit<ReceiptView, 'id' | 'about' | 'createdAt' | 'givenUp'>

/**
 * What is still to be written into a card, or into the receipt; posted, where its place is not known. It is kept as long
 * as the news. @param now ms since epoch, a few minutes off do no harm
 */
export function lateEdit(
  name: 'card' | 'receipt',
  receipt: ReceiptView,
  failed: Failure,
  now: number,
): Promised {
  const dueAt = now + (waitOf(failed) ?? soonMs)
  return { ...lateReceipt(receipt.id, receipt, receipt.about), name, dueAt }
}

/** The receipt that could not be posted. */
export function lateReceipt(id: SecretId, receipt: Late, about: Uint8Array): Omit<Promised, 'dueAt'> {
  const { kind, state, changedAt, expiresAt, claimed, actor } = receipt
  const by = actor && Buffer.from(printParty(actor)).toString('base64url')
  const head = utf8(`${JSON.stringify([kind, state, changedAt, expiresAt, claimed, by ?? ''])}\n`)
  return { id, name: 'receipt', until: expiresAt + newsMs, note: Buffer.concat([head, about]) }
}

/** Undefined when it is no such note. */
function parse(id: SecretId, note: Uint8Array): ReceiptView | undefined {
  const end = note.indexOf(0x0a)
  let head: unknown
  try {
    head = JSON.parse(new TextDecoder().decode(note.subarray(0, Math.max(0, end))))
  } catch {
    return undefined
  }
  if (!Array.isArray(head)) return undefined
  const [kind, state, changedAt, expiresAt, claimed, by] = head
  if (!states.includes(state)) return undefined
  const actor = by === '' ? undefined : parseParty(Buffer.from(String(by), 'base64url'))
  const times = { createdAt: 0, changedAt, expiresAt }
  return { id, kind, state, ...times, claimed, about: note.slice(end + 1), ...(actor && { actor }) }
}

/** Writes what a platform did not take when it was news, until it takes it or never will. */
export function lateEdits(
  vault: Pick<Vault, 'look' | 'confirm'>,
  platforms: readonly Platform[],
  log: Log,
): { readonly card: ErrandHandler; readonly receipt: ErrandHandler } {
  function handler(
    name: 'card' | 'receipt',
    write: (platform: Platform, receipt: ReceiptView, about: About) => Promise<Delivery | Posted>,
  ): ErrandHandler {
    return async (note, { id }): Promise<ErrandResult> => {
      const receipt = parse(id, note)
      const about = receipt && parseAbout(receipt.about)
      const platform = platforms.find((one) => one.name === about?.platform)
      if (!receipt || !about || !platform) return 'elsewhere'
      const written = await write(platform, receipt, about)
      if (written.why === 'ok' || (written.why === 'definitive' && written.gone)) return 'done'
      log({ event: 'errand-failed', id, name, code: written.code })
      const after = waitOf(written)
      return after === undefined ? 'later' : { after }
    }
  }

  /** It may have ended meanwhile: then it says so from the start, and also when it ended while it was posted. */
  async function post(platform: Platform, { id }: ReceiptView): Promise<Delivery | Posted> {
    const before = await vault.look(id)
    const about = before && parseAbout(before.about)
    if (!before || !about) return { why: 'ok' }
    const posted = await platform.post({ person: about.from }, receiptCard(before, about))
    if (posted.why !== 'ok' || !posted.at) return posted
    await vault.confirm(id, printAbout({ ...about, receipt: posted.at }))
    const after = await vault.look(id)
    if (after && after.state !== before.state) await platform.edit(posted.at, receiptCard(after, about))
    return posted
  }

  return {
    card: handler('card', async (platform, receipt, { card, ...about }) =>
      card && isTerminal(receipt.state) ? platform.edit(card, spentCard(receipt, about)) : { why: 'ok' },
    ),
    receipt: handler('receipt', async (platform, receipt, about) =>
      about.receipt ? platform.edit(about.receipt, receiptCard(receipt, about)) : post(platform, receipt),
    ),
  }
}
