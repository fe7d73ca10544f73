import type { IdShapes } from '../adapter/press.ts'

/** Capital letters and digits, beginning with the kind's letter: a person's with `U` or `W` (docs.slack.dev, "Slack IDs"). A message is found by its timestamp, seconds and microseconds. */
export const ids: IdShapes & { readonly channel: RegExp } = {
  user: /^[UW][A-Z0-9]{1,23}$/,
  channel: /^[A-Z0-9]{1,24}$/,
  message: /^\d{1,12}\.\d{1,6}$/,
}

/** The id of a person; undefined when the value cannot be one. */
export function userId(value: unknown): string | undefined {
  return typeof value === 'string' && ids.user.test(value) ? value : undefined
}
