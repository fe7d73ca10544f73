import { maxBodiesInFlight } from './body-limits.ts'
import { Refused } from './problems.ts'

/** A body whose headers are in order; nothing of it has been read. */
export interface RequestBody {
  /** What it may be at most, in bytes: what it says, or the limit. */
  readonly maxBytes: number
  /** The JSON. @throws Refused `too-large`, `busy` or `malformed` */
  json(): Promise<unknown>
}

/**
 * What a request brings along: JSON, of `limit` bytes at most. All bodies that are being read share one budget of memory.
 * @throws Refused `not-json` or `too-large`
 */
export function bodies(budget = maxBodiesInFlight): (request: Request, limit: number) => RequestBody {
  let inFlight = 0

  return (request, limit) => {
    const { headers } = request
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
