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

/** What makes a store unavailable, as far as it is known; stable, for logs and for words. */
export type StoreReason =
  /** Nothing listens at the address. */
  | 'refused'
  /** The name has no address. */
  | 'dns'
  /** The server's certificate is not trusted, or there is no TLS. */
  | 'certificate'
  /** A password is needed. */
  | 'noauth'
  | 'wrongpass'
  /** The user may not run a command that is needed. */
  | 'noperm'
  /** The server still loads its files. */
  | 'loading'
  /** A node of a cluster, whose keys are elsewhere. */
  | 'moved'
  /** A replica, which takes no writes. */
  | 'readonly'
  | 'timeout'
  /** The server's memory is full. */
  | 'oom'
  /** The server cannot write its files. */
  | 'misconf'
  /** Too few replicas acknowledged. */
  | 'replicas'
  /** The server's configuration cannot keep the promise any more. */
  | 'unfit'

/** The one error class of the stores. Messages carry neither ids nor anything that a record holds. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  readonly reason?: StoreReason

  constructor(
    code: StoreErrorCode,
    message: string,
    { reason, ...options }: { readonly cause?: unknown; readonly reason?: StoreReason | undefined } = {},
  ) {
    super(message, options)
    this.code = code
    if (reason !== undefined) this.reason = reason
  }
}
