import type { SecretId } from '../core/format/id.ts'
import type { Kind } from '../core/format/token.ts'
import type { ReceiptView } from '../core/receipt.ts'
import type { State, TerminalState } from '../core/store.ts'
import type { About } from './about.ts'
import type { Press } from './adapter/press.ts'
import type { Block, Button, Message, Part } from './adapter/view.ts'
import { say, words } from './words.ts'

export type OpenPress = Extract<Press, { act: 'open' }>

export function line(parts: readonly Part[] | string, button?: Button): Block {
  return {
    block: 'line',
    parts: typeof parts === 'string' ? [{ text: parts }] : parts,
    ...(button && { button }),
  }
}

export function quiet(parts: readonly Part[] | string): Block {
  return { block: 'line', parts: typeof parts === 'string' ? [{ text: parts }] : parts, quiet: true }
}

export function buttons(...list: readonly Button[]): Block {
  return { block: 'buttons', buttons: list }
}

export const newButton: Button = { label: words.buttons.newSecret, press: { act: 'new' }, tone: 'primary' }
export const listButton: Button = { label: words.buttons.mySecrets, press: { act: 'list', before: '' } }
export const helpButton: Button = { label: words.buttons.help, press: { act: 'help' } }

export function burnButton(id: SecretId): Button {
  return { label: words.buttons.burn, press: { act: 'burn', id }, tone: 'danger', sure: words.sure }
}

/** A message of sentences. */
export function plain(summary: string, ...blocks: readonly Block[]): Message {
  return { summary, blocks }
}

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

/** How it ended. What was lost before anybody had claimed it was not interrupted in its opening, but on its way. */
export function ending({ state, claimed }: Pick<ReceiptView, 'state' | 'claimed'>) {
  return state === 'lost' && !claimed ? 'undelivered' : (state as TerminalState)
}

/** What came from outside and went: no sender here knows of it or could send it again. */
function isLostAnswer(kind: Kind, end: ReturnType<typeof ending>): boolean {
  return kind === 'd1' && (end === 'unconfirmed' || end === 'lost')
}

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

/** The first line of the confirm form. */
export function confirmLead(press: OpenPress): readonly Part[] {
  return press.token.kind === 'd1' ? [{ text: words.ask.dropOnce }] : words.confirm.once(press.from)
}

/** The line above a secret that is shown. */
export function shownLead(press: OpenPress, wipeAt: number): readonly Part[] {
  return press.token.kind === 'd1' ? words.ask.dropShown(wipeAt) : words.confirm.shown(press.from, wipeAt)
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
