import { RESTJSONErrorCodes } from 'discord-api-types/v10'
import { type FieldProblem, Refusal } from './errors.ts'

/** A JSON object whose content nobody has checked yet. */
export type Json = Record<string, unknown>

/** Whether `value` is a JSON object (no list, no null). */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a field was left out, or sent as null, which Discord reads alike nearly everywhere. */
export function absent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

interface Range {
  readonly min?: number
  readonly max?: number
  readonly required?: boolean
}

/**
 * Collects what is wrong with a request, field by field, as Discord reports it (50035). Lengths are counted in UTF-16
 * units: where Discord counts code points this is the stricter reading.
 */
export class Form {
  readonly #found: FieldProblem[]
  readonly #path: readonly (string | number)[]

  constructor(path: readonly (string | number)[] = [], found: FieldProblem[] = []) {
    this.#path = path
    this.#found = found
  }

  at(...steps: (string | number)[]): Form {
    return new Form([...this.#path, ...steps], this.#found)
  }

  problem(code: string, message: string): void {
    this.#found.push({ path: this.#path, code, message })
  }

  /** @throws Refusal 50035 when anything was wrong. */
  done(): void {
    if (this.#found.length > 0)
      throw new Refusal(RESTJSONErrorCodes.InvalidFormBodyOrContentType, this.#found)
  }

  string(value: unknown, { min = 0, max = Number.POSITIVE_INFINITY, required = false }: Range = {}): void {
    if (absent(value)) {
      if (required) this.problem('BASE_TYPE_REQUIRED', 'This field is required')
    } else if (typeof value !== 'string')
      this.problem('STRING_TYPE_CONVERT', 'Could not interpret value as string.')
    else if (value.length < min || value.length > max) {
      if (min > 0) this.problem('BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
      else this.problem('BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
    }
  }

  integer(value: unknown, { min = 0, max = Number.MAX_SAFE_INTEGER, required = false }: Range = {}): void {
    if (absent(value)) {
      if (required) this.problem('BASE_TYPE_REQUIRED', 'This field is required')
    } else if (!Number.isInteger(value)) this.problem('NUMBER_TYPE_COERCE', 'Value is not int.')
    else if ((value as number) < min || (value as number) > max)
      this.problem('NUMBER_TYPE_RANGE', `int value should be between ${min} and ${max}.`)
  }

  boolean(value: unknown): void {
    if (!absent(value) && typeof value !== 'boolean')
      this.problem('BOOLEAN_TYPE_CONVERT', 'Must be either true or false.')
  }

  choice(value: unknown, choices: readonly (string | number)[]): boolean {
    if (choices.includes(value as string | number)) return true
    this.problem('BASE_TYPE_CHOICES', `Value must be one of {${choices.join(', ')}}.`)
    return false
  }

  /** The list when it is one of objects and of the right length; otherwise an empty one, and the problem noted. */
  list(
    value: unknown,
    { min = 0, max = Number.POSITIVE_INFINITY, required = false }: Range = {},
  ): readonly Json[] {
    if (absent(value)) {
      if (required) this.problem('BASE_TYPE_REQUIRED', 'This field is required')
      return []
    }
    if (!Array.isArray(value) || !value.every(isObject)) {
      this.problem('LIST_TYPE_CONVERT', 'Could not interpret value as a list of objects.')
      return []
    }
    if (value.length >= min && value.length <= max) return value
    this.problem('BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
    return []
  }
}
