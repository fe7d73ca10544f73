/** How long, how large and how many; each cuts off early what an honest client never needs. */
export interface ServerLimits {
  /** For a request's headers to arrive, ms. */
  readonly headersMs: number
  /** For a whole request to arrive, ms. */
  readonly requestMs: number
  /** Between two requests of one connection, ms. */
  readonly keepAliveMs: number
  /** Without a byte either way in the middle of a request or an answer, ms. */
  readonly idleMs: number
  /** All headers of one request, bytes. */
  readonly headerBytes: number
  readonly connections: number
  /** Of one address that is not a trusted proxy. */
  readonly connectionsPerAddress: number
  /** Before a connection is closed. */
  readonly requestsPerConnection: number
}

/** The limits of every server that is not told others. */
export const serverLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 5_000,
  idleMs: 30_000,
  headerBytes: 8 * 1024,
  connections: 2_048,
  connectionsPerAddress: 256,
  requestsPerConnection: 10_000,
}
