import { parse as parseBase64url, print as printBase64url } from './base64url.ts'
import { type Random, random } from './random.ts'

/** `c1` opens in chat, `w1` on the web, `d1` is sealed on the web and opens in chat. */
export type Kind = 'c1' | 'w1' | 'd1'

/** Every kind of token. */
export const kinds: readonly Kind[] = ['c1', 'w1', 'd1']

/** A token that opens in chat. */
export type ChatToken = Token<'c1' | 'd1'>

const hidden = '[token]'

/** The unguessable thing that grants one reveal. Never stored or logged: only `printToken` turns it into text. */
export class Token<K extends Kind = Kind> {
  readonly kind: K
  readonly #bytes: Uint8Array

  constructor(kind: K, bytes: Uint8Array) {
    this.kind = kind
    this.#bytes = bytes
  }

  /** T: 32 bytes. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [Symbol.toPrimitive](): string {
    return hidden
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}

/** A new token of 32 fresh bytes. */
export function newToken<K extends Kind>(kind: K, source: Random = random): Token<K> {
  return new Token(kind, source(32))
}

/** `kind.` and 43 characters of canonical base64url. */
export function printToken(token: Token): string {
  return `${token.kind}.${printBase64url(token.bytes)}`
}

/** The token in `text`, or undefined when it is not exactly one in its canonical form. */
export function parseToken(text: string): Token | undefined {
  if (text.length !== 46) return undefined
  const kind = kinds.find((candidate) => text.startsWith(`${candidate}.`))
  const bytes = kind && parseBase64url(text.slice(3))
  return kind && bytes ? new Token(kind, bytes) : undefined
}

/** The same for a token that opens in chat; undefined for one that opens on the web alone. */
export function parseChatToken(text: string): ChatToken | undefined {
  const token = parseToken(text)
  return token && opensInChat(token) ? token : undefined
}

function opensInChat(token: Token): token is ChatToken {
  return token.kind !== 'w1'
}
