/** What is left of a type when nothing falsy is. */
export type Found<T> = Exclude<T, false | null | undefined | ''>

/** Tells those who wait that something has changed for them. */
export class Signal {
  readonly #waiting = new Set<() => void>()

  fire(): void {
    for (const look of [...this.#waiting]) look()
  }

  /**
   * The first truthy answer of `look`, asked now and after every change.
   * @throws after `withinMs` of real time, with what `otherwise` says.
   */
  until<T>(look: () => T, otherwise: () => string, withinMs = 5_000): Promise<Found<T>> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
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
      const timer = setTimeout(() => {
        end()
        reject(new Error(otherwise()))
      }, withinMs)
      this.#waiting.add(again)
      again()
    })
  }
}
