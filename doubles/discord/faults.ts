import type { Json } from './form.ts'
import type { RouteName } from './routes.ts'

/** What goes wrong with one call. "Before" means that Discord did nothing, "after" that it did. */
export type Fault =
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | { readonly kind: 'status'; readonly when: 'before' | 'after'; readonly status: number }
  | { readonly kind: 'slow'; readonly when: 'before' | 'after'; readonly ms: number }
  | { readonly kind: 'silent'; readonly when: 'before' | 'after' }
  | { readonly kind: 'garbled'; readonly when: 'after' }
  | { readonly kind: 'error'; readonly code: number; readonly status?: number }
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number; readonly global: boolean }

/** The connection dies and nothing was done. */
export const resetBefore = (): Fault => ({ kind: 'reset', when: 'before' })
/** It was done, and the connection dies before the answer. */
export const resetAfter = (): Fault => ({ kind: 'reset', when: 'after' })
/** A 5xx (or any status), and nothing was done. */
export const statusBefore = (status = 503): Fault => ({ kind: 'status', when: 'before', status })
/** It was done, and the answer is a 5xx (or any status). */
export const statusAfter = (status = 502): Fault => ({ kind: 'status', when: 'after', status })
/** It is done late, after so many ms of the bot's own time. */
export const slow = (ms: number): Fault => ({ kind: 'slow', when: 'before', ms })
/** It is done at once and answered late. */
export const slowAnswer = (ms: number): Fault => ({ kind: 'slow', when: 'after', ms })
/** Nothing is done and no answer comes. */
export const silentBefore = (): Fault => ({ kind: 'silent', when: 'before' })
/** It is done and no answer comes. */
export const silentAfter = (): Fault => ({ kind: 'silent', when: 'after' })
/** It is done and the answer is not JSON. */
export const garbledAfter = (): Fault => ({ kind: 'garbled', when: 'after' })
/** Discord's refusal with this code, whatever the code; nothing is done. */
export const fails = (code: number, status?: number): Fault => ({
  kind: 'error',
  code,
  ...(status !== undefined && { status }),
})
/** 429 with Retry-After, for this route or for the whole bot; nothing is done. */
export const rateLimited = (retryAfterSeconds = 30, global = false): Fault => ({
  kind: 'rate-limited',
  retryAfterSeconds,
  global,
})

interface Planned {
  readonly fault: Fault | undefined
  /** How many more calls it hits. */
  left: number
  readonly matches: (body: Json) => boolean
}

/** The script of what goes wrong, per route (`routes.ts` has their names). */
export class Faults {
  readonly #planned = new Map<RouteName, Planned[]>()

  /** The next calls of a route meet these faults, one each. `undefined` lets one call pass. */
  next(route: RouteName, ...faults: (Fault | undefined)[]): void {
    for (const fault of faults) this.#list(route).push({ fault, left: 1, matches: () => true })
  }

  /** Every call of a route, or every one whose body matches, meets this fault until cleared. */
  always(route: RouteName, fault: Fault, matches: (body: Json) => boolean = () => true): void {
    this.#list(route).push({ fault, left: Number.POSITIVE_INFINITY, matches })
  }

  /** The next `times` calls whose body matches. */
  when(route: RouteName, matches: (body: Json) => boolean, fault: Fault, times = 1): void {
    this.#list(route).push({ fault, left: times, matches })
  }

  /** Nothing goes wrong any more, for one route or for all. */
  clear(route?: RouteName): void {
    if (route === undefined) this.#planned.clear()
    else this.#planned.delete(route)
  }

  /** The fault for a call that is arriving, if one is due. */
  take(route: RouteName, body: Json): Fault | undefined {
    const list = this.#planned.get(route)
    const planned = list?.find((one) => one.matches(body))
    if (!list || !planned) return undefined
    planned.left -= 1
    if (planned.left <= 0) list.splice(list.indexOf(planned), 1)
    return planned.fault
  }

  #list(route: RouteName): Planned[] {
    const list = this.#planned.get(route) ?? []
    this.#planned.set(route, list)
    return list
  }
}
