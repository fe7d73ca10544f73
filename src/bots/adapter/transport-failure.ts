import { codeOf } from '../../core/log.ts'
import type { Failure } from './platform.ts'

/** What comes of making a connection and of nothing else, where an error does not name its system call. */
const ofConnecting: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * What a call proves that got no answer: nothing happened when no connection came about, for then not a byte of it was
 * sent. Reads codes and names, never a message.
 */
export function transportFailure(error: unknown): Failure {
  // `fetch` wraps what went wrong.
  const cause = field(error, 'cause') ?? error
  const isLate = cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError')
  const code = isLate ? 'timeout' : codeOf(cause)
  return { why: neverConnected(cause) ? 'definitive' : 'ambiguous', code }
}

function neverConnected(cause: unknown): boolean {
  const each = field(cause, 'errors')
  // One error for each address that was tried.
  if (Array.isArray(each) && each.length > 0) return each.every(neverConnected)
  const call = field(cause, 'syscall')
  // A host or a network can also get lost in the middle of an answer: then the call was another.
  if (call !== undefined) return call === 'connect' || call === 'getaddrinfo'
  const code = field(cause, 'code')
  return typeof code === 'string' && ofConnecting.has(code)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
