/** Every way in which the core can fail that nobody on the other side can answer; stable, to be switched on. */
type SottoErrorCode =
  /** An argument that no caller may pass: a size, a range, a combination. */
  | 'bad-argument'
  /** Text with a lone surrogate, which UTF-8 cannot carry unchanged. */
  | 'lone-surrogate'
  /** Bytes asked for as text that are not UTF-8. */
  | 'not-text'
  /** A secret used after it was wiped. */
  | 'wiped'
  /** Content beyond what the format or the machine's cap allows. */
  | 'too-large'
  /** Server keys that cannot be used; `problems` lists all of them. */
  | 'bad-keys'
  /** A key file that others can read, or that is no file. */
  | 'unsafe-key-file'

/** The one error class of the core. Messages never carry content, tokens, keys or passphrases. */
export class SottoError extends Error {
  override readonly name = 'SottoError'
  readonly code: SottoErrorCode
  /** One sentence each where several things are wrong; otherwise the message alone. */
  readonly problems: readonly string[]

  constructor(
    code: SottoErrorCode,
    problems: string | readonly string[],
    options?: { readonly cause?: unknown },
  ) {
    const list = typeof problems === 'string' ? [problems] : problems
    super(list.join('\n'), options)
    this.code = code
    this.problems = list
  }
}
