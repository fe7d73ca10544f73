import { afterOwnTime } from '../run/own-time.ts'

/** When to give up waiting for what never happens, ms of the time that the process has. */
const patienceMs = 30_000

/** Tells those who wait that something they can see has changed. */
export class Signal {
  readonly #waiting = new Set<() => void>()

  /** Wakes everyone who waits. */
  notify(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /**
   * Resolves with the first truthy value of `look`, which is asked now and after every change.
   * @throws when it never happens, with `described()` in the message.
   */
  until<T>(look: () => T, described: () => string): Promise<Exclude<T, false | null | undefined | ''>> {
    return new Promise((resolve, reject) => {
      const done = (end: () => void) => {
        this.#waiting.delete(wake)
        cancel()
        end()
      }
      const wake = () => {
        try {
          const seen = look()
          if (seen) done(() => resolve(seen as Exclude<T, false | null | undefined | ''>))
        } catch (error) {
          done(() => reject(error))
        }
      }
      const cancel = afterOwnTime(patienceMs, () => done(() => reject(new Error(described()))))
      this.#waiting.add(wake)
      wake()
    })
  }
}
