import { type Fields, isFields } from './shapes.ts'

/** Where a block may be shown. */
export type Surface = 'message' | 'modal' | 'home'

/** Collects what is wrong with a payload, in Slack's words and with Slack's pointers. */
export class Problems {
  readonly surface: Surface
  readonly scopes: ReadonlySet<string>
  readonly found: string[] = []
  readonly blockIds = new Set<string>()
  focused = 0
  inputs = 0
  characters = 0

  constructor(surface: Surface, scopes: ReadonlySet<string>) {
    this.surface = surface
    this.scopes = scopes
  }

  /** Notes one problem. */
  add(pointer: string, what: string): void {
    this.found.push(`${what} [json-pointer:${pointer}]`)
  }

  /** The value as an object with these keys and no others; nothing when it is not usable. */
  object(pointer: string, value: unknown, required: string[], optional: string[]): Fields | undefined {
    if (!isFields(value)) {
      this.add(pointer, 'must provide an object')
      return undefined
    }
    for (const key of required)
      if (value[key] === undefined || value[key] === null) this.add(pointer, `missing required field: ${key}`)
    for (const key of Object.keys(value))
      if (!required.includes(key) && !optional.includes(key))
        this.add(pointer, `invalid additional property: ${key}`)
    return value
  }

  /** A string of `min` to `max` characters, when present. */
  string(pointer: string, value: unknown, max: number, min = 1): void {
    if (value === undefined || value === null) return
    if (typeof value !== 'string') {
      this.add(pointer, 'must provide a string')
      return
    }
    if (value.length < min) this.add(pointer, `must be more than ${min - 1} characters`)
    if (value.length > max) this.add(pointer, `must be less than ${max + 1} characters`)
  }

  /** A boolean, when present. */
  boolean(pointer: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'boolean') this.add(pointer, 'must provide a boolean')
  }

  /** A whole number from `min` to `max`, when present. */
  integer(pointer: string, value: unknown, min: number, max: number): void {
    if (value === undefined) return
    if (!Number.isInteger(value)) {
      this.add(pointer, 'must be an integer')
      return
    }
    if (Number(value) < min) this.add(pointer, `must be greater than or equal to ${min}`)
    if (Number(value) > max) this.add(pointer, `must be less than or equal to ${max}`)
  }

  /** One of these strings, when present. */
  oneOf(pointer: string, value: unknown, allowed: string[]): void {
    if (value !== undefined && !allowed.includes(String(value)))
      this.add(pointer, `value must be one of: ${allowed.join(', ')}`)
  }

  /** An http(s) address of at most 3000 characters, when present. */
  url(pointer: string, value: unknown): void {
    this.string(pointer, value, 3000)
    if (typeof value === 'string' && !/^[a-z][a-z0-9+.-]*:/i.test(value)) this.add(pointer, 'invalid url')
  }

  /** A list of `min` to `max` items; empty when it is not a list. */
  list(pointer: string, value: unknown, max: number, min = 1): unknown[] {
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      this.add(pointer, 'must provide an array')
      return []
    }
    if (value.length < min) this.add(pointer, `no fewer than ${min} items allowed`)
    if (value.length > max) this.add(pointer, `no more than ${max} items allowed`)
    return value
  }

  /** A text object, when present: `plain_text` with `emoji`, or `mrkdwn` with `verbatim`. */
  text(pointer: string, value: unknown, max: number, types = ['plain_text']): void {
    if (value === undefined || value === null) return
    const kind = isFields(value) ? value['type'] : undefined
    const text = this.object(
      pointer,
      value,
      ['type', 'text'],
      kind === 'mrkdwn' ? ['verbatim'] : kind === 'plain_text' ? ['emoji'] : ['emoji', 'verbatim'],
    )
    if (!text) return
    this.oneOf(`${pointer}/type`, text['type'], types)
    this.string(`${pointer}/text`, text['text'], max)
    this.boolean(`${pointer}/emoji`, text['emoji'])
    this.boolean(`${pointer}/verbatim`, text['verbatim'])
    if (typeof text['text'] === 'string') this.characters += text['text'].length
  }
}
