import { ComponentType as Kind } from 'discord-api-types/v10'
import type { Channel } from './entities.ts'
import { isObject, type Json } from './form.ts'
import type { OpenModal } from './interaction.ts'
import { memberWithoutUser, userShape } from './shapes.ts'
import type { World } from './world.ts'

/** What a person can put into a field: text, an option by its label, people or channels, a tick. */
export type Entry = string | boolean | { readonly id: string } | readonly (string | { readonly id: string })[]

/** A field of a form: its label and its component. */
export interface Field {
  readonly label: string
  readonly description: string
  readonly component: Json
}

const multiple: readonly unknown[] = [3, 5, 6, 7, 8, Kind.CheckboxGroup]

/** The fields of a form, in order. */
export function fieldsOf(modal: OpenModal): readonly Field[] {
  const parts = modal.form.components as unknown as readonly Json[]
  return parts.flatMap((part) => {
    if (part['type'] === Kind.Label && isObject(part['component']))
      return [
        {
          label: String(part['label']),
          description: String(part['description'] ?? ''),
          component: part['component'],
        },
      ]
    if (!Array.isArray(part['components'])) return []
    return part['components'].filter(isObject).map((component) => ({
      label: String(component['label']),
      description: '',
      component,
    }))
  })
}

/** What a field holds: what was entered, or what the form began with. */
export function heldBy(modal: OpenModal, { component }: Field): unknown {
  const id = String(component['custom_id'])
  if (modal.filled.has(id)) return modal.filled.get(id)
  const options = optionsOf(component)
  const chosen = options.filter((option) => option['default'] === true).map((option) => option['value'])
  if (component['type'] === Kind.TextInput) return component['value'] ?? ''
  if (component['type'] === Kind.Checkbox) return component['default'] === true
  if (component['type'] === Kind.RadioGroup) return chosen[0] ?? null
  if (options.length > 0) return chosen
  const defaults = Array.isArray(component['default_values'])
    ? component['default_values'].filter(isObject)
    : []
  return defaults.map((one) => one['id'])
}

/** Puts an entry into a field, as a client would. @throws where the client does not let a person do that */
export function enter(modal: OpenModal, field: Field, entry: Entry): void {
  modal.filled.set(String(field.component['custom_id']), held(field, entry))
  modal.errors.delete(field.label)
}

function held({ label, component }: Field, entry: Entry): unknown {
  if (component['type'] === Kind.TextInput) {
    if (typeof entry !== 'string') throw new Error(`“${label}” takes text`)
    if (component['style'] === 1 && /[\r\n]/.test(entry)) throw new Error(`“${label}” has one line only`)
    return entry
  }
  if (component['type'] === Kind.Checkbox) return entry === true
  return selected(component, entry, label)
}

/** The values of a select that an entry stands for; for radio buttons, the one value. */
export function selected(component: Json, entry: Entry, label: string): unknown {
  const list = Array.isArray(entry) ? entry : [entry]
  const options = optionsOf(component)
  const values = list.map((one: unknown) => {
    if (isObject(one) || (typeof one === 'object' && one !== null)) return (one as { id: string }).id
    const option = options.find((each) => each['label'] === one)
    if (!option) throw new Error(`“${label}” has no option “${String(one)}”`)
    return String(option['value'])
  })
  return multiple.includes(component['type']) ? values : (values[0] ?? null)
}

/** What the client refuses to submit, by label. */
export function clientErrors(modal: OpenModal): ReadonlyMap<string, string> {
  const errors = new Map<string, string>()
  for (const field of fieldsOf(modal)) {
    const { component, label } = field
    const value = heldBy(modal, field)
    const required = component['required'] !== false && component['type'] !== Kind.Checkbox
    const size = typeof value === 'string' || Array.isArray(value) ? value.length : value === null ? 0 : 1
    if (size === 0) {
      if (required) errors.set(label, 'This field is required')
      continue
    }
    const text = component['type'] === Kind.TextInput
    const least = Number(component[text ? 'min_length' : 'min_values'] ?? (text ? 0 : 1))
    const most = Number(component[text ? 'max_length' : 'max_values'] ?? (text ? 4000 : 1))
    if (size < least) errors.set(label, `Must be ${least} or more`)
    if (size > most) errors.set(label, `Must be ${most} or fewer`)
  }
  return errors
}

/** The `data` of a submission: every component with what it holds, and who the ids are. */
export function submission(world: World, modal: OpenModal, channel: Channel): Json {
  const people = new Set<string>()
  const filled = (component: Json): Json => {
    const value = heldBy(modal, { label: '', description: '', component })
    const base = { type: component['type'], id: component['id'] ?? 1, custom_id: component['custom_id'] }
    if (!Array.isArray(value)) return { ...base, value }
    if (component['type'] === Kind.UserSelect || component['type'] === Kind.MentionableSelect)
      for (const id of value) people.add(String(id))
    return { ...base, values: value }
  }
  const parts = modal.form.components as unknown as readonly Json[]
  const components = parts.map((part, index) => {
    const base = { type: part['type'], id: part['id'] ?? index + 1 }
    if (isObject(part['component'])) return { ...base, component: filled(part['component']) }
    if (Array.isArray(part['components']))
      return { ...base, components: part['components'].filter(isObject).map(filled) }
    return base
  })
  const known = resolved(world, channel, people)
  return { custom_id: modal.form.custom_id, components, ...(known && { resolved: known }) }
}

/** Users, and members where they are members, as `resolved` has them. Undefined when there is nobody. */
export function resolved(world: World, { guild }: Channel, ids: Iterable<string>): Json | undefined {
  const users: Json = {}
  const members: Json = {}
  for (const id of ids) {
    const user = world.users.get(id)
    if (!user) continue
    users[id] = userShape(user)
    if (guild && (guild.members.has(user) || (user === world.bot && guild.hasBot)))
      members[id] = memberWithoutUser(guild)
  }
  if (Object.keys(users).length === 0) return undefined
  return { users, ...(Object.keys(members).length > 0 && { members }) }
}

function optionsOf(component: Json): readonly Json[] {
  return Array.isArray(component['options']) ? component['options'].filter(isObject) : []
}
