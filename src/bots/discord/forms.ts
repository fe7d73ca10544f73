import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APITextInputComponent,
  ComponentType,
  SelectMenuDefaultValueType,
  TextInputStyle,
} from 'discord.js'
import { offeredLifetimes, startingTtl } from '../../core/format/expiry.ts'
import { maxPassphraseChars } from '../../core/format/kdf.ts'
import type { Press } from '../adapter/press.ts'
import { pressVersion, printPress } from '../adapter/press.ts'
import type { ComposeForm, ConfirmForm, Field, Form } from '../adapter/view.ts'
import { confirmLead } from '../cards.ts'
import { span, words } from '../words.ts'
import { commandNames } from './commands.ts'
import { bounds, limits } from './limits.ts'
import { printParts } from './markdown.ts'

/** What Discord opens a form from. */
export type Modal = APIModalInteractionResponseCallbackData

/** The form's own custom id; every other form goes by the press that it confirms. */
export const composeId = `${pressVersion}:compose`

/** The form as Discord's modal; without I/O. `maxTtlSeconds`: the longest lifetime to offer. */
export function renderForm(form: Form, maxTtlSeconds: number): Modal {
  return form.form === 'compose' ? composeModal(form, maxTtlSeconds) : confirmModal(form)
}

function composeModal(form: ComposeForm, maxTtlSeconds: number): Modal {
  const { to, secret, problem, place, hasLinks } = form
  const offered = offeredLifetimes(maxTtlSeconds)
  const chosen = startingTtl(maxTtlSeconds)
  const { compose } = words
  const longer = hasLinks ? compose.secretLonger(`/${commandNames.link}`) : ''
  return {
    custom_id: composeId,
    title: compose.title,
    components: [
      label(compose.to, place ? compose.toHintPlace : compose.toHint, {
        type: ComponentType.UserSelect,
        custom_id: 'to' satisfies Field,
        min_values: place ? 0 : 1,
        max_values: bounds.maxRecipients,
        required: !place,
        default_values: to
          .slice(0, bounds.maxRecipients)
          .map((id) => ({ id, type: SelectMenuDefaultValueType.User })),
      }),
      // A modal has room for five parts, and all are taken: what went wrong stands where the hint did.
      label(compose.secret, (problem ?? compose.secretHint) + longer, {
        ...input('secret', TextInputStyle.Paragraph, bounds.maxSecretChars, true),
        ...(secret && { value: secret.text() }),
      }),
      label(
        compose.passphrase,
        compose.passphraseHint,
        input('passphrase', TextInputStyle.Short, maxPassphraseChars, false),
      ),
      label(compose.ttl, undefined, {
        type: ComponentType.StringSelect,
        custom_id: 'ttl' satisfies Field,
        options: offered.map((ttlSeconds) => ({
          label: span(ttlSeconds),
          value: String(ttlSeconds),
          ...(ttlSeconds === chosen && { default: true }),
        })),
      }),
      label(compose.note, compose.noteHint, input('note', TextInputStyle.Short, bounds.maxNoteChars, false)),
    ],
  }
}

/** Opens before any I/O: it knows what the button carried and no more. */
function confirmModal({ press, problem }: ConfirmForm): Modal {
  const { confirm } = words
  const lead = [...(problem === undefined ? [] : [problem]), printParts(confirmLead(press)), confirm.ready]
  return {
    custom_id: printPress(press),
    title: confirm.title,
    components: [
      { type: ComponentType.TextDisplay, content: lead.join('\n') },
      label(
        confirm.passphrase,
        confirm.passphraseHint,
        input('passphrase', TextInputStyle.Short, maxPassphraseChars, true),
      ),
    ],
  }
}

/** "Are you sure?": the press counts when this form is submitted. */
export function sureModal(press: Extract<Press, { act: 'burn' }>): Modal {
  return {
    custom_id: printPress(press),
    title: words.sure.title,
    components: [{ type: ComponentType.TextDisplay, content: words.sure.text }],
  }
}

function label(
  name: string,
  description: string | undefined,
  component: APILabelComponent['component'],
): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: name,
    ...(description !== undefined && { description }),
    component,
  }
}

function input(
  field: Field,
  style: TextInputStyle,
  maxChars: number,
  required: boolean,
): APITextInputComponent {
  return {
    type: ComponentType.TextInput,
    custom_id: field,
    style,
    required,
    ...(required && { min_length: 1 }),
    max_length: Math.min(maxChars, limits.textInputChars),
  }
}
