import { z } from 'zod'
import { ourHeader } from './csrf.ts'
import { type ProblemName, problems } from './problems.ts'
import { type Route, routes } from './routes.ts'
import { apiPrefix, idSchema, problemResponse, termsResponse } from './schemas.ts'

/** What any address of the API may answer. */
const everywhere: readonly ProblemName[] = [
  'malformed',
  'cross-site',
  'method-not-allowed',
  'too-large',
  'not-json',
  'limited',
  'internal',
  'busy',
  'unavailable',
]

/** The API as an OpenAPI 3.1 document, made from the schemas that check its requests. `limits` in bytes. */
export function openApi(publicUrl: string, limits: Readonly<Record<Route['size'], number>>) {
  const list: readonly Route[] = Object.values(routes)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sotto: one-time links',
      version: '1',
      description:
        'Secrets are sealed and opened in the browser (docs/format.md). Only POST changes anything, and only with this server’s own header.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths: {
      [`${apiPrefix}/terms`]: {
        get: {
          operationId: 'terms',
          summary: 'What this server takes, and its clock.',
          responses: { 200: answer('The terms', termsResponse), ...refusals(['unavailable', 'internal']) },
        },
      },
      ...Object.fromEntries(
        list.map((route) => [
          apiPrefix + route.path.replace(':id', '{id}'),
          { post: operation(route, limits[route.size]) },
        ]),
      ),
    },
    components: { schemas: { Problem: schema(problemResponse) } },
  }
}

function operation(route: Route, maxBytes: number) {
  const { name, path, summary, request, status, response, refusals: own } = route
  return {
    operationId: name,
    summary,
    description: `Body up to ${maxBytes} bytes.`,
    parameters: [
      ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: schema(idSchema) }] : []),
      {
        name: ourHeader.name,
        in: 'header',
        required: true,
        schema: { type: 'string', const: ourHeader.value },
      },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: schema(request) } } },
    responses: {
      [status]: response ? answer('Done', response) : { description: 'Done' },
      ...refusals([...everywhere, ...own]),
    },
  }
}

function answer(description: string, body: z.ZodType) {
  return { description, content: { 'application/json': { schema: schema(body) } } }
}

/** One entry a status: several refusals share some. */
function refusals(names: readonly ProblemName[]) {
  const byStatus = Map.groupBy(names, (name) => problems[name][0])
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((name) => `\`${name}\`: ${problems[name][1]}`).join('\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function schema(type: z.ZodType) {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(type, { io: 'input', target: 'draft-2020-12' })
  return rest
}
