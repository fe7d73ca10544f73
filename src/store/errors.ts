/** Why a store rejects; stable, to be switched on. */
type StoreErrorCode =
  /** Not reachable, or durability cannot be promised: the outcome of the call is unknown. */
  | 'unavailable'
  /** Kept by a newer version of Sotto, in a format that this one does not know. Nothing changed. */
  | 'newer'
  /** Another record has this id. Nothing changed. */
  | 'id-taken'
  /** An argument that no caller may pass: a hash of another size, a key id too long. Nothing changed. */
  | 'bad-argument'

/** The one error class of the stores. Messages carry neither ids nor anything that a record holds. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
