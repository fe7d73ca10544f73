import type { Field, Message, Problems } from './adapter/view.ts'
import { buttons, line, newButton, plain } from './blocks.ts'
import { words } from './words.ts'

/** A message of one sentence. */
export function sentence(text: string): Message {
  return plain(text, line(text))
}

/** What was wrong with a passphrase, where a form cannot answer a form: the card's button opens it again. */
export function anotherTry(problem: string = words.confirm.needed): Message {
  return plain(problem, line(problem), line(words.confirm.again))
}

/** What was wrong with a form, field by field, where the platform cannot put it on the form again. */
export function problemMessage(problems: Problems): Message {
  const fields = Object.entries(problems) as [Field, string][]
  return plain(
    words.compose.failed,
    { block: 'heading', text: words.compose.failed },
    ...fields.map(([field, problem]) => line([{ strong: words.compose[field] }, { text: `: ${problem}` }])),
    buttons(newButton),
  )
}
