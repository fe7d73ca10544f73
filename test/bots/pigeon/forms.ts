import { pressVersion, printPress } from '../../../src/bots/adapter/press.ts'
import type { ComposeForm, ConfirmForm, Field, Form } from '../../../src/bots/adapter/view.ts'
import { confirmLead } from '../../../src/bots/cards.ts'
import { span, words } from '../../../src/bots/words.ts'
import { offeredLifetimes, startingTtl } from '../../../src/core/format/expiry.ts'
import { maxPassphraseChars } from '../../../src/core/format/kdf.ts'
import { bounds } from './limits.ts'
import type { PigeonField, PigeonForm } from './protocol.ts'
import { escapeMarkup, printParts } from './render.ts'

/** The compose form's own id; the confirm form goes by the press that it confirms. */
export const composeId = `${pressVersion}:compose`

/** The form as Pigeon's; without I/O. */
export function renderForm(form: Form, maxTtlSeconds: number): PigeonForm {
  return form.form === 'compose' ? composeForm(form, maxTtlSeconds) : confirmForm(form)
}

function composeForm(form: ComposeForm, maxTtlSeconds: number): PigeonForm {
  const { to, secret, problem, place, hasLinks } = form
  const { compose } = words
  const longer = hasLinks ? compose.secretLonger('/secret link') : ''
  const choices = offeredLifetimes(maxTtlSeconds).map((seconds) => ({
    label: span(seconds),
    value: String(seconds),
  }))
  return {
    id: composeId,
    title: compose.title,
    fields: [
      {
        ...field('to', 'people', !place, bounds.maxRecipients),
        hint: place ? compose.toHintPlace : compose.toHint,
        value: to.slice(0, bounds.maxRecipients),
      },
      {
        ...field('secret', 'text', true, bounds.maxSecretChars),
        hint: (problem ?? compose.secretHint) + longer,
        ...(secret && { value: secret.text() }),
      },
      { ...field('passphrase', 'text', false, maxPassphraseChars), hint: compose.passphraseHint },
      { ...field('ttl', 'choice', true), choices, value: String(startingTtl(maxTtlSeconds)) },
      { ...field('note', 'text', false, bounds.maxNoteChars), hint: compose.noteHint },
    ],
  }
}

/** Opens before any I/O: it knows what the button carried and no more. */
function confirmForm({ press }: ConfirmForm): PigeonForm {
  const { confirm } = words
  return {
    id: printPress(press),
    title: confirm.title,
    lead: `${printParts(confirmLead(press))} ${escapeMarkup(confirm.ready)}`,
    fields: press.passphrase
      ? [{ ...field('passphrase', 'text', true, maxPassphraseChars), hint: confirm.passphraseHint }]
      : [],
  }
}

function field(name: Field, kind: PigeonField['kind'], required: boolean, max?: number): PigeonField {
  return { name, kind, required, label: words.compose[name], ...(max !== undefined && { max }) }
}
