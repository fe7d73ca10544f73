import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from './refusal.ts'
import { type Fields, isFields } from './shapes.ts'

const structured = ['blocks', 'view', 'attachments', 'metadata']

/**
 * The arguments of a Web API call as any client may send them: form, JSON or multipart; `blocks`, `view` and
 * the like may be JSON inside a string.
 * @throws {Refusal} `invalid_json`, `json_not_object`, `invalid_blocks_format`, `invalid_arguments`,
 * `invalid_post_type`
 */
export async function parseArguments(headers: IncomingHttpHeaders, body: Buffer): Promise<Fields> {
  const type = (headers['content-type'] ?? '').toLowerCase()
  if (body.length === 0) return {}
  if (type.startsWith('application/json')) return unfold(fromJson(body.toString()))
  if (type.startsWith('application/x-www-form-urlencoded'))
    return unfold(Object.fromEntries(new URLSearchParams(body.toString())))
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData()
    const args: Fields = {}
    for (const [key, value] of form)
      args[key] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer())
    return unfold(args)
  }
  throw new Refusal('invalid_post_type')
}

function fromJson(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('invalid_json')
  }
  if (!isFields(value)) throw new Refusal('json_not_object')
  return value
}

function unfold(args: Fields): Fields {
  for (const key of structured) {
    const value = args[key]
    if (typeof value !== 'string') continue
    try {
      args[key] = JSON.parse(value)
    } catch {
      if (key === 'blocks') throw new Refusal('invalid_blocks_format')
      throw new Refusal('invalid_arguments', [`failed to parse JSON [json-pointer:/${key}]`])
    }
  }
  return args
}
