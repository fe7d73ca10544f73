import type { IdShapes } from '../adapter/press.ts'

/** Capital letters and digits, beginning with the kind's letter: `U…`, `W…`, `C…` (docs.slack.dev, "Slack IDs"). */
const slackId = /^[A-Z0-9]{1,24}$/

/** A message is found by its timestamp, seconds and microseconds. */
export const ids: IdShapes & { readonly channel: RegExp } = {
  user: slackId,
  channel: slackId,
  message: /^\d{1,12}\.\d{1,6}$/,
}

/** The id of a person; undefined when the value cannot be one. */
export function userId(value: unknown): string | undefined {
  return typeof value === 'string' && ids.user.test(value) ? value : undefined
}
