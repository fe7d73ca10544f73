import { startingTtl } from '../../core/format/expiry.ts'
import { Secret } from '../../core/format/secret.ts'
import type { Draft } from '../adapter/event.ts'
import type { Field, Problems } from '../adapter/view.ts'
import { words } from '../words.ts'
import type { Fields } from './fields.ts'
import { fields, list, string } from './fields.ts'
import { fieldAction } from './views.ts'

/**
 * What was filled into the compose form, or what cannot be read of it. Clients leave out what nobody touched: then
 * the view's own initial value counts, for otherwise a named recipient would become "whoever is first".
 */
export function readDraft(
  view: Fields,
  maxTtlSeconds: number,
): { readonly draft: Draft } | { readonly problems: Problems } {
  const to = readRecipients(view)
  const secret = secretOf(view, 'secret')
  const passphrase = secretOf(view, 'passphrase')
  if (secret === undefined) return { problems: { secret: words.problem.secretInvalid } }
  if (passphrase === undefined) return { problems: { passphrase: words.problem.secretInvalid } }
  const chosen = fields(entered(view, 'ttl', 'selected_option', 'initial_option'))['value']
  return {
    draft: {
      to,
      secret,
      ...(passphrase.byteLength > 0 && { passphrase }),
      ttlSeconds: chosen === undefined ? startingTtl(maxTtlSeconds) : Number(chosen),
      note: textOf(view, 'note').trim(),
    },
  }
}

/** The passphrase of the confirm form; undefined when it is empty or cannot be read. */
export function readPassphrase(view: Fields): Secret | undefined {
  const passphrase = secretOf(view, 'passphrase')
  return passphrase !== undefined && passphrase.byteLength > 0 ? passphrase : undefined
}

/** The user ids that are chosen in the compose form. */
export function readRecipients(view: Fields): readonly string[] {
  const value = entered(view, 'to', 'selected_users', 'initial_users')
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

function textOf(view: Fields, field: Field): string {
  return string(entered(view, field, 'value', 'initial_value')) ?? ''
}

function secretOf(view: Fields, field: Field): Secret | undefined {
  const text = textOf(view, field)
  return text.isWellFormed() ? Secret.fromText(text) : undefined
}

/** An empty field arrives as null, an untouched one sometimes not at all. */
function entered(view: Fields, field: Field, key: string, initial: string): unknown {
  const block = list(view['blocks']).find((one) => one['block_id'] === field)
  const element = fields(block?.['element'])
  const action = string(element['action_id']) ?? fieldAction
  const value = fields(fields(fields(fields(view['state'])['values'])[field])[action])[key]
  return value === undefined ? element[initial] : value
}
