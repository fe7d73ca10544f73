/** The envelope in which bytes lie in the `large` table. */
export interface Envelope {
  wrap(bytes: Uint8Array): Uint8Array
  /** The bytes again, as a view. */
  unwrap(wrapped: Uint8Array): Uint8Array
}

const lengthBytes = 4

/**
 * Pads bytes so that a row's first part, which shares a page with other rows, is nothing but zeros, and the bytes fill
 * overflow pages of their own. When pages split and join, SQLite moves rows and leaves copies in the gaps, which
 * `secure_delete` does not overwrite; overflow pages it never moves, and overwrites whole when they are freed.
 * How a payload is divided: sqlite.org/fileformat.html §1.6.
 */
export function overflow(pageSize: number): Envelope {
  const local = Math.floor(((pageSize - 12) * 32) / 255) - 23
  const perPage = pageSize - 4

  /** Zeros before `filled` bytes of overflow pages: what the row's header leaves of the local part. */
  function zeros(filled: number): number {
    const size = local + filled
    return local - (size < 8_190 ? 4 : size < 1_048_575 ? 5 : 6)
  }

  return {
    wrap(bytes) {
      const filled = Math.ceil((lengthBytes + bytes.length) / perPage) * perPage
      const start = zeros(filled)
      const wrapped = Buffer.alloc(start + filled)
      wrapped.writeUInt32BE(bytes.length, start)
      wrapped.set(bytes, start + lengthBytes)
      return wrapped
    },

    unwrap(wrapped) {
      const start = zeros(wrapped.length - (wrapped.length % perPage))
      const size = new DataView(wrapped.buffer, wrapped.byteOffset).getUint32(start)
      return wrapped.subarray(start + lengthBytes, start + lengthBytes + size)
    },
  }
}
