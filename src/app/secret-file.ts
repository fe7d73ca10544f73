import { readFileSync, statSync } from 'node:fs'
import { reasonOf } from './refused.ts'

/** No token, URL or secret is longer. */
const maxBytes = 64 * 1024

/** The secret in a file, without the line break at its end; or why there is none, in words. */
export function secretIn(path: string): { readonly secret: string } | { readonly why: string } {
  try {
    if (statSync(path).size > maxBytes) return { why: 'it is too long' }
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    return secret.trim() === '' ? { why: 'it is empty' } : { secret }
  } catch (error) {
    return { why: reasonOf(error) }
  }
}
