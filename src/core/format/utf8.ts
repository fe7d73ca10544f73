const encoder = new TextEncoder()

/** The text in UTF-8. Identifiers are short and ASCII, and for those a loop takes a fifth of the platform encoder's time. */
export function utf8(text: string): Uint8Array {
  if (text.length > 64) return encoder.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < bytes.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return encoder.encode(text)
    bytes[at] = code
  }
  return bytes
}
