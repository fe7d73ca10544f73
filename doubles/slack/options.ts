import type { Problems } from './problems.ts'
import { type Fields, fieldsOf, textOf } from './shapes.ts'

function checkOption(problems: Problems, at: string, value: unknown, where: string): void {
  const overflow = where === 'overflow'
  const formatted = where === 'checkboxes' || where === 'radio_buttons'
  const option = problems.object(at, value, overflow ? ['text'] : ['text', 'value'], [
    'description',
    ...(overflow ? ['url', 'value'] : []),
  ])
  if (!option) return
  const kinds = formatted ? ['plain_text', 'mrkdwn'] : ['plain_text']
  problems.text(`${at}/text`, option['text'], 75, kinds)
  problems.text(`${at}/description`, option['description'], 75, kinds)
  problems.string(`${at}/value`, option['value'], 150)
  problems.url(`${at}/url`, option['url'])
}

/** Checks `options` or `option_groups` and what is selected at first (docs.slack.dev, Option object). */
export function checkOptions(max: number, where: string, min = 1) {
  return (problems: Problems, at: string, element: Fields): void => {
    const grouped = element['option_groups'] !== undefined
    if (grouped === (element['options'] !== undefined))
      problems.add(at, 'must provide exactly one of: options, option_groups')
    const known: unknown[] = []
    for (const [index, option] of problems.list(`${at}/options`, element['options'], max, min).entries()) {
      checkOption(problems, `${at}/options/${index}`, option, where)
      known.push(option)
    }
    for (const [index, group] of problems
      .list(`${at}/option_groups`, element['option_groups'], 100)
      .entries()) {
      const here = `${at}/option_groups/${index}`
      const fields = problems.object(here, group, ['label', 'options'], [])
      problems.text(`${here}/label`, fields?.['label'], 75)
      for (const [each, option] of problems.list(`${here}/options`, fields?.['options'], 100).entries()) {
        checkOption(problems, `${here}/options/${each}`, option, where)
        known.push(option)
      }
    }
    const values = known.map((option) => textOf(fieldsOf(option)['value']))
    if (new Set(values).size < values.length) problems.add(`${at}/options`, 'option values must be unique')
    const initial = Array.isArray(element['initial_options'])
      ? element['initial_options']
      : element['initial_option'] === undefined
        ? []
        : [element['initial_option']]
    for (const option of initial)
      if (!known.some((one) => sameOption(one, option)))
        problems.add(at, 'initial option must match one of the options')
  }
}

const sameOption = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
