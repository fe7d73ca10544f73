import { SottoError } from './errors.ts'

/** Tag 1 to 255, and at most 65,535 bytes of value. */
type Field = readonly [tag: number, value: Uint8Array]

/**
 * The only encoding of these fields: for each, tag u8 ‖ length u16 big-endian ‖ value, tags strictly ascending
 * (`docs/format.md` §2).
 * @throws SottoError `bad-argument` for another order or a longer value
 */
export function printTlv(fields: readonly Field[]): Uint8Array {
  let size = 0
  let last = 0
  for (const [tag, value] of fields) {
    if (tag <= last || tag > 255 || value.length > 0xffff)
      throw new SottoError('bad-argument', 'not a canonical TLV')
    last = tag
    size += 3 + value.length
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const [tag, value] of fields) {
    bytes[at] = tag
    bytes[at + 1] = value.length >> 8
    bytes[at + 2] = value.length & 255
    bytes.set(value, at + 3)
    at += 3 + value.length
  }
  return bytes
}

/** The fields that `printTlv` would print as exactly these bytes, or undefined. */
export function parseTlv(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = []
  let last = 0
  let at = 0
  while (at < bytes.length) {
    const [tag = 0, high = 0, low = 0] = bytes.subarray(at, at + 3)
    const end = at + 3 + ((high << 8) | low)
    if (tag <= last || end > bytes.length) return undefined
    fields.push([tag, bytes.slice(at + 3, end)])
    last = tag
    at = end
  }
  return fields
}
