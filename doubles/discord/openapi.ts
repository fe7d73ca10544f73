import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { absent, isObject, type Json } from './form.ts'
import { type Route, routes } from './routes.ts'

/** Where Discord's own OpenAPI document lies, when it is there. */
export const specification = new URL('../../../shared/specs/discord-openapi.json', import.meta.url)

/** What the document says about a request, and about an answer. Undefined: nothing against it. */
export interface Judge {
  request(route: Route, body: unknown): string | undefined
  answer(route: Route, status: number, body: unknown): string | undefined
}

const lenient: Judge = { request: () => undefined, answer: () => undefined }
const judges = new Map<string, Judge>()

/**
 * Compiles the document for the operations in `routes.ts` (about half a second, once in a process), so that nothing
 * compiles while an interaction's clock runs. Without the file it has no objections.
 */
export function judgeFrom(file: URL = specification): Judge {
  const known = judges.get(file.href)
  if (known) return known
  const judge = existsSync(file) ? compile(JSON.parse(readFileSync(file, 'utf8'))) : lenient
  judges.set(file.href, judge)
  return judge
}

function compile(document: Json): Judge {
  tidy(document, document, extended(document, document['components']))
  const formats = Object.fromEntries(
    ['snowflake', 'nonce', 'int32', 'int64', 'double', 'date-time', 'uri'].map(
      (name) => [name, true] as const,
    ),
  )
  const ajv = new Ajv2020({ strict: false, formats, inlineRefs: false })
  ajv.addSchema({ ...document, $id: 'discord' })
  const validators = new Map<string, ValidateFunction>()
  const warm = (key: string, pointer: string) => {
    if (has(document, pointer)) validators.set(key, ajv.compile({ $ref: `discord#${pointer}` }))
  }
  for (const route of routes) {
    const base = `/paths/${encodeURIComponent(route.path.replaceAll('/', '~1'))}/${route.method.toLowerCase()}`
    warm(`${route.name} request`, `${base}/requestBody/content/application~1json/schema`)
    for (const status of [200, 201])
      warm(`${route.name} ${status}`, `${base}/responses/${status}/content/application~1json/schema`)
  }
  warm('refusal', '/components/schemas/ErrorResponse')
  warm('limited', '/components/schemas/RatelimitedResponse')

  const objection = (key: string, value: unknown) => {
    const validate = validators.get(key)
    if (!validate || validate(value)) return undefined
    const [error] = validate.errors ?? []
    return `${key}${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}`
  }
  return {
    request: (route, body) => objection(`${route.name} request`, sent(body)),
    answer: (route, status, body) => {
      if (status === 429) return objection('limited', body)
      return objection(status >= 400 ? 'refusal' : `${route.name} ${status}`, body)
    },
  }
}

/** A request without the two keys that discord.js sends everywhere and the document has only in places. */
function sent(body: unknown): unknown {
  if (!isObject(body)) return body
  const strip = ({ enforce_nonce: _, ...rest }: Json) => {
    if (rest['tts'] === false) delete rest['tts']
    return rest
  }
  const top = strip(body)
  return isObject(top['data']) ? { ...top, data: strip(top['data']) } : top
}

function has(document: Json, pointer: string): boolean {
  let at: unknown = document
  for (const step of pointer.split('/').slice(1))
    at = isObject(at) ? at[decodeURIComponent(step).replaceAll('~1', '/')] : undefined
  return at !== undefined
}

function resolve(document: Json, schema: unknown): unknown {
  if (!isObject(schema) || typeof schema['$ref'] !== 'string') return schema
  let at: unknown = document
  for (const step of schema['$ref'].split('/').slice(1)) at = isObject(at) ? at[step] : undefined
  return at
}

/** The schemas that others build upon with `allOf`; these cannot be closed. Uploads do too, and are read as JSON here. */
function extended(document: Json, node: unknown, open = new Set<unknown>()): ReadonlySet<unknown> {
  if (Array.isArray(node)) for (const one of node) extended(document, one, open)
  if (!isObject(node)) return open
  if (Array.isArray(node['allOf']))
    for (const one of [node, ...node['allOf']]) open.add(resolve(document, one))
  for (const child of Object.values(node)) extended(document, child, open)
  return open
}

/** Mends the document in place for ajv, and makes it strict: an object has the keys it lists and no others. */
function tidy(document: Json, node: unknown, open: ReadonlySet<unknown>): void {
  if (Array.isArray(node)) for (const one of node) tidy(document, one, open)
  if (!isObject(node)) return
  if (Array.isArray(node['enum']) && node['enum'].length === 0) delete node['enum']
  if (
    isObject(node['properties']) &&
    node['type'] === 'object' &&
    absent(node['additionalProperties']) &&
    absent(node['allOf']) &&
    !open.has(node)
  )
    node['additionalProperties'] = false
  loosen(node)
  for (const union of ['oneOf', 'anyOf']) if (Array.isArray(node[union])) byType(document, node, union)
  for (const child of Object.values(node)) tidy(document, child, open)
}

/** Where Discord itself departs from its document: codes of nested errors are words, permissions travel as strings. */
function loosen(node: Json): void {
  const properties = node['properties']
  if (!isObject(properties)) return
  const code = properties['code']
  if (isObject(code) && code['type'] === 'integer') code['type'] = ['integer', 'string']
  const permissions = properties['default_member_permissions']
  if (isObject(permissions) && Array.isArray(permissions['type']) && permissions['type'].includes('integer'))
    properties['default_member_permissions'] = { type: ['integer', 'string', 'null'] }
}

/** Turns a union of objects that differ in `type` into if/then, which is quick and names the real problem. */
function byType(document: Json, node: Json, union: string): void {
  const members = node[union] as unknown[]
  const tagged: [tags: unknown[], schema: unknown][] = []
  const others: unknown[] = []
  for (const member of members) {
    const schema = resolve(document, member)
    const type = isObject(schema) && isObject(schema['properties']) ? schema['properties']['type'] : undefined
    if (isObject(type) && Array.isArray(type['enum']) && type['enum'].length > 0)
      tagged.push([type['enum'], member])
    else others.push(member)
  }
  if (tagged.length < 2) return
  const choice = {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: tagged.flatMap(([tags]) => tags) } },
    allOf: tagged.map(([tags, schema]) =>
      Object.fromEntries([
        ['if', { required: ['type'], properties: { type: { enum: tags } } }],
        ['then', schema],
      ]),
    ),
  }
  delete node[union]
  if (others.length > 0) node['anyOf'] = [...others, choice]
  else node['allOf'] = [...(Array.isArray(node['allOf']) ? node['allOf'] : []), choice]
}
