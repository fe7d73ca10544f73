import { type APIModalSubmission, ComponentType } from 'discord.js'
import { Secret } from '../../core/format/secret.ts'
import type { Draft } from '../adapter/event.ts'
import type { Field, Problems } from '../adapter/view.ts'
import { words } from '../words.ts'
import { exactly } from './exact-text.ts'

/** What was filled into the compose form, or what cannot even be tried. */
export function parseDraft(
  data: APIModalSubmission,
): { readonly draft: Draft } | { readonly problems: Problems } {
  const texts = { secret: textOf(data, 'secret'), passphrase: textOf(data, 'passphrase') }
  const problems = textProblems(texts)
  if (Object.keys(problems).length > 0) return { problems }
  return {
    draft: {
      to: valuesOf(data, 'to'),
      secret: Secret.fromText(texts.secret),
      ...(texts.passphrase !== '' && { passphrase: Secret.fromText(texts.passphrase) }),
      ttlSeconds: Number(valuesOf(data, 'ttl')[0] ?? Number.NaN),
      note: textOf(data, 'note').trim(),
    },
  }
}

/** A secret that could not be shown exactly is refused while its sender still has it. */
function textProblems({
  secret,
  passphrase,
}: {
  readonly secret: string
  readonly passphrase: string
}): Problems {
  const problems: Problems = {}
  if (!secret.isWellFormed()) problems.secret = words.problem.secretInvalid
  else if (secret !== '' && exactly(secret) === undefined) problems.secret = words.problem.secretUnshowable
  if (!passphrase.isWellFormed()) problems.passphrase = words.problem.secretInvalid
  return problems
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
