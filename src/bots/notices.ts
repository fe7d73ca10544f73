import { randomInt } from 'node:crypto'
import type { Errands } from '../core/errands.ts'
import type { SecretId } from '../core/format/id.ts'
import type { Log } from '../core/log.ts'
import { codeOf } from '../core/log.ts'
import type { ReceiptView } from '../core/receipt.ts'
import type { Errand, NewsState } from '../core/store.ts'
import type { Vault } from '../core/vault.ts'
import type { About } from './about.ts'
import { parseAbout } from './about.ts'
import type { Delivery, Platform, Posted } from './adapter/platform.ts'
import { spentCard } from './cards.ts'
import { lateEdit } from './late-edits.ts'
import { notice, receiptCard } from './receipts.ts'

/** How long one process has a due notice to itself, at least and at most, ms. */
const minHoldMs = 30_000
const maxHoldMs = 31_000

const batch = 50

/** The store is asked twice a second, and while it is away that is said once in this time, ms. */
const lineEveryMs = 60_000

/** News of what became of secrets, for their senders. */
export interface Notices {
  /** Tells what became of these secrets now, without waiting for the next round; how many were told. Does not reject. */
  announce(ids: readonly SecretId[]): Promise<number>
  /** One round over whatever is due; how many were told. Does not reject. */
  round(): Promise<number>
}

/**
 * Carries every end of a secret to its cards, its receipt and its sender, at least once; an edit that is refused is an
 * errand from then on. What is due lies in the
 * store, so that any living process with that platform finishes what another began.
 * @param clock ms since epoch; a few minutes off do no harm
 */
export function notices(
  vault: Vault,
  platforms: readonly Platform[],
  errands: Pick<Errands, 'plan'>,
  log: Log,
  clock: () => number = Date.now,
): Notices {
  let loggedAt = Number.NEGATIVE_INFINITY

  function storeFailed(call: 'due' | 'done', error: unknown): void {
    if (clock() - loggedAt < lineEveryMs) return
    loggedAt = clock()
    log({ event: 'store-failed', call, code: codeOf(error) })
  }

  async function announceOne(receipt: ReceiptView): Promise<boolean> {
    const state = receipt.state as NewsState
    const about = parseAbout(receipt.about)
    if (receipt.givenUp) {
      log({ event: 'news-given-up', id: receipt.id, state })
      return false
    }
    // A receipt that no key here opens is left to a process that has it.
    const platform = about && platforms.find(({ name }) => name === about.platform)
    if (!about || !platform) return false
    // One try to edit, and whatever becomes of it the news goes, and the other way round.
    const owes = await change(platform, receipt, about)
    const announced = await tell(platform, receipt, about)
    if (!announced) {
      log({ event: 'notice-failed', platform: platform.name, id: receipt.id, state })
      return false
    }
    await vault.done(receipt.id, state, owes)
    return true
  }

  /** Edits the card and the receipt; what is left to do of that. */
  async function change(platform: Platform, receipt: ReceiptView, about: About): Promise<readonly Errand[]> {
    // An answered request keeps its card: only the card has the token that opens the answer.
    const card = receipt.state === 'sealed' ? undefined : about.card
    const edited = await Promise.all([
      card ? platform.edit(card, spentCard(receipt, about)) : undefined,
      about.receipt ? platform.edit(about.receipt, receiptCard(receipt, about)) : undefined,
    ])
    const names = ['card', 'receipt'] as const
    return edited.flatMap((edit, at) => {
      const name = names[at]
      if (edit === undefined || edit.why === 'ok' || over(edit) || name === undefined) return []
      log({ event: 'platform-call-failed', platform: platform.name, call: `edit-${name}`, code: edit.code })
      return [errands.plan(lateEdit(name, receipt, edit, clock()))]
    })
  }

  /** Whether its sender was told, or never can be. */
  async function tell(platform: Platform, receipt: ReceiptView, about: About): Promise<boolean> {
    const news = notice(receipt, about)
    if (news === undefined) return true
    const at = about.receipt ?? (receipt.kind === 'd1' ? about.card : undefined)
    const answer = at && (await platform.post({ under: at }, news))
    if (answer && !(answer.why === 'definitive' && answer.gone)) return over(answer)
    return over(await platform.post({ person: about.from }, news))
  }

  /** Done, or never to be done. */
  function over(delivery: Delivery | Posted | undefined): boolean {
    return (
      delivery === undefined ||
      delivery.why === 'ok' ||
      (delivery.why === 'definitive' && delivery.gone === true)
    )
  }

  async function each(due: () => Promise<readonly ReceiptView[]>): Promise<number> {
    try {
      const results = await Promise.allSettled((await due()).map(announceOne))
      for (const result of results) {
        if (result.status === 'rejected') {
          storeFailed('done', result.reason)
        }
      }
      return results.filter((result) => result.status === 'fulfilled' && result.value).length
    } catch (error) {
      storeFailed('due', error)
      return 0
    }
  }

  return {
    announce: (ids) => each(() => vault.due(ids.length, holdMs(), ids)),
    round: () => each(() => vault.due(batch, holdMs())),
  }
}

/** Never the same, so that no process without the platform comes first again whenever a hold ends. */
function holdMs(): number {
  return randomInt(minHoldMs, maxHoldMs)
}
