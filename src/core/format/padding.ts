import { SottoError } from './errors.ts'

/** The smallest padded size, in bytes: everything up to 252 bytes looks alike. */
export const minPaddedBytes = 256

/** The largest content that this format carries, in bytes. */
export const maxContentBytes = 64 * 1024 * 1024

const lengthBytes = 4

/**
 * The padded size for content of `contentBytes`: max(256, Padmé(4 + contentBytes)), so that a size tells O(log log n)
 * bits (Nikitin et al., PURBs, PETS 2019 §4).
 */
export function paddedBytes(contentBytes: number): number {
  const size = lengthBytes + contentBytes
  if (size <= minPaddedBytes) return minPaddedBytes
  const exponent = 31 - Math.clz32(size)
  const kept = 32 - Math.clz32(exponent)
  const mask = 2 ** (exponent - kept) - 1
  return (size + mask) & ~mask
}

/** u32 length big-endian ‖ content ‖ zeros. @throws SottoError `too-large` */
export function pad(content: Uint8Array): Uint8Array {
  if (content.length > maxContentBytes) throw new SottoError('too-large', 'the content is larger than 64 MiB')
  const padded = new Uint8Array(paddedBytes(content.length))
  for (let at = 0; at < lengthBytes; at++) padded[at] = content.length >>> (24 - 8 * at)
  padded.set(content, lengthBytes)
  return padded
}

/**
 * The content, as a view on `padded` so that no second copy is left behind; undefined when `padded` is not exactly what
 * `pad` makes: length, size and zeros.
 */
export function unpad(padded: Uint8Array): Uint8Array | undefined {
  if (padded.length < minPaddedBytes) return undefined
  let length = 0
  for (let at = 0; at < lengthBytes; at++) length = length * 256 + (padded[at] ?? 0)
  if (length > maxContentBytes || paddedBytes(length) !== padded.length) return undefined
  let other = 0
  for (let at = lengthBytes + length; at < padded.length; at++) other |= padded[at] ?? 0
  return other === 0 ? padded.subarray(lengthBytes, lengthBytes + length) : undefined
}
