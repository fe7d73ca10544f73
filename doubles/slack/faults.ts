import type { Fields } from './shapes.ts'

/** What goes wrong with one call. "Before" means that Slack did nothing, "after" that it did. */
export type Fault =
  | { kind: 'reset'; when: 'before' | 'after' }
  | { kind: 'status'; when: 'before' | 'after'; status: number }
  | { kind: 'slow'; when: 'before' | 'after'; milliseconds: number }
  | { kind: 'held'; when: 'before'; until: Promise<unknown> }
  | { kind: 'silent'; when: 'before' | 'after' }
  | { kind: 'garbled'; when: 'before' | 'after' }
  | { kind: 'error'; error: string; extra: Fields }
  | { kind: 'rate-limited'; retryAfterSeconds: number }

/** The connection dies and nothing was done. */
export const resetBefore = (): Fault => ({ kind: 'reset', when: 'before' })
/** It was done, and the connection dies before the answer. */
export const resetAfter = (): Fault => ({ kind: 'reset', when: 'after' })
/** A 5xx (or any status), and nothing was done. */
export const statusBefore = (status = 503): Fault => ({ kind: 'status', when: 'before', status })
/** It was done, and the answer is a 5xx (or any status). */
export const statusAfter = (status = 502): Fault => ({ kind: 'status', when: 'after', status })
/** It is done and answered late, after so much of the app's own time. */
export const slow = (milliseconds: number): Fault => ({ kind: 'slow', when: 'before', milliseconds })
/** It is done at once and answered late. */
export const slowAnswer = (milliseconds: number): Fault => ({ kind: 'slow', when: 'after', milliseconds })
/** It is done and answered only when `until` has come. */
export const held = (until: Promise<unknown>): Fault => ({ kind: 'held', when: 'before', until })
/** Nothing is done and no answer comes. */
export const silentBefore = (): Fault => ({ kind: 'silent', when: 'before' })
/** It is done and no answer comes. */
export const silentAfter = (): Fault => ({ kind: 'silent', when: 'after' })
/** It is done and the answer is not JSON. */
export const garbledAfter = (): Fault => ({ kind: 'garbled', when: 'after' })
/** `{ ok: false, error }`, whatever the error; nothing is done. */
export const fails = (error: string, extra: Fields = {}): Fault => ({ kind: 'error', error, extra })
/** 429 with Retry-After; nothing is done. */
export const rateLimited = (retryAfterSeconds = 30): Fault => ({ kind: 'rate-limited', retryAfterSeconds })

interface Planned {
  fault: Fault
  /** How many more calls it hits. */
  left: number
  matches: (args: Fields) => boolean
}

/** The script of what goes wrong, per method; `response_url` is the name for posts to response URLs. */
export class Faults {
  readonly #planned = new Map<string, Planned[]>()

  /** The next calls of a method meet these faults, one each. `undefined` lets one call pass. */
  next(method: string, ...faults: (Fault | undefined)[]): void {
    for (const fault of faults) {
      const planned = { fault: fault ?? slow(0), left: 1, matches: () => true }
      this.#list(method).push(planned)
    }
  }

  /** Every call of a method, or every one whose arguments match, meets this fault until cleared. */
  always(method: string, fault: Fault, matches: (args: Fields) => boolean = () => true): void {
    this.#list(method).push({ fault, left: Number.POSITIVE_INFINITY, matches })
  }

  /** The next `times` calls whose arguments match. */
  when(method: string, matches: (args: Fields) => boolean, fault: Fault, times = 1): void {
    this.#list(method).push({ fault, left: times, matches })
  }

  /** Nothing goes wrong any more, for one method or for all. */
  clear(method?: string): void {
    if (method === undefined) this.#planned.clear()
    else this.#planned.delete(method)
  }

  /** The fault for a call that is arriving, if one is due. */
  take(method: string, args: Fields): Fault | undefined {
    const list = this.#planned.get(method)
    const planned = list?.find((one) => one.matches(args))
    if (!list || !planned) return undefined
    planned.left -= 1
    if (planned.left <= 0) list.splice(list.indexOf(planned), 1)
    return planned.fault
  }

  #list(method: string): Planned[] {
    let list = this.#planned.get(method)
    if (!list) {
      list = []
      this.#planned.set(method, list)
    }
    return list
  }
}
