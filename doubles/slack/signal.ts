/** Tells those who wait that something they can see has changed. */
export class Signal {
  readonly #waiting = new Set<() => void>()

  /** Wakes everyone who waits. */
  notify(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /**
   * Resolves with the first truthy value of `look`, which is asked now and after every change.
   * @throws after `withinMs`, with `described()` in the message.
   */
  until<T>(
    look: () => T,
    described: () => string,
    withinMs = 15_000,
  ): Promise<Exclude<T, false | null | undefined | ''>> {
    return new Promise((resolve, reject) => {
      const done = (end: () => void) => {
        this.#waiting.delete(wake)
        clearTimeout(timer)
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
      const timer = setTimeout(() => done(() => reject(new Error(described()))), withinMs)
      this.#waiting.add(wake)
      wake()
    })
  }
}
