import { print as printBase64url } from './base64url.ts'

declare const brand: unique symbol

/** The public handle of one secret: 16 bytes in base64url, 22 characters. Grants nothing. */
export type SecretId = string & { readonly [brand]: 'SecretId' }

/** 16 bytes in canonical base64url: the last character carries two bits, and the other four are zero. */
export const idShape = /^[A-Za-z0-9_-]{21}[AQgw]$/

/** The id of these 16 bytes. */
export function printId(bytes: Uint8Array): SecretId {
  return printBase64url(bytes) as SecretId
}

/** The id in `text`, or undefined when it is not exactly one in its canonical form. */
export function parseId(text: string): SecretId | undefined {
  return idShape.test(text) ? (text as SecretId) : undefined
}
