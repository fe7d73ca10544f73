/** Tells those who wait that something has changed for them. */
export class Signal {
  readonly #waiting = new Set<() => void>()

  fire(): void {
    for (const look of [...this.#waiting]) look()
  }

  /**
   * The first answer of `look` that is not undefined, asked now and after every change.
   * @throws after `withinMs` of real time, with what `otherwise` says.
   */
  until<T>(look: () => T | undefined, otherwise: () => string, withinMs = 5_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(again)
      }
      const again = () => {
        try {
          const found = look()
          if (found === undefined) return
          end()
          resolve(found)
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
