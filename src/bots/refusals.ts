import type { ReceiptView, Refusal } from '../core/receipt.ts'
import type { OpenPress } from './adapter/press.ts'
import type { Message, Part, RevealView } from './adapter/view.ts'
import { buttons, line } from './blocks.ts'
import { words } from './words.ts'

/** A refusal in one sentence. */
export function refused(text: string | readonly Part[], tell?: OpenPress): Message {
  const { summary } = words.refused
  if (tell === undefined) return { summary, blocks: [line(text)] }
  const press = { act: 'tell', token: tell.token, audience: tell.audience } as const
  return { summary, blocks: [line(text), buttons({ label: words.buttons.tell, press, tone: 'danger' })] }
}

/** What the private surface shows when a reveal is refused. Those who may try again get the form back. */
export function tried(refusal: Refusal, press: OpenPress): RevealView {
  switch (refusal.why) {
    case 'wrong-passphrase':
      return {
        view: 'confirm',
        form: { form: 'confirm', press, problem: words.confirm.wrong(refusal.triesLeft) },
      }
    case 'busy':
      return { view: 'confirm', form: { form: 'confirm', press, problem: words.confirm.busy } }
    default:
      return { view: 'message', message: explain(refusal, press) }
  }
}

type Gone = Extract<Refusal, { readonly why: 'gone' }>

/** A refusal as its person may know it: everyone but sender and recipient reads one and the same "gone". */
export function explain(refusal: Refusal, press: OpenPress): Message {
  switch (refusal.why) {
    case 'wrong-passphrase':
      return refused(words.confirm.wrong(refusal.triesLeft))
    case 'busy':
      return refused(words.confirm.busy)
    case 'not-recipient':
      return refused(words.refused.notYours)
    case 'nothing-yet':
      return refused(words.refused.nothingYet)
    case 'opening':
      return refused(words.refused.opening)
    case 'cannot-open':
      return refused(words.refused.cannotOpen)
    case 'tampered':
      return refused(words.refused.tampered)
    case 'gone':
      return gone(refusal, press)
  }
}

function gone({ receipt }: Gone, press: OpenPress): Message {
  if (receipt?.kind === 'd1') return answerGone(receipt)
  switch (receipt?.state) {
    case 'revealed':
      return receipt.byYou
        ? refused(words.refused.openedByYou(receipt.changedAt), press)
        : refused(words.refused.gone)
    case 'lost':
      return refused(receipt.claimed ? words.refused.lost : words.refused.undelivered)
    case 'unconfirmed':
    case 'burned':
    case 'locked':
    case 'expired':
      return refused(words.refused[receipt.state])
    default:
      return refused(words.refused.gone)
  }
}

/** Whoever sent it is outside: nobody here can ask or tell them anything for the one who asked. */
function answerGone({ state, changedAt }: ReceiptView): Message {
  switch (state) {
    case 'revealed':
      return refused(words.ask.opened(changedAt))
    case 'unconfirmed':
    case 'lost':
      return refused(words.ask.lost(changedAt))
    case 'burned':
      return refused(words.ask.burned)
    case 'expired':
      return refused(words.refused.expired)
    default:
      return refused(words.refused.gone)
  }
}
