import { paddedBytes } from '../../core/format/padding.ts'
import { maxNameBytes } from '../../core/format/web-content.ts'
import type { Route } from './routes.ts'

/** Largest body of everything but a file, in bytes. */
export const maxTextBody = 64 * 1024

/** Largest text that fits such a body once it is padded, sealed and encoded, in bytes of UTF-8. */
export const maxTextBytes = 40 * 1024

/** How many bytes of bodies may be on their way in at once, over all requests. */
export const maxBodiesInFlight = 64 * 1024 * 1024

/** What a body may be at most, in bytes: of text, and of what a file of `maxFileBytes` becomes. */
export function bodyLimits(maxFileBytes: number): Readonly<Record<Route['size'], number>> {
  // Padded, sealed, in base64url, with what stands around it.
  const sealed = paddedBytes(maxFileBytes + maxNameBytes + 2) + 73
  return { text: maxTextBody, file: Math.max(maxTextBody, Math.ceil((sealed * 4) / 3) + 1024) }
}
