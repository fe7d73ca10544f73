import { ComponentType as Kind } from 'discord-api-types/v10'
import { CustomIds, checkOptions, checkSelect, isSelect } from './component-rules.ts'
import { absent, type Form, isObject, type Json } from './form.ts'

/** A modal as a callback of type 9 carries it. */
export function checkModal(form: Form, value: unknown): void {
  if (!isObject(value)) {
    form.problem('BASE_TYPE_REQUIRED', 'This field is required')
    return
  }
  const ids = new CustomIds()
  form.at('custom_id').string(value['custom_id'], { min: 1, max: 100, required: true })
  form.at('title').string(value['title'], { min: 1, max: 45, required: true })
  const inside = form.at('components')
  for (const [index, part] of inside
    .list(value['components'], { min: 1, max: 5, required: true })
    .entries()) {
    const at = inside.at(index)
    if (part['type'] === Kind.Label) checkLabel(at, part, ids)
    else if (part['type'] === Kind.TextDisplay)
      at.at('content').string(part['content'], { min: 1, max: 4000, required: true })
    else if (part['type'] === Kind.ActionRow) {
      for (const [place, input] of at
        .at('components')
        .list(part['components'], { min: 1, max: 1, required: true })
        .entries()) {
        const there = at.at('components', place)
        if (!there.at('type').choice(input['type'], [Kind.TextInput])) continue
        there.at('label').string(input['label'], { min: 1, max: 45, required: true })
        checkTextInput(there, input, ids)
      }
    } else at.at('type').choice(part['type'], [Kind.ActionRow, Kind.TextDisplay, Kind.Label])
  }
}

function checkLabel(form: Form, label: Json, ids: CustomIds): void {
  form.at('label').string(label['label'], { min: 1, max: 45, required: true })
  form.at('description').string(label['description'], { min: 1, max: 100 })
  const inside = form.at('component')
  const field = label['component']
  if (!isObject(field)) {
    inside.problem('BASE_TYPE_REQUIRED', 'This field is required')
    return
  }
  if (field['type'] === Kind.TextInput) {
    if (!absent(field['label']))
      inside.at('label').problem('FIELD_FORBIDDEN', 'Cannot be specified inside a Label')
    checkTextInput(inside, field, ids)
  } else if (isSelect(field)) checkSelect(inside, field, ids, true)
  else if (field['type'] === Kind.RadioGroup) {
    ids.check(inside.at('custom_id'), field['custom_id'])
    checkOptions(inside.at('options'), field['options'], { min: 2, max: 10, most: 1 })
  } else if (field['type'] === Kind.CheckboxGroup) {
    ids.check(inside.at('custom_id'), field['custom_id'])
    checkOptions(inside.at('options'), field['options'], { max: 10, most: Number(field['max_values'] ?? 10) })
  } else if (field['type'] === Kind.Checkbox || field['type'] === Kind.FileUpload)
    ids.check(inside.at('custom_id'), field['custom_id'])
  else
    inside
      .at('type')
      .choice(field['type'], [
        3,
        4,
        5,
        6,
        7,
        8,
        Kind.FileUpload,
        Kind.RadioGroup,
        Kind.CheckboxGroup,
        Kind.Checkbox,
      ])
}

function checkTextInput(form: Form, input: Json, ids: CustomIds): void {
  ids.check(form.at('custom_id'), input['custom_id'])
  form.at('style').choice(input['style'], [1, 2])
  form.at('min_length').integer(input['min_length'], { min: 0, max: 4000 })
  form.at('max_length').integer(input['max_length'], { min: 1, max: 4000 })
  form.at('placeholder').string(input['placeholder'], { max: 100 })
  form.at('required').boolean(input['required'])
  const least = Number(input['min_length'] ?? 0)
  const most = Number(input['max_length'] ?? 4000)
  if (least > most)
    form.at('min_length').problem('TEXT_INPUT_MIN_GREATER_MAX', 'Min length cannot exceed max length')
  form.at('value').string(input['value'], { max: most })
}
