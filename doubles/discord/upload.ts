import type { APIAttachment } from 'discord-api-types/v10'
import type { FieldProblem } from './errors.ts'
import { isObject, type Json } from './form.ts'

/** A request's body taken apart. `refused` says why it is none. */
export interface ReadBody {
  readonly json: Json | readonly unknown[]
  readonly files: readonly APIAttachment[]
  readonly refused?: FieldProblem
}

type Make = (filename: string, size: number, type: string) => APIAttachment

const nothing: ReadBody = { json: {}, files: [] }

/** Reads JSON, or multipart/form-data with `payload_json` and `files[n]`. */
export async function readBody(
  contentType: string | undefined,
  raw: Buffer,
  maker: () => Make,
): Promise<ReadBody> {
  if (raw.length === 0) return nothing
  if (contentType?.startsWith('application/json')) return fromJson(raw.toString('utf8'), [])
  if (!contentType?.startsWith('multipart/form-data'))
    return wrong('CONTENT_TYPE_INVALID', `Expected "Content-Type" header to be one of {'application/json'}.`)
  const body = new Uint8Array(raw)
  const form = await new Response(body, { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined)
  if (!form) return wrong('MULTIPART_INVALID', 'Could not parse multipart body.')
  const make = maker()
  const files: APIAttachment[] = []
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') continue
    if (!/^files\[\d\]$/.test(name)) return wrong('FILE_FIELD_INVALID', `Unexpected file field ${name}.`)
    files.push(make(value.name, value.size, value.type))
  }
  const payload = form.get('payload_json')
  return typeof payload === 'string' ? fromJson(payload, files) : { json: {}, files }
}

function fromJson(text: string, files: readonly APIAttachment[]): ReadBody {
  try {
    const json: unknown = JSON.parse(text)
    if (isObject(json) || Array.isArray(json)) return { json, files }
  } catch {
    // Falls through to the refusal: malformed JSON and JSON of the wrong kind are answered alike.
  }
  return wrong('JSON_INVALID', 'The request body contains invalid JSON.')
}

function wrong(code: string, message: string): ReadBody {
  return { ...nothing, refused: { path: [], code, message } }
}
