/** A JSON object from outside: nothing is known of its fields. */
export type Fields = Readonly<Record<string, unknown>>

/** The value as an object; an empty one when it is anything else. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** The objects in a list; none when it is anything else. */
export function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : []
}

/** The value as a string; undefined when it is anything else. */
export function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A user, team, channel, message or view id, or a timestamp; undefined when the value cannot be one. */
export function id(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,40}$/.test(value) ? value : undefined
}
