import type { Secret } from '../../core/format/secret.ts'
import { draftOf, passphraseOf } from '../adapter/draft.ts'
import type { Draft } from '../adapter/event.ts'
import type { Field, Problems } from '../adapter/view.ts'
import type { Fields } from './fields.ts'
import { fields, list, string } from './fields.ts'
import { fieldAction } from './views.ts'

/**
 * What was filled into the compose form, or what cannot be read of it. Clients leave out what nobody touched: then
 * the view's own initial value counts, for otherwise a named recipient would become "whoever is first".
 */
export function parseDraft(view: Fields): { readonly draft: Draft } | { readonly problems: Problems } {
  return draftOf({
    to: parseRecipients(view),
    secret: textOf(view, 'secret'),
    passphrase: textOf(view, 'passphrase'),
    ttl: string(fields(entered(view, 'ttl', 'selected_option', 'initial_option'))['value']),
    note: textOf(view, 'note'),
  })
}

/** The passphrase of the confirm form; undefined when it is empty or cannot be read. */
export function parsePassphrase(view: Fields): Secret | undefined {
  return passphraseOf(textOf(view, 'passphrase'))
}

/** The user ids that are chosen in the compose form. */
export function parseRecipients(view: Fields): readonly string[] {
  const value = entered(view, 'to', 'selected_users', 'initial_users')
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

function textOf(view: Fields, field: Field): string {
  return string(entered(view, field, 'value', 'initial_value')) ?? ''
}

/** An empty field arrives as null, an untouched one sometimes not at all. */
function entered(view: Fields, field: Field, key: string, initial: string): unknown {
  const block = list(view['blocks']).find((one) => one['block_id'] === field)
  const element = fields(block?.['element'])
  const action = string(element['action_id']) ?? fieldAction
  const value = fields(fields(fields(fields(view['state'])['values'])[field])[action])[key]
  return value === undefined ? element[initial] : value
}
