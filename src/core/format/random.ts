/** Fills `size` fresh bytes from a cryptographic source. */
export type Random = (size: number) => Uint8Array

const pool = new Uint8Array(4096)
let used = pool.length

/** The platform's generator. Small requests come from a pool, as one call for 24 bytes costs as much as one for 4,096. */
export const random: Random = (size) => {
  if (size > 256) return crypto.getRandomValues(new Uint8Array(size))
  if (used + size > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const bytes = pool.slice(used, used + size)
  pool.fill(0, used, used + size)
  used += size
  return bytes
}
