import { ButtonStyle, ComponentType as Kind } from 'discord-api-types/v10'
import { absent, type Form, isObject, type Json } from './form.ts'

const selects: readonly unknown[] = [
  Kind.StringSelect,
  Kind.UserSelect,
  Kind.RoleSelect,
  Kind.MentionableSelect,
  Kind.ChannelSelect,
]

/** Whether a component is a select of any sort. */
export function isSelect(component: Json): boolean {
  return selects.includes(component['type'])
}

/** Checks that custom ids are 1 to 100 long and occur once. One per message or modal. */
export class CustomIds {
  readonly #seen = new Set<unknown>()

  check(form: Form, value: unknown): void {
    form.string(value, { min: 1, max: 100, required: true })
    if (this.#seen.has(value))
      form.problem('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated')
    this.#seen.add(value)
  }
}

/** The components of a message; `modern` is the Components V2 flag. */
export function checkComponents(form: Form, value: unknown, modern: boolean): void {
  const ids = new CustomIds()
  const rows = form.list(value, { max: modern ? 40 : 5 })
  for (const [index, component] of rows.entries()) {
    const at = form.at(index)
    if (component['type'] === Kind.ActionRow) checkRow(at, component, ids)
    else if (modern) checkLayout(at, component, ids, true)
    else at.at('type').choice(component['type'], [Kind.ActionRow])
  }
  if (!modern) return
  if (count(rows) > 40) form.problem('COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'Total components exceed 40')
  if (textLength(rows) > 4000)
    form.problem('COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', 'Displayable text size exceeds 4000')
}

function children(component: Json): readonly Json[] {
  const list = Array.isArray(component['components']) ? component['components'].filter(isObject) : []
  return isObject(component['accessory']) ? [...list, component['accessory']] : list
}

function count(components: readonly Json[]): number {
  return components.reduce((sum, component) => sum + 1 + count(children(component)), 0)
}

function textLength(components: readonly Json[]): number {
  const own = (one: Json) => (one['type'] === Kind.TextDisplay ? String(one['content'] ?? '').length : 0)
  return components.reduce((sum, component) => sum + own(component) + textLength(children(component)), 0)
}

function checkRow(form: Form, row: Json, ids: CustomIds): void {
  const inside = form.at('components')
  const parts = inside.list(row['components'], { min: 1, max: 5, required: true })
  if (parts.length > 1 && parts.some(isSelect))
    inside.problem('COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width')
  for (const [index, part] of parts.entries()) {
    const at = inside.at(index)
    if (part['type'] === Kind.Button) checkButton(at, part, ids)
    else if (isSelect(part)) checkSelect(at, part, ids)
    else at.at('type').choice(part['type'], [Kind.Button, ...(selects as number[])])
  }
}

function checkLayout(form: Form, component: Json, ids: CustomIds, top: boolean): void {
  const type = component['type']
  const inside = form.at('components')
  if (type === Kind.ActionRow) checkRow(form, component, ids)
  else if (type === Kind.TextDisplay)
    form.at('content').string(component['content'], { min: 1, max: 4000, required: true })
  else if (type === Kind.Separator) form.at('divider').boolean(component['divider'])
  else if (type === Kind.Section) {
    for (const [index, part] of inside
      .list(component['components'], { min: 1, max: 3, required: true })
      .entries())
      if (inside.at(index, 'type').choice(part['type'], [Kind.TextDisplay]))
        checkLayout(inside.at(index), part, ids, false)
    const accessory = component['accessory']
    if (!isObject(accessory)) form.at('accessory').problem('BASE_TYPE_REQUIRED', 'This field is required')
    else if (accessory['type'] === Kind.Button) checkButton(form.at('accessory'), accessory, ids)
    else form.at('accessory', 'type').choice(accessory['type'], [Kind.Button, Kind.Thumbnail])
  } else if (type === Kind.Container && top) {
    for (const [index, part] of inside
      .list(component['components'], { min: 1, max: 40, required: true })
      .entries())
      checkLayout(inside.at(index), part, ids, false)
  } else
    form
      .at('type')
      .choice(type, [
        Kind.ActionRow,
        Kind.TextDisplay,
        Kind.Separator,
        Kind.Section,
        ...(top ? [Kind.Container] : []),
      ])
}

/** One button: a label or an emoji, and exactly the one target that its style asks for. */
export function checkButton(form: Form, button: Json, ids: CustomIds): void {
  const { label, emoji, style, url } = button
  form.at('style').choice(style, [1, 2, 3, 4, 5, 6])
  form.at('label').string(label, { max: 80 })
  form.at('disabled').boolean(button['disabled'])
  if ((absent(label) || label === '') && absent(emoji))
    form.problem('BUTTON_COMPONENT_INVALID_LABEL', 'A button needs a label or an emoji')
  if (style === ButtonStyle.Link) {
    form.at('url').string(url, { min: 1, max: 512, required: true })
    if (!absent(button['custom_id']))
      form
        .at('custom_id')
        .problem('BUTTON_COMPONENT_CUSTOM_ID_FORBIDDEN', 'A custom id and url cannot both be specified')
  } else if (style === ButtonStyle.Premium)
    form.at('sku_id').string(button['sku_id'], { min: 1, required: true })
  else {
    ids.check(form.at('custom_id'), button['custom_id'])
    if (!absent(url))
      form.at('url').problem('BUTTON_COMPONENT_URL_FORBIDDEN', 'A custom id and url cannot both be specified')
  }
}

/** A select; `inModal` is the one inside a Label, which knows `required` and is never disabled. */
export function checkSelect(form: Form, select: Json, ids: CustomIds, inModal = false): void {
  ids.check(form.at('custom_id'), select['custom_id'])
  form.at('placeholder').string(select['placeholder'], { max: 150 })
  form.at('min_values').integer(select['min_values'], { min: 0, max: 25 })
  form.at('max_values').integer(select['max_values'], { min: 1, max: 25 })
  const [least, most] = [Number(select['min_values'] ?? 1), Number(select['max_values'] ?? 1)]
  if (least > most)
    form.at('min_values').problem('SELECT_COMPONENT_MIN_GREATER_MAX', 'Min values cannot exceed max values')
  if (inModal) {
    form.at('required').boolean(select['required'])
    if (select['disabled'] === true)
      form.at('disabled').problem('COMPONENT_DISABLED_IN_MODAL', 'Cannot be disabled in a modal')
    if (least === 0 && select['required'] !== false)
      form.at('min_values').problem('SELECT_COMPONENT_REQUIRED_MIN_ZERO', 'Must be at least 1 when required')
  } else if (!absent(select['required']))
    form.at('required').problem('FIELD_FORBIDDEN', 'Only valid in modals')
  if (select['type'] === Kind.StringSelect)
    checkOptions(form.at('options'), select['options'], { max: 25, most, least })
  else if (Array.isArray(select['default_values']) && select['default_values'].length > most)
    form.at('default_values').problem('SELECT_DEFAULT_VALUES_TOO_MANY', `At most ${most} values`)
}

/** The options of a string select, radio group or checkbox group. */
export function checkOptions(
  form: Form,
  value: unknown,
  { min = 1, max, most, least = 0 }: { min?: number; max: number; most: number; least?: number },
): void {
  const options = form.list(value, { min, max, required: true })
  if (options.length > 0 && options.length < least)
    form.problem('BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${max} in length.`)
  const seen = new Set<unknown>()
  for (const [index, option] of options.entries()) {
    const at = form.at(index)
    at.at('label').string(option['label'], { min: 1, max: 100, required: true })
    at.at('value').string(option['value'], { min: 1, max: 100, required: true })
    at.at('description').string(option['description'], { max: 100 })
    if (seen.has(option['value']))
      at.at('value').problem(
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      )
    seen.add(option['value'])
  }
  if (options.filter((option) => option['default'] === true).length > most)
    form.problem('SELECT_OPTIONS_TOO_MANY_DEFAULTS', `At most ${most} default options`)
}
