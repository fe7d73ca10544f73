import { randomBytes } from 'node:crypto'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite, type Site, sealText } from '../../doubles/run/site.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { derive } from '../../src/core/format/suite1.ts'
import { sealAnswer } from '../../src/web/pages/sealing.ts'

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface Operation {
  readonly operationId: string
  readonly requestBody?: Media
  readonly responses: Readonly<Record<string, Media>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: { readonly Problem: object } }
}

const random = (size: number) => randomBytes(size).toString('base64url')

describe('/openapi.json', () => {
  let site: Site
  let document: Document
  const ajv = new Ajv2020({ strict: false })

  beforeAll(async () => {
    site = await openSite()
    document = (await (await fetch(`${site.url}/openapi.json`)).json()) as Document
    ajv.addSchema(document, 'api')
  })
  afterAll(() => site.close())

  /** The document's own word on one answer: what it says of this status and type, or undefined. */
  function described(
    path: string,
    method: string,
    status: number,
    type: string,
  ): ValidateFunction | undefined {
    const operation = document.paths[path]?.[method]
    const schema = operation?.responses[status]?.content?.[type]?.schema
    if (schema === undefined) return undefined
    const local = JSON.stringify(schema).replaceAll('"#/', '"api#/')
    return ajv.compile(JSON.parse(local) as object)
  }

  async function agrees(path: string, id: string, body: unknown): Promise<string> {
    const response = await site.post(path.replace('{id}', id), body)
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
    if (response.status === 204) return document.paths[path]?.['post']?.responses[204] ? '204' : 'undescribed'
    const validate = described(path, 'post', response.status, type)
    const answer = (await response.json()) as { why?: string }
    if (validate === undefined) return `undescribed ${response.status} ${type}`
    return validate(answer)
      ? `${response.status} ${answer.why ?? ''}`.trim()
      : ajv.errorsText(validate.errors)
  }

  it('describes what the app really answers, on every address', async () => {
    const sealed = await sealText('described', (await site.vault.now()) + 86_400_000, 'swordfish')
    const { id } = sealed.body
    const derived = derive(sealed.token)
    const proof = derived.unlock().proof()
    const claimId = random(16)
    const asked = await site.ask()
    const text = (await (await site.post(`/api/v1/asks/${asked.id}/cover`, {})).json()) as {
      expiresAt: number
      recipient: string
    }
    const answer = sealAnswer(asked.token, Secret.fromText('x'), text)
    const plain = await site.keep('plain')
    const right = Buffer.from(derive(plain.token).unlock().proof()).toString('base64url')
    const receipt = Buffer.from(sealed.receipt.proof).toString('base64url')
    const said: [string, string, unknown, string][] = [
      ['/api/v1/secrets', id, sealed.body, '201'],
      ['/api/v1/secrets', id, { ...sealed.body, proofHash: random(32) }, '409 taken'],
      ['/api/v1/secrets', id, { ...sealed.body, expiresAt: 0 }, '422 expiry'],
      ['/api/v1/secrets', id, {}, '400 malformed'],
      ['/api/v1/files', id, sealed.body, '201'],
      ['/api/v1/secrets/{id}/cover', id, {}, '200'],
      ['/api/v1/secrets/{id}/cover', random(16), {}, '410 gone'],
      [
        '/api/v1/secrets/{id}/claim',
        id,
        { proof: Buffer.from(proof).toString('base64url'), claimId },
        '403 wrong-passphrase',
      ],
      ['/api/v1/secrets/{id}/claim', plain.body.id, { proof: right, claimId }, '200'],
      ['/api/v1/secrets/{id}/claim', plain.body.id, { proof: right, claimId: random(16) }, '409 opening'],
      ['/api/v1/secrets/{id}/settle', plain.body.id, { claimId: random(16) }, '409 not-holder'],
      ['/api/v1/secrets/{id}/settle', plain.body.id, { claimId }, '204'],
      ['/api/v1/receipts/{id}', id, { receipt }, '200'],
      ['/api/v1/receipts/{id}', id, { receipt: random(32) }, '410 gone'],
      ['/api/v1/receipts/{id}/burn', id, { receipt }, '200'],
      ['/api/v1/receipts/{id}/burn', random(16), { receipt }, '410 gone'],
      ['/api/v1/asks/{id}/cover', asked.id, {}, '200'],
      ['/api/v1/asks/{id}/answer', asked.id, answer, '201'],
      ['/api/v1/asks/{id}/answer', asked.id, { ...answer, sealed: random(400) }, '410 gone'],
    ]
    for (const [path, on, body, expected] of said)
      expect([path, await agrees(path, on, body)]).toEqual([path, expected])
    const walked = new Set(said.map(([path]) => path))
    expect(Object.keys(document.paths).filter((path) => !walked.has(path))).toEqual(['/api/v1/terms'])
  })

  it('describes the terms', async () => {
    const validate = described('/api/v1/terms', 'get', 200, 'application/json')
    const terms = (await (await fetch(`${site.url}/api/v1/terms`)).json()) as object
    expect(validate?.(terms)).toBe(true)
    // Counter-example: an answer with one field more than it says is not the one described.
    expect(validate?.({ ...terms, secret: 1 })).toBe(false)
  })

  it('is OpenAPI 3.1 with a request schema that refuses what the app refuses', async () => {
    expect(document.openapi).toBe('3.1.0')
    const keep =
      document.paths['/api/v1/secrets']?.['post']?.requestBody?.content?.['application/json']?.schema
    const validate = ajv.compile(keep!)
    const { body } = await sealText('schema', Date.now())
    expect(validate(body)).toBe(true)
    for (const wrong of [{ ...body, extra: 1 }, { ...body, id: 'x' }, { ...body, expiresAt: 'soon' }, {}])
      expect(validate(wrong)).toBe(false)
  })
})
