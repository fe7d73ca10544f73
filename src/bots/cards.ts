import type { ReceiptView } from '../core/receipt.ts'
import type { About } from './about.ts'
import type { OpenPress } from './adapter/press.ts'
import type { Message, Part } from './adapter/view.ts'
import { buttons, line, plain, quiet } from './blocks.ts'
import { ending, isLostAnswer } from './receipts.ts'
import { words } from './words.ts'

/** The message with the Reveal button. `named`: it stands in a channel and has to say whom it is for. */
export function card(about: About, press: OpenPress, expiresAt: number, named: boolean): Message {
  const lead =
    about.audience === 'place'
      ? words.card.place(about.from)
      : named
        ? words.card.personHere(about.from, about.to)
        : words.card.person(about.from)
  return {
    summary: about.audience === 'place' ? words.card.placeSummary : words.card.summary,
    blocks: [
      line(lead),
      ...(about.note === '' ? [] : [line(words.card.note(about.note))]),
      ...(press.passphrase ? [line(words.card.passphrase)] : []),
      buttons({ label: words.buttons.reveal, press, tone: 'primary' }),
      quiet(words.card.until(expiresAt)),
    ],
  }
}

/** The card once more, where only its recipient sees it, beside the durable one. */
export function hintCard(about: About, press: OpenPress, expiresAt: number): Message {
  const { summary, blocks } = card(about, press, expiresAt, false)
  return { summary, blocks: [...blocks, quiet(words.card.hintAlso)] }
}

/** What the card becomes: without button, token, note or sender's words. */
export function spentCard(receipt: Ended, about: Pick<About, 'audience'>): Message {
  return plain(words.card.doneSummary, line(spent(receipt, about)))
}

type Ended = Pick<ReceiptView, 'kind' | 'state' | 'claimed' | 'changedAt' | 'actor'>

function spent(receipt: Ended, about: Pick<About, 'audience'>) {
  const end = ending(receipt)
  if (isLostAnswer(receipt.kind, end)) return words.ask.lost(receipt.changedAt)
  switch (end) {
    case 'revealed':
      return about.audience === 'place' && receipt.actor
        ? words.card.openedBy(receipt.actor.id, receipt.changedAt)
        : words.card.opened(receipt.changedAt)
    case 'unconfirmed':
      return words.card.unconfirmed(receipt.changedAt)
    case 'lost':
      return words.card.lost(receipt.changedAt)
    case 'undelivered':
      return words.card.undelivered(receipt.changedAt)
    case 'burned':
      return receipt.kind === 'd1' ? words.ask.burned : words.card.burned
    case 'locked':
      return words.card.locked
    case 'expired':
      return words.card.expired
  }
}

/** The first line of the confirm form. */
export function confirmLead(press: OpenPress): readonly Part[] {
  return press.token.kind === 'd1' ? [{ text: words.ask.dropOnce }] : words.confirm.once(press.from)
}

/** The line above a secret that is shown. */
export function shownLead(press: OpenPress, wipeAt: number): readonly Part[] {
  return press.token.kind === 'd1' ? words.ask.dropShown(wipeAt) : words.confirm.shown(press.from, wipeAt)
}
