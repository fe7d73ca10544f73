import type { HomeView, InputBlock, KnownBlock, ModalView } from '@slack/types'
import { offeredLifetimes, startingTtl } from '../../core/format/expiry.ts'
import { maxPassphraseChars } from '../../core/format/kdf.ts'
import type { OpenPress } from '../adapter/press.ts'
import type { ComposeForm, ConfirmForm, Field, Message, Place, RevealView } from '../adapter/view.ts'
import { confirmLead, shownLead } from '../cards.ts'
import { span, words } from '../words.ts'
import { bounds, limits } from './limits.ts'
import { printMetadata, type Spot } from './metadata.ts'
import { plainText, preformatted, renderBlocks, renderButton, renderButtons, rich } from './render.ts'

/** What a submission of the form that seals is called. */
export const composeId = 'compose'

/** What a submission of the form that opens is called. */
export const confirmId = 'confirm'

/** The one action of an input block, unless the view says another; the block is named after its field. */
export const fieldAction = 'value'

interface ModalParts {
  readonly title: string
  readonly blocks: readonly KnownBlock[]
  readonly submit?: string
  readonly close?: string
  readonly callbackId?: string
  readonly metadata?: string
}

function modal({ title, blocks, submit, close, callbackId, metadata }: ModalParts): ModalView {
  return {
    type: 'modal',
    title: plainText(title, limits.modalTitle),
    blocks: blocks.slice(0, limits.modalBlocks),
    close: plainText(close ?? words.buttons.close, limits.modalTitle),
    ...(submit !== undefined && { submit: plainText(submit, limits.modalTitle) }),
    ...(callbackId !== undefined && { callback_id: callbackId }),
    ...(metadata !== undefined && { private_metadata: metadata }),
    notify_on_close: true,
  }
}

/** A modal that says one sentence and waits for us. */
function waiting(title: string, text: string): ModalView {
  return modal({ title, blocks: [rich([{ text }])] })
}

/** Stands there until the form with what was typed is ready. */
export const loadingView = waiting(words.compose.title, words.compose.loading)
/** Stands there until it is known what became of a secret that is sent. */
export const sealingView = waiting(words.compose.title, words.compose.sealing)
/** Stands there until the claim is decided. */
export const openingView = waiting(words.confirm.title, words.confirm.opening)

/** A modal that shows a message; its buttons need `place`. */
export function messageView(message: Message, place?: Place): ModalView {
  return modal({
    title: words.help.title,
    blocks: renderBlocks(message),
    ...(place && { metadata: printMetadata({ place }) }),
  })
}

interface ComposeParts {
  readonly maxTtlSeconds: number
  /** Of the secret's field. Another one than before makes it a new field to Slack, which shows the form's own secret. */
  readonly secretAction?: string
}

/** The form that seals. In a form that is open already, Slack keeps what is filled into fields of the same ids. */
export function composeView(
  form: ComposeForm,
  { maxTtlSeconds, secretAction = fieldAction }: ComposeParts,
): ModalView {
  const { to, place, secret, problem, hasLinks } = form
  const open = place !== undefined && place.kind !== 'bot'
  const offered = offeredLifetimes(maxTtlSeconds)
  const options = offered.map((ttlSeconds) => ({
    text: plainText(span(ttlSeconds), limits.optionText),
    value: String(ttlSeconds),
  }))
  const chosen = options[offered.indexOf(startingTtl(maxTtlSeconds))]
  return modal({
    title: words.compose.title,
    submit: words.buttons.send,
    close: words.buttons.cancel,
    callbackId: composeId,
    metadata: printMetadata({ ...(place && { place }) }),
    blocks: [
      ...(problem === undefined ? [] : [rich([{ strong: problem }])]),
      input('to', words.compose.to, open ? words.compose.toHintPlace : words.compose.toHint, open, {
        type: 'multi_users_select',
        max_selected_items: bounds.maxRecipients,
        ...(to.length > 0 && { initial_users: to.slice(0, bounds.maxRecipients) }),
      }),
      input('secret', words.compose.secret, words.compose.secretHint, false, {
        type: 'plain_text_input',
        multiline: true,
        max_length: bounds.maxSecretChars,
        ...(secret && { initial_value: secret.text() }),
        action_id: secretAction,
      }),
      suggestions,
      ...(hasLinks ? [linkOffer] : []),
      input('passphrase', words.compose.passphrase, words.compose.passphraseHint, true, {
        type: 'plain_text_input',
        max_length: maxPassphraseChars,
      }),
      input('ttl', words.compose.ttl, undefined, false, {
        type: 'static_select',
        options,
        ...(chosen && { initial_option: chosen }),
      }),
      input('note', words.compose.note, words.compose.noteHint, true, {
        type: 'plain_text_input',
        max_length: bounds.maxNoteChars,
      }),
    ],
  })
}

const suggestions = renderButtons([
  { label: words.buttons.suggestPassword, press: { act: 'suggest', what: 'password' } },
  { label: words.buttons.suggestPassphrase, press: { act: 'suggest', what: 'passphrase' } },
])

const linkOffer: KnownBlock = {
  type: 'section',
  text: plainText(words.compose.longer, limits.section),
  accessory: renderButton({ label: words.buttons.useLink, press: { act: 'link' } }),
}

/** "You can open it once." The token lies in the private metadata and nowhere else. */
export function confirmView({ press, problem }: ConfirmForm, place: Spot | undefined): ModalView {
  return modal({
    title: words.confirm.title,
    submit: words.buttons.show,
    close: words.buttons.cancel,
    callbackId: confirmId,
    metadata: printMetadata({ press, ...(place && { place }) }),
    blocks: [
      ...(problem === undefined ? [] : [rich([{ strong: problem }])]),
      rich(confirmLead(press)),
      rich([{ text: words.confirm.ready }]),
      ...(press.passphrase
        ? [
            input('passphrase', words.confirm.passphrase, words.confirm.passphraseHint, false, {
              type: 'plain_text_input',
              max_length: maxPassphraseChars,
            }),
          ]
        : []),
    ],
  })
}

/** What the modal of one reveal shows; `press` and `place` are the pressed card's. */
export function revealView(view: RevealView, press: OpenPress, place: Spot | undefined): ModalView {
  switch (view.view) {
    case 'opening':
      return openingView
    case 'confirm':
      return confirmView(view.form, place)
    case 'shown':
      return shownView(view, press)
    case 'wiped':
      return view.isEarly ? wipedEarlyView : wipedView
    case 'message':
      return messageView(view.message, place)
  }
}

/** The secret, and no token. */
function shownView(
  { id, secret, wipeAt }: Extract<RevealView, { view: 'shown' }>,
  press: OpenPress,
): ModalView {
  return modal({
    title: words.confirm.shownTitle,
    metadata: printMetadata({ shown: id }),
    blocks: [
      rich(shownLead(press, wipeAt)),
      preformatted(secret.text()),
      renderButtons([{ label: words.buttons.wipe, press: { act: 'wipe', id }, tone: 'primary' }]),
    ],
  })
}

/** Takes the secret's place. */
export const wipedView = waiting(words.confirm.shownTitle, words.confirm.wiped)
/** The same before its minute was over. */
export const wipedEarlyView = waiting(words.confirm.shownTitle, words.confirm.wipedEarly)

/** App Home: what Sotto is, the answer to the last press if there was one, and the list of what the person sent. */
export function homeView(list: Message, answer?: Message): HomeView {
  return {
    type: 'home',
    blocks: [
      { type: 'header' as const, text: plainText(words.home.title, limits.header) },
      rich([{ text: words.home.text }]),
      ...(answer ? [...renderBlocks(answer), { type: 'divider' as const }] : []),
      ...renderBlocks(list),
    ].slice(0, limits.homeBlocks),
  }
}

function input(
  field: Field,
  label: string,
  hint: string | undefined,
  optional: boolean,
  element: InputBlock['element'],
): InputBlock {
  return {
    type: 'input',
    block_id: field,
    label: plainText(label, limits.label),
    ...(hint !== undefined && { hint: plainText(hint, limits.hint) }),
    optional,
    element: { action_id: fieldAction, ...element },
  }
}
