/** What is left of a type when nothing falsy is. */
export type Found<T> = Exclude<T, false | null | undefined | ''>

import { afterOwnTime } from '../run/own-time.ts'

/** When to give up waiting for what never happens, ms of the time that the process has. */
const patienceMs = 30_000

/** Tells those who wait that something has changed for them. */
export class Signal {
  readonly #waiting = new Set<() => void>()

  fire(): void {
    for (const look of [...this.#waiting]) look()
  }

  /**
   * The first truthy answer of `look`, asked now and after every change.
   * @throws when it never happens, with what `otherwise` says.
   */
  until<T>(look: () => T, otherwise: () => string): Promise<Found<T>> {
    return new Promise((resolve, reject) => {
      const end = () => {
        cancel()
        this.#waiting.delete(again)
      }
      const again = () => {
        try {
          const found = look()
          if (!found) return
          end()
          resolve(found as Found<T>)
        } catch (error) {
          end()
          reject(error)
        }
      }
      const cancel = afterOwnTime(patienceMs, () => {
        end()
        reject(new Error(otherwise()))
      })
      this.#waiting.add(again)
      again()
    })
  }
}
