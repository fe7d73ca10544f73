import {
  type APIAttachment,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  MessageFlags,
  RESTJSONErrorCodes,
} from 'discord-api-types/v10'
import { checkComponents } from './component-rules.ts'
import { Refusal } from './errors.ts'
import { absent, Form, isObject, type Json } from './form.ts'
import { type MessageText, silence } from './message.ts'

/** Flags that may be set on a message by whom sends it. */
const settable =
  MessageFlags.SuppressEmbeds |
  MessageFlags.Ephemeral |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsComponentsV2

/**
 * Reads what a request says, on top of what the message said `before`; fields left out keep their value.
 * Leading and trailing white space goes, as Discord trims it.
 * @throws Refusal 50035 with every problem, 50006 when nothing would be left.
 */
export function readMessageText(
  body: Json,
  files: readonly APIAttachment[],
  before: MessageText = silence,
  flags = 0,
  form = new Form(),
): MessageText {
  const modern = (flags & MessageFlags.IsComponentsV2) !== 0
  form.at('content').string(body['content'], { max: 2000 })
  checkFlags(form.at('flags'), body['flags'])
  checkEmbeds(form.at('embeds'), body['embeds'])
  checkComponents(form.at('components'), body['components'], modern)
  checkAllowedMentions(form.at('allowed_mentions'), body['allowed_mentions'])
  for (const field of ['poll', 'sticker_ids', 'shared_client_theme'])
    if (!absent(body[field]) && !(Array.isArray(body[field]) && body[field].length === 0))
      form.at(field).problem('NOT_MODELLED', 'This double knows neither polls, stickers nor themes')
  if (modern) {
    for (const field of ['content', 'embeds'] as const)
      if (!absent(body[field]) && String(body[field]) !== '')
        form
          .at(field)
          .problem(
            'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
            'Cannot be used with IS_COMPONENTS_V2',
          )
  }
  form.done()

  const kept = (field: string) => body[field] === undefined
  const list = <T>(field: string, old: readonly T[]): readonly T[] =>
    kept(field) ? old : ((body[field] as readonly T[] | null) ?? [])
  const next: MessageText = {
    content: kept('content') ? before.content : String(body['content'] ?? '').trim(),
    embeds: list<APIEmbed>('embeds', before.embeds).map(trimmed),
    components: numbered(list<APIMessageTopLevelComponent>('components', before.components)),
    attachments: attachments(body, files, before.attachments),
  }
  if (isEmpty(next, modern)) throw new Refusal(RESTJSONErrorCodes.CannotSendAnEmptyMessage)
  return next
}

function isEmpty(next: MessageText, modern: boolean): boolean {
  if (modern) return next.components.length === 0
  return (
    next.content === '' &&
    next.embeds.length === 0 &&
    next.attachments.length === 0 &&
    next.components.length === 0
  )
}

function attachments(
  body: Json,
  files: readonly APIAttachment[],
  before: readonly APIAttachment[],
): readonly APIAttachment[] {
  const listed = body['attachments']
  if (!Array.isArray(listed)) return [...before, ...files]
  const keep = new Set(listed.filter(isObject).map((one) => one['id']))
  return [...before.filter((one) => keep.has(one.id)), ...files]
}

function checkFlags(form: Form, value: unknown): void {
  form.integer(value)
  if (typeof value === 'number' && (value & ~settable) !== 0)
    form.problem('MESSAGE_FLAGS_INVALID', 'These flags cannot be set')
}

function checkAllowedMentions(form: Form, value: unknown): void {
  if (absent(value)) return
  if (!isObject(value)) {
    form.problem('MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType')
    return
  }
  const parse = Array.isArray(value['parse']) ? value['parse'] : []
  for (const [index, kind] of parse.entries())
    form.at('parse', index).choice(kind, ['users', 'roles', 'everyone'])
  for (const kind of ['users', 'roles'] as const) {
    const list = value[kind]
    if (!Array.isArray(list)) continue
    if (list.length > 100) form.at(kind).problem('BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.')
    if (list.length > 0 && parse.includes(kind))
      form.problem(
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}:[ids...] are mutually exclusive.`,
      )
  }
}

const embedTexts = [
  ['title', 256],
  ['description', 4096],
  ['url', 2048],
] as const

function checkEmbeds(form: Form, value: unknown): void {
  let total = 0
  const text = (at: Form, one: unknown, max: number, required = false) => {
    at.string(one, { max, required, min: required ? 1 : 0 })
    if (typeof one === 'string') total += one.length
  }
  for (const [index, embed] of form.list(value, { max: 10 }).entries()) {
    const at = form.at(index)
    for (const [field, max] of embedTexts) {
      if (field === 'url') at.at(field).string(embed[field], { max })
      else text(at.at(field), embed[field], max)
    }
    at.at('color').integer(embed['color'], { max: 0xffffff })
    if (isObject(embed['footer'])) text(at.at('footer', 'text'), embed['footer']['text'], 2048, true)
    if (isObject(embed['author'])) text(at.at('author', 'name'), embed['author']['name'], 256, true)
    for (const [place, field] of at.at('fields').list(embed['fields'], { max: 25 }).entries()) {
      text(at.at('fields', place, 'name'), field['name'], 256, true)
      text(at.at('fields', place, 'value'), field['value'], 1024, true)
    }
  }
  if (total > 6000) form.problem('MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000')
}

/** An embed as it comes back: trimmed, with its type, without the fields that were sent as null. */
function trimmed(embed: APIEmbed): APIEmbed {
  const set = Object.entries(embed).filter(([, value]) => value !== null)
  const clean: APIEmbed = {
    ...(Object.fromEntries(set) as APIEmbed),
    type: 'rich' as NonNullable<APIEmbed['type']>,
  }
  if (clean.title !== undefined) clean.title = clean.title.trim()
  if (clean.description !== undefined) clean.description = clean.description.trim()
  if (clean.fields)
    clean.fields = clean.fields.map(({ name, value, inline = false }) => ({
      name: name.trim(),
      value: value.trim(),
      inline,
    }))
  return clean
}

/** Gives every component the id it lacks, in reading order, and the values that Discord fills in. */
function numbered(
  components: readonly APIMessageTopLevelComponent[],
): readonly APIMessageTopLevelComponent[] {
  let next = 1
  const visit = (value: Json): Json => {
    const given = value['id']
    const one: Json = { id: typeof given === 'number' && given > 0 ? given : next, ...withoutNulls(value) }
    one['id'] = typeof given === 'number' && given > 0 ? given : next++
    if (typeof one['min_values'] !== 'number' && 'custom_id' in one && one['type'] !== 2)
      one['min_values'] = 1
    if (typeof one['max_values'] !== 'number' && 'custom_id' in one && one['type'] !== 2)
      one['max_values'] = 1
    if (one['type'] === 17)
      Object.assign(one, { accent_color: one['accent_color'] ?? null, spoiler: one['spoiler'] ?? false })
    if (one['type'] === 14)
      Object.assign(one, { divider: one['divider'] ?? true, spacing: one['spacing'] ?? 1 })
    if (Array.isArray(one['components'])) one['components'] = one['components'].filter(isObject).map(visit)
    if (isObject(one['accessory'])) one['accessory'] = visit(one['accessory'])
    return one
  }
  return components.map((component) =>
    visit(component as unknown as Json),
  ) as unknown as APIMessageTopLevelComponent[]
}

function withoutNulls(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}
