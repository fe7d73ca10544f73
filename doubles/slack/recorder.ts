import type { IncomingHttpHeaders } from 'node:http'
import type { Fault } from './faults.ts'
import type { Fields } from './shapes.ts'

/** One call the app made: to the Web API, or to a response URL (method `response_url`). */
export interface Call {
  id: number
  method: string
  /** The path it was sent to. */
  path: string
  args: Fields
  /** The body as it crossed the wire. */
  body: string
  headers: IncomingHttpHeaders
  at: number
  fault?: Fault
  /** True when the workspace did what was asked, whatever the app was told. */
  applied: boolean
  /** What the app was told; nothing when the connection died. */
  answer?: { status: number; body: Fields }
}

/** Anything the app sent out: a call, or the acknowledgement of something it received. */
export interface Outbound {
  via: 'web-api' | 'response_url' | 'ack'
  /** The method, or for an acknowledgement the kind of payload, such as `view_submission`. */
  name: string
  /** As it crossed the wire. */
  body: string
  /** The same as JSON, whatever the encoding was. */
  decoded: string
  at: number
  call?: Call
}

/** The forms in which a text is looked for: as it is, JSON, URL, base64, base64url and hex. */
export function spellings(text: string): string[] {
  const bytes = Buffer.from(text)
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    new URLSearchParams([['x', text]]).toString().slice(2),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

/** Keeps everything the app sent, in order. */
export class Recorder {
  readonly calls: Call[] = []
  readonly outbound: Outbound[] = []
  /** Called after each entry, so that tests can wait for one. */
  onEntry: () => void = () => {}

  /** Notes a call that has arrived. */
  call(call: Omit<Call, 'id' | 'applied'>): Call {
    const entry = { ...call, id: this.calls.length + 1, applied: false }
    this.calls.push(entry)
    this.#add({
      via: call.method === 'response_url' ? 'response_url' : 'web-api',
      name: call.method,
      body: call.body,
      decoded: JSON.stringify(call.args),
      at: call.at,
      call: entry,
    })
    return entry
  }

  /** Notes an acknowledgement. */
  ack(name: string, body: string, at: number): void {
    this.#add({ via: 'ack', name, body, decoded: body, at })
  }

  /** The calls of one method, oldest first. */
  to(method: string): Call[] {
    return this.calls.filter((call) => call.method === method)
  }

  /** Everything sent that has the text in it, in any of its spellings. */
  containing(text: string): Outbound[] {
    const forms = spellings(text)
    return this.outbound.filter(({ body, decoded }) =>
      forms.some((form) => body.includes(form) || decoded.includes(form)),
    )
  }

  #add(entry: Outbound): void {
    this.outbound.push(entry)
    this.onEntry()
  }
}
