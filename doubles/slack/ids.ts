import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** A fresh id in Slack's style: a letter for the kind, then ten letters and digits. */
export function slackId(kind: string): string {
  let id = kind
  for (const byte of randomBytes(10)) id += alphabet[byte % alphabet.length]
  return id
}

/** Five characters such as Slack gives to blocks and elements that came without an id. */
export function shortId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5)
}

/** So many random decimal digits, at most 19, the first not zero. */
export function digits(count: number): string {
  const random = randomBytes(8).readBigUInt64BE()
  return `1${random
    .toString()
    .padStart(20, '0')
    .slice(-count + 1)}`.slice(0, count)
}

/** So many random bytes in hexadecimal. */
export const hex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** Gives message timestamps: seconds and microseconds, unique and rising, as Slack uses them for ids. */
export function timestamps(now: () => number): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, now() * 1_000)
    const micros = String(last)
    return `${micros.slice(0, -6)}.${micros.slice(-6)}`
  }
}
