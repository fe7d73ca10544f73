import { randomBytes, randomInt } from 'node:crypto'

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

/** So many random decimal digits, the first not zero. */
export function digits(count: number): string {
  let number = String(randomInt(1, 10))
  while (number.length < count) number += String(randomInt(0, 10))
  return number
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
