import { z } from 'zod'
import { limits } from '../limits.ts'
import type { Call } from '../protocol.ts'

const label = z.string().min(1).max(limits.labelChars)
const person = z.string().regex(/^p\d+$/)
const room = z.string().regex(/^r\d+$/)
const message = z.string().regex(/^m\d+$/)
const interaction = z.string().regex(/^i\d+$/)

const button = z.strictObject({
  label,
  press: z.string().min(1).max(limits.pressChars),
  sure: z
    .strictObject({ title: label, text: z.string().max(limits.hintChars), yes: label, no: label })
    .optional(),
})

const body = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        text: z.string().max(limits.lineChars),
        small: z.literal(true).optional(),
        buttons: z.array(button).min(1).max(limits.buttonsOfLine).optional(),
      }),
    )
    .min(1)
    .max(limits.linesOfMessage),
  plain: z.string().min(1).max(limits.plainChars).optional(),
})

const field = z.strictObject({
  name: label,
  label,
  hint: z.string().max(limits.hintChars).optional(),
  kind: z.enum(['people', 'text', 'choice']),
  required: z.boolean(),
  max: z.number().int().min(1).max(limits.textChars).optional(),
  value: z.union([z.string().max(limits.textChars), z.array(person).max(limits.people)]).optional(),
  choices: z
    .array(z.strictObject({ label, value: label }))
    .min(1)
    .optional(),
})

const form = z.strictObject({
  id: z.string().min(1).max(limits.pressChars),
  title: label,
  lead: z.string().max(limits.lineChars).optional(),
  fields: z.array(field).max(limits.fields),
})

const number = { call: z.number().int() }

const calls = z.discriminatedUnion('verb', [
  z.strictObject({ ...number, verb: z.literal('hello'), token: z.string() }),
  z.strictObject({ ...number, verb: z.literal('got'), interaction }),
  z.strictObject({ ...number, verb: z.literal('post'), room, under: message.optional(), body }),
  z.strictObject({ ...number, verb: z.literal('edit'), room, message, body }),
  z.strictObject({ ...number, verb: z.literal('talk'), person }),
  z.strictObject({ ...number, verb: z.literal('who'), person }),
  z.strictObject({ ...number, verb: z.literal('read'), room, message }),
  z.strictObject({ ...number, verb: z.literal('form'), interaction, form }),
  z.strictObject({ ...number, verb: z.literal('private'), interaction, body }),
])

/** A call as it stands on the wire. */
export type Numbered = Call & { readonly call: number }

/** The call, or the code with which Pigeon refuses one of this shape. */
export function readCall(line: unknown): Numbered | 'too_long' | 'bad_call' {
  const read = calls.safeParse(line)
  if (read.success) return read.data as Numbered
  return read.error.issues.some(({ code }) => code === 'too_big') ? 'too_long' : 'bad_call'
}
