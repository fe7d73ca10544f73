import { Refused } from './problems.ts'
import { ourHeader } from './schemas.ts'

/** How many bytes of bodies may be on their way in at once, over all requests. */
const maxInFlightBytes = 64 * 1024 * 1024

/** A request whose headers are in order; its body has not been looked at. */
export interface Admitted {
  /** What its body may be at most, in bytes: what it says, or the limit. */
  readonly maxBytes: number
  /** The JSON. @throws Refused `too-large`, `busy` or `malformed` */
  json(): Promise<unknown>
}

/**
 * Lets in what comes from our own pages: our header, JSON, the same site where the browser says which, a size below
 * `limit`. @throws Refused `cross-site`, `not-json` or `too-large`
 */
export type Door = (request: Request, limit: number) => Admitted

/** A door whose bodies share one budget of memory. */
export function door(budget = maxInFlightBytes): Door {
  let inFlight = 0

  return (request, limit) => {
    const { headers } = request
    if (headers.get(ourHeader.name) !== ourHeader.value) throw new Refused('cross-site', { close: true })
    const site = headers.get('sec-fetch-site')
    if (site !== null && site !== 'same-origin') throw new Refused('cross-site', { close: true })
    const [type = ''] = (headers.get('content-type') ?? '').split(';')
    if (type.trim().toLowerCase() !== 'application/json') throw new Refused('not-json', { close: true })
    const declared = headers.get('content-length')
    const maxBytes = declared === null ? limit : Number(declared)
    if (!(maxBytes <= limit)) throw new Refused('too-large', { close: true })
    return {
      maxBytes,
      async json() {
        if (inFlight + maxBytes > budget) throw new Refused('busy', { retryAfterSeconds: 2, close: true })
        inFlight += maxBytes
        try {
          return JSON.parse(
            declared === null ? await readUpTo(request, limit) : await request.text(),
          ) as unknown
        } catch (error) {
          if (error instanceof Refused) throw error
          throw new Refused('malformed')
        } finally {
          inFlight -= maxBytes
        }
      },
    }
  }
}

/** A body that does not say how long it is: counted while it comes, and cut off at the limit. */
async function readUpTo(request: Request, limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.length
    if (size > limit) {
      await reader?.cancel()
      throw new Refused('too-large', { close: true })
    }
    chunks.push(part.value)
  }
  return Buffer.concat(chunks).toString()
}
