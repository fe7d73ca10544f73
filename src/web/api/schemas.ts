import { z } from 'zod'
import { parse as parseBase64url } from '../../core/format/base64url.ts'
import { idShape, parseId } from '../../core/format/id.ts'
import { kdfBounds } from '../../core/format/kdf.ts'
import { states } from '../../core/store.ts'

/** The API's version is in its paths. */
export const apiPrefix = '/api/v1'

/** From `min` to `max` bytes in canonical base64url. */
function bytesOf(min: number, max: number, description: string) {
  return z
    .string()
    .min(Math.ceil((min * 4) / 3))
    .max(Math.ceil((max * 4) / 3))
    .regex(/^[A-Za-z0-9_-]*$/)
    .meta({ description })
    .transform((text, context) => {
      const bytes = parseBase64url(text)
      if (bytes === undefined || bytes.length < min || bytes.length > max) {
        context.issues.push({ code: 'custom', message: 'not canonical base64url of that size', input: '' })
        return z.NEVER
      }
      return bytes
    })
}

const hash = (description: string) => bytesOf(32, 32, description)
const time = (description: string) =>
  z
    .int()
    .min(0)
    .meta({ description: `${description}, ms since epoch` })
const { minMemoryKiB, maxMemoryKiB, minPasses, maxPasses } = kdfBounds

/** A secret's id, in the path and in the body. */
export const idSchema = z
  .string()
  .meta({ description: '16 bytes in canonical base64url. Grants nothing.', pattern: idShape.source })
  .transform((text, context) => {
    const id = parseId(text)
    if (id === undefined) context.issues.push({ code: 'custom', message: 'not an id', input: '' })
    return id ?? z.NEVER
  })

const kdf = z
  .strictObject({
    memoryKiB: z.int().min(minMemoryKiB).max(maxMemoryKiB),
    passes: z.int().min(minPasses).max(maxPasses),
  })
  .meta({ description: 'Argon2id v1.3, one lane. Present exactly when there is a passphrase.' })

const minSealedBytes = 1 + 32 + 24 + 256 + 16
const maxSealedBytes = 32 * 1024 * 1024
const sealed = bytesOf(
  minSealedBytes,
  maxSealedBytes,
  'What the browser sealed: suite 1, without the server’s layer',
)

/** A secret that a browser has sealed, for `POST /secrets` and `POST /files`. */
export const keepRequest = z.strictObject({
  id: idSchema,
  sealed,
  proofHash: hash('SHA-256 of the proof'),
  kdf: kdf.optional(),
  expiresAt: time('When it expires'),
  receiptHash: hash('SHA-256 of the receipt token’s proof'),
})

/** A body that says nothing: the address does. */
export const emptyRequest = z.strictObject({})

/** The proof that a claim needs, and who claims. */
export const claimRequest = z.strictObject({
  proof: hash('The proof that opens'),
  claimId: bytesOf(16, 16, 'Random, the same when the claim is repeated'),
})

/** Who claimed. */
export const settleRequest = z.strictObject({ claimId: bytesOf(16, 16, 'As in the claim') })

/** The proof of the sender, for reading and for burning. */
export const receiptRequest = z.strictObject({ receipt: hash('The receipt token’s proof') })

/** The answer to a request, sealed in a browser. */
export const answerRequest = z.strictObject({
  answerProof: hash('From the drop link'),
  sealed,
  proofHash: hash('SHA-256 of the proof'),
})

const encoded = z.string().regex(/^[A-Za-z0-9_-]+$/)

/** What this server takes, for whoever seals. */
export const termsResponse = z.strictObject({
  now: time('The store’s clock'),
  publicUrl: z.string().meta({ description: 'Where links point' }),
  minTtlSeconds: z.int(),
  maxTtlSeconds: z.int(),
  maxTextBytes: z.int(),
  maxFileBytes: z.int(),
})

/** What was kept. */
export const keptResponse = z.strictObject({ id: idSchema, expiresAt: time('When it expires') })

/** What may be known of a secret before it is claimed. */
export const coverResponse = z.strictObject({
  state: z.enum(['sealed', 'opening']),
  expiresAt: time('When it expires'),
  triesLeft: z.int().meta({ description: 'Wrong passphrases that it still bears' }),
  kdf: kdf.optional(),
})

/** The sealed bytes for the one who won them. */
export const claimResponse = z.strictObject({
  sealed: encoded,
  expiresAt: time('Sealed in'),
  leaseUntil: time('Until when this claim may be repeated and settled'),
  kdf: kdf.optional(),
})

/** What became of a secret, and when. */
export const receiptResponse = z.strictObject({
  state: z.enum(states),
  createdAt: time('When it was sealed'),
  changedAt: time('When the state was entered'),
  expiresAt: time('When it expires'),
  triesLeft: z.int(),
})

/** It was destroyed unread. */
export const burnedResponse = z.strictObject({ state: z.literal('burned') })

/** Who asks and what for, and what an answer is sealed to. */
export const askResponse = z.strictObject({
  from: z.string(),
  note: z.string(),
  maxCharacters: z.int(),
  expiresAt: time('Sealed in'),
  recipient: encoded.meta({ description: '16 bytes, sealed in' }),
})

/** The answer waits for its one reveal. */
export const answeredResponse = z.strictObject({ state: z.literal('sealed') })

/** Every refusal (RFC 9457), with `why` as its stable name. */
export const problemResponse = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  why: z.string(),
  triesLeft: z.int().optional(),
  retryAfterSeconds: z.int().optional(),
  fields: z.array(z.string()).optional(),
})
