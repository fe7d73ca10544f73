import type { Fields } from './shapes.ts'

/** What Slack answers instead of doing what it was asked: `{ ok: false, error: code }`. */
export class Refusal extends Error {
  readonly code: string
  readonly extra: Fields

  /** @param messages become `response_metadata.messages`, each prefixed as Slack prefixes them. */
  constructor(code: string, messages: string[] = [], extra: Fields = {}) {
    super([code, ...messages].join(' '))
    this.code = code
    this.extra = {
      ...extra,
      ...(messages.length > 0 && {
        response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
      }),
    }
  }

  /** The body of the answer. */
  toBody(): Fields {
    return { ok: false, error: this.code, ...this.extra }
  }
}
