import { type APIModalSubmission, ComponentType } from 'discord.js'
import { draftOf } from '../adapter/draft.ts'
import type { Draft } from '../adapter/event.ts'
import type { Field, Problems } from '../adapter/view.ts'
import { exactText } from './exact-text.ts'

/** What was filled into the compose form, or what cannot even be tried. */
export function parseDraft(
  data: APIModalSubmission,
): { readonly draft: Draft } | { readonly problems: Problems } {
  const entered = {
    to: valuesOf(data, 'to'),
    secret: textOf(data, 'secret'),
    passphrase: textOf(data, 'passphrase'),
    ttl: valuesOf(data, 'ttl')[0],
    note: textOf(data, 'note'),
  }
  return draftOf(entered, (secret) => exactText(secret) !== undefined)
}

/** The text of a field, to the letter; empty when it is not there. */
export function textOf(data: APIModalSubmission, field: Field): string {
  const component = fieldOf(data, field)
  return component?.type === ComponentType.TextInput ? component.value : ''
}

function valuesOf(data: APIModalSubmission, field: Field): readonly string[] {
  const component = fieldOf(data, field)
  return component && 'values' in component ? component.values : []
}

function fieldOf(data: APIModalSubmission, field: Field) {
  for (const part of data.components) {
    if (part.type === ComponentType.Label && part.component.custom_id === field) return part.component
  }
  return undefined
}
