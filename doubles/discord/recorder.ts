import type { IncomingHttpHeaders } from 'node:http'
import type { Fault } from './faults.ts'
import type { Json } from './form.ts'
import type { RouteName } from './routes.ts'

/** One request of the bot, kept whole. */
export interface Call {
  readonly id: number
  readonly route: RouteName | 'unknown'
  readonly method: string
  /** With the query, as on the request line: interaction tokens and all. */
  readonly path: string
  /** The body as JSON, whatever the encoding was. */
  args: Json
  /** The body as it crossed the wire, as latin1. */
  readonly body: string
  readonly headers: IncomingHttpHeaders
  /** ms since epoch on the double's clock. */
  readonly at: number
  fault?: Fault
  /** True when Discord did what was asked, whatever the bot was told. */
  applied: boolean
  /** The id of the only person who sees what was written; absent: nothing was written, or for more eyes than one. */
  privateTo?: string
  /** What the bot was told; nothing when the connection died. */
  answer?: { readonly status: number; readonly body: unknown }
}

/** The forms in which a text is looked for: as it is, in JSON, URL, base64, base64url and hex. */
export function spellings(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const json = JSON.stringify(text).slice(1, -1)
  const forms = [
    text,
    bytes.toString('latin1'),
    json,
    json.replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    encodeURIComponent(text),
    new URLSearchParams([['x', text]]).toString().slice(2),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
  return [...new Set(forms)]
}

/** Keeps everything the bot sent, in order. */
export class Recorder {
  readonly calls: Call[] = []
  /** Runs after each answer, so that tests can wait for one. */
  onEntry: () => void = () => {}

  /** Notes a call that has arrived. */
  note(call: Omit<Call, 'id' | 'applied'>): Call {
    const entry: Call = { ...call, id: this.calls.length + 1, applied: false }
    this.calls.push(entry)
    return entry
  }

  /** The calls of one route, oldest first. */
  to(route: RouteName): Call[] {
    return this.calls.filter((call) => call.route === route)
  }

  /** The calls that have the text in their path or body, in any of its spellings. */
  containing(text: string): Call[] {
    const forms = spellings(text)
    return this.calls.filter(({ path, body, args }) => {
      const decoded = texts(args).join('\n')
      return forms.some((form) => path.includes(form) || body.includes(form) || decoded.includes(form))
    })
  }
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...texts(inner)])
}
