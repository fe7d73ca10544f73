import { Secret } from './secret.ts'

/** What a link carries: text, or one file with the name it had. */
export type WebContent =
  | { readonly what: 'text'; readonly text: Secret }
  | { readonly what: 'file'; readonly name: string; readonly bytes: Uint8Array }

const textMark = 0
const fileMark = 1

/** Longest file name that travels, in bytes of UTF-8. */
export const maxNameBytes = 255

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The content as it is sealed: 0x00 ‖ text, or 0x01 ‖ name length u8 ‖ name ‖ bytes (`docs/web-api.md` §2). */
export function printContent(content: WebContent): Secret {
  if (content.what === 'text') {
    const text = content.text.bytes()
    const bytes = new Uint8Array(1 + text.length)
    bytes[0] = textMark
    bytes.set(text, 1)
    return Secret.from(bytes)
  }
  const name = encoder.encode(fitName(content.name))
  const bytes = new Uint8Array(2 + name.length + content.bytes.length)
  bytes[0] = fileMark
  bytes[1] = name.length
  bytes.set(name, 2)
  bytes.set(content.bytes, 2 + name.length)
  return Secret.from(bytes)
}

/** What `printContent` wrote, or undefined. The parts are copies: the secret can be wiped. */
export function parseContent(secret: Secret): WebContent | undefined {
  const bytes = secret.bytes()
  if (bytes[0] === textMark) return { what: 'text', text: Secret.from(bytes.slice(1)) }
  const contentAt = 2 + (bytes[1] ?? 0)
  if (bytes[0] !== fileMark || bytes.length < contentAt) return undefined
  try {
    return { what: 'file', name: decoder.decode(bytes.subarray(2, contentAt)), bytes: bytes.slice(contentAt) }
  } catch {
    return undefined
  }
}

/**
 * A name that is safe to offer for saving: no folders, no control or bidirectional characters that make it read as
 * another type, nothing hidden; never empty.
 */
export function safeName(name: string): string {
  const kept = name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[\\/:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  return kept === '' ? 'file' : kept
}

/** Cut from the front of the stem, so that the extension stays. */
function fitName(name: string): string {
  const whole = name.toWellFormed()
  const dot = whole.lastIndexOf('.')
  const extension = dot > 0 && whole.length - dot <= 16 ? whole.slice(dot) : ''
  const stem = [...whole.slice(0, whole.length - extension.length)]
  while (encoder.encode(stem.join('') + extension).length > maxNameBytes) stem.pop()
  return stem.join('') + extension
}
