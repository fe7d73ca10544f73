import { SottoError } from './errors.ts'

const encoder = new TextEncoder()
// Without ignoreBOM the decoder would swallow a leading U+FEFF: the text shown would not be the text sealed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const hidden = '[secret]'

/** Content that cannot be printed: every implicit way to text or JSON gives `[secret]`, and copies of it are empty. */
export class Secret {
  #bytes: Uint8Array | undefined

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The text in UTF-8. @throws SottoError `lone-surrogate` when the text could not come back unchanged */
  static fromText(text: string): Secret {
    if (!text.isWellFormed()) throw new SottoError('lone-surrogate', 'the text has half of a character in it')
    return new Secret(encoder.encode(text))
  }

  /** Takes the bytes over without a copy: whoever made them keeps no use of them. */
  static from(bytes: Uint8Array): Secret {
    return new Secret(bytes)
  }

  get byteLength(): number {
    return this.bytes().length
  }

  /** The bytes themselves, not a copy: `wipe` empties them. @throws SottoError `wiped` */
  bytes(): Uint8Array {
    if (this.#bytes === undefined) throw new SottoError('wiped', 'the secret was wiped')
    return this.#bytes
  }

  /** The exact text, a byte order mark included. @throws SottoError `wiped`, or `not-text` when it is not UTF-8 */
  text(): string {
    const bytes = this.bytes()
    try {
      return decoder.decode(bytes)
    } catch {
      // The decoder's own error is left out: it is not ours to promise that it never quotes its input.
      throw new SottoError('not-text', 'the secret is not UTF-8 text')
    }
  }

  /** Overwrites the bytes; after it the secret can only be dropped. Strings made by `text` are beyond its reach. */
  wipe(): void {
    this.#bytes?.fill(0)
    this.#bytes = undefined
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [Symbol.toPrimitive](): string {
    return hidden
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}
