const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

// Twelve bits at a time: two characters for every value, so that three bytes cost two look-ups.
const pairs: readonly string[] = Array.from(
  { length: 4096 },
  (_, bits) => alphabet.charAt(bits >> 6) + alphabet.charAt(bits & 63),
)

const invalid = 255
const values = new Uint8Array(128).fill(invalid)
for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value

/** Base64url without padding (RFC 4648 §5). */
export function print(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3)
  let text = ''
  for (let at = 0; at < whole; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    text += (pairs[group >> 12] ?? '') + (pairs[group & 4095] ?? '')
  }
  const left = bytes.length - whole
  if (left === 1) text += pairs[(bytes[whole] ?? 0) << 4] ?? ''
  if (left === 2) {
    const group = ((bytes[whole] ?? 0) << 10) | ((bytes[whole + 1] ?? 0) << 2)
    text += (pairs[group >> 6] ?? '') + alphabet.charAt(group & 63)
  }
  return text
}

/** The bytes of canonical base64url, or undefined: no padding, no other characters, no stray bits at the end. */
export function parse(text: string): Uint8Array | undefined {
  const left = text.length % 4
  if (left === 1) return undefined
  const bytes = new Uint8Array((text.length * 3) >> 2)
  const whole = text.length - left
  let bad = 0
  let at = 0
  for (let from = 0; from < whole; from += 4) {
    const a = value(text, from)
    const b = value(text, from + 1)
    const c = value(text, from + 2)
    const d = value(text, from + 3)
    bad |= a | b | c | d
    bytes[at++] = (a << 2) | (b >> 4)
    bytes[at++] = (b << 4) | (c >> 2)
    bytes[at++] = (c << 6) | d
  }
  if (left > 1) {
    const a = value(text, whole)
    const b = value(text, whole + 1)
    const c = left === 3 ? value(text, whole + 2) : 0
    bad |= a | b | c
    bytes[at++] = (a << 2) | (b >> 4)
    if (left === 3) bytes[at++] = (b << 4) | (c >> 2)
    const stray = left === 3 ? c & 3 : b & 15
    if (stray !== 0) return undefined
  }
  return bad > 63 ? undefined : bytes
}

function value(text: string, at: number): number {
  return values[text.charCodeAt(at)] ?? invalid
}
