import { parse as parseBase64url, print as printBase64url } from './base64url.ts'

/** `c1` opens in chat, `w1` on the web, `d1` is sealed on the web and opens in chat. */
export type Kind = 'c1' | 'w1' | 'd1'

export const kinds: readonly Kind[] = ['c1', 'w1', 'd1']

/** The unguessable string that grants one reveal: `kind.` and 43 characters of canonical base64url. Never stored or logged. */
export interface Token {
  readonly kind: Kind
  /** T: 32 bytes. */
  readonly bytes: Uint8Array
}

/** A new token. `random` fills the 32 bytes. */
export function newToken(
  kind: Kind,
  random: (size: number) => Uint8Array = (size) => crypto.getRandomValues(new Uint8Array(size)),
): Token {
  return { kind, bytes: random(32) }
}

export function printToken(token: Token): string {
  return `${token.kind}.${printBase64url(token.bytes)}`
}

/** The token in `text`, or undefined when it is not exactly one in its canonical form. */
export function parseToken(text: string): Token | undefined {
  const kind = kinds.find((candidate) => text.startsWith(`${candidate}.`))
  if (kind === undefined || text.length !== 46) return undefined
  const bytes = parseBase64url(text.slice(3))
  return bytes?.length === 32 ? { kind, bytes } : undefined
}
