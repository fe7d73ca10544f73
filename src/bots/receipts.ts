import type { Kind } from '../core/format/token.ts'
import type { ReceiptView } from '../core/receipt.ts'
import type { State, TerminalState } from '../core/store.ts'
import type { About } from './about.ts'
import type { Message, Part } from './adapter/view.ts'
import { burnButton, buttons, line, newButton, plain } from './blocks.ts'
import { say, words } from './words.ts'

/** How it ended. What was lost before anybody had claimed it was not interrupted in its opening, but on its way. */
export function ending({ state, claimed }: Pick<ReceiptView, 'state' | 'claimed'>) {
  return state === 'lost' && !claimed ? 'undelivered' : (state as TerminalState)
}

/** What came from outside and went: no sender here knows of it or could send it again. */
export function isLostAnswer(kind: Kind, end: ReturnType<typeof ending>): boolean {
  return kind === 'd1' && (end === 'unconfirmed' || end === 'lost')
}

/** The sender's message that follows its secret from sealed to its end. */
export function receiptCard(receipt: ReceiptView, about: About, doubtful = false): Message {
  return plain(
    words.receipt.summary,
    line(about.audience === 'place' ? words.receipt.toPlace(about.to) : words.receipt.to(about.to)),
    ...(about.note === '' ? [] : [line(words.card.note(about.note))]),
    line(status(receipt, about)),
    ...(doubtful && receipt.state === 'sealed' ? [line(words.receipt.doubtfulCard)] : []),
    ...(burnable(receipt.state) ? [buttons(burnButton(receipt.id))] : []),
  )
}

/** Whether its sender can still destroy it unread. */
export function burnable(state: State): boolean {
  return state === 'sealed' || state === 'staged' || state === 'asked'
}

/** One line of "My secrets". */
export function status(receipt: ReceiptView, about: About): readonly Part[] {
  switch (receipt.state) {
    case 'staged':
      return [{ text: words.receipt.staged }]
    case 'claimed':
      return [{ text: words.receipt.claimed }]
    case 'asked':
      return words.receipt.asked(receipt.expiresAt)
    case 'sealed':
      return words.receipt.sealed(receipt.expiresAt)
    case 'revealed':
      return about.audience === 'place' && receipt.actor
        ? words.receipt.revealedBy(receipt.actor.id, receipt.changedAt)
        : words.receipt.revealed(receipt.changedAt)
    default: {
      const end = ending(receipt)
      if (isLostAnswer(receipt.kind, end)) return words.ask.lost(receipt.changedAt)
      return words.receipt[end](receipt.changedAt)
    }
  }
}

/** What whoever asked outside is told: that it was answered, or ended. The rest they did or saw themselves. */
function requestNews(state: State): Message | undefined {
  if (state === 'sealed') return plain(words.notice.summary, line(words.ask.answered))
  return state === 'expired' ? plain(words.notice.summary, line(words.ask.expired)) : undefined
}

/** The news that a sender is sent, beside the receipt that changes in place; undefined where the change is their own. */
export function notice(receipt: ReceiptView, about: About): Message | undefined {
  if (receipt.kind === 'd1') return requestNews(receipt.state)
  const who = receipt.actor?.id ?? (about.audience === 'person' ? about.to : undefined)
  const note = about.note === '' ? [] : [line(words.card.note(about.note))]
  const end = ending(receipt)
  switch (end) {
    case 'burned':
      return undefined
    case 'revealed':
      return who === undefined
        ? undefined
        : plain(words.notice.summary, line(words.notice.revealed(who)), ...note)
    default: {
      const to = about.audience === 'person' ? [line(say`It was for ${{ person: about.to }}.`)] : []
      return plain(words.notice.summary, line(words.notice[end]), ...to, ...note, buttons(newButton))
    }
  }
}
