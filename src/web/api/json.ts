import { securityHeaders } from '../server/headers.ts'

/** An answer in JSON; without a body for `undefined`. */
export function json(body: unknown, status: number, publicUrl: string): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: {
      ...securityHeaders('data', publicUrl),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
  })
}
