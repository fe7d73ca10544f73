import { ButtonStyle, ComponentType as Kind, MessageFlags } from 'discord-api-types/v10'
import { isSelect } from './component-rules.ts'
import { isObject, type Json } from './form.ts'
import type { OpenModal } from './interaction.ts'
import { readMarkdown, type Shown } from './markdown.ts'
import { currentVersion, type Message, type Version } from './message.ts'
import { fieldsOf, heldBy } from './modal-form.ts'
import type { World } from './world.ts'

/** One message as a client shows it. */
export interface SeenMessage {
  readonly id: string
  readonly from: string
  /** All of it as plain text: `[Button]` for what can be pressed, `(Button)` for what is disabled. */
  readonly text: string
  readonly onlyYou: boolean
  /** Contents of code blocks to the letter. */
  readonly codeBlocks: readonly string[]
  /** Links that a click follows, link buttons included. */
  readonly links: Shown['links']
  /** Names of those who got a notification; `@everyone` among them when it went to all. */
  readonly pinged: readonly string[]
  /** Labels of the buttons that can be pressed. */
  readonly buttons: readonly string[]
}

/** An open form as a person sees it. */
export interface SeenModal {
  readonly title: string
  /** The whole form as plain text. */
  readonly text: string
  /** Labels of the fields. */
  readonly fields: readonly string[]
  readonly submit: string
  readonly close: string
  /** Messages under fields by label, and above the form under the empty label. */
  readonly errors: Readonly<Record<string, string>>
}

/** Something on a message that can be used, with the label a person would call it by. */
export interface Placed {
  readonly component: Json
  readonly label: string
}

/** The buttons and selects of a message, in reading order; disabled ones and all. */
export function placedIn(components: readonly unknown[]): readonly Placed[] {
  return components.filter(isObject).flatMap((component) => {
    if (component['type'] === Kind.Button) return [{ component, label: buttonLabel(component) }]
    if (isSelect(component))
      return [{ component, label: String(component['placeholder'] ?? 'Make a selection') }]
    const inside = Array.isArray(component['components']) ? component['components'] : []
    return placedIn([...inside, ...(component['accessory'] ? [component['accessory']] : [])])
  })
}

function buttonLabel(button: Json): string {
  const emoji = isObject(button['emoji']) ? String(button['emoji']['name'] ?? '') : ''
  return [emoji, button['label']].filter(Boolean).join(' ')
}

/** Reads one version of a message. */
export function readMessage(
  world: World,
  message: Message,
  version: Version = currentVersion(message),
): SeenMessage {
  const codeBlocks: string[] = []
  const links: { label: string; url: string }[] = []
  const words = (text: unknown): string[] => {
    if (typeof text !== 'string' || text === '') return []
    const shown = readMarkdown(world, text)
    codeBlocks.push(...shown.codeBlocks)
    links.push(...shown.links)
    return [shown.text]
  }
  const loading = (message.flags & MessageFlags.Loading) !== 0 && version === currentVersion(message)
  const lines = loading ? [`${message.author.name} is thinking…`] : words(version.content)
  const suppressed = (message.flags & MessageFlags.SuppressEmbeds) !== 0
  for (const embed of suppressed ? [] : (version.embeds as readonly Json[])) {
    if (isObject(embed['author'])) lines.push(String(embed['author']['name']))
    lines.push(...words(embed['title']), ...words(embed['description']))
    if (typeof embed['url'] === 'string')
      links.push({ label: String(embed['title'] ?? ''), url: embed['url'] })
    for (const field of Array.isArray(embed['fields']) ? embed['fields'].filter(isObject) : [])
      lines.push(`${words(field['name']).join('')}: ${words(field['value']).join('')}`)
    if (isObject(embed['footer'])) lines.push(String(embed['footer']['text']))
  }
  for (const { filename } of version.attachments) lines.push(`(file ${filename})`)
  lines.push(...version.components.flatMap((component) => readComponent(component as unknown as Json, words)))
  const placed = placedIn(version.components)
  for (const { component, label } of placed)
    if (component['style'] === ButtonStyle.Link) links.push({ label, url: String(component['url']) })
  const { users, everyone } = version.pings
  return {
    id: message.id,
    from: message.author.name,
    text: lines.join('\n'),
    onlyYou: message.ephemeralFor !== undefined,
    codeBlocks,
    links,
    pinged: [...(everyone ? ['@everyone'] : []), ...users.map((user) => user.name)],
    buttons: placed
      .filter(({ component }) => component['type'] === Kind.Button && component['disabled'] !== true)
      .map(({ label }) => label),
  }
}

function readComponent(component: Json, words: (text: unknown) => string[]): string[] {
  if (component['type'] === Kind.TextDisplay) return words(component['content'])
  if (component['type'] === Kind.Separator) return ['———']
  const own = placedIn([component])
  if (component['type'] === Kind.ActionRow || component['type'] === Kind.Button)
    return [
      own
        .map(({ component: one, label }) => (one['disabled'] === true ? `(${label})` : `[${label}]`))
        .join(' '),
    ]
  const inside = Array.isArray(component['components']) ? component['components'].filter(isObject) : []
  const accessory = isObject(component['accessory']) ? [component['accessory']] : []
  return [...inside, ...accessory].flatMap((one) => readComponent(one, words))
}

/** A message as lines: who, then what. */
export function messageLines(world: World, message: Message, version?: Version): string[] {
  const seen = readMessage(world, message, version)
  return [`${seen.from}${seen.onlyYou ? ' (only you can see this)' : ''}: ${seen.text}`]
}

/** Reads an open form. */
export function readModal(world: World, modal: OpenModal): SeenModal {
  const fields = fieldsOf(modal)
  const name = (value: unknown): string => {
    const user = world.users.get(String(value))
    return user ? `@${user.name}` : String(value ?? '')
  }
  const displays = (modal.form.components as unknown as readonly Json[])
    .filter((part) => part['type'] === Kind.TextDisplay)
    .map((part) => readMarkdown(world, String(part['content'])).text)
  const lines = fields.map((field) => {
    const value = heldBy(modal, field)
    const options = Array.isArray(field.component['options'])
      ? field.component['options'].filter(isObject)
      : []
    const labelled = (one: unknown) =>
      options.find((option) => option['value'] === one)?.['label'] ?? name(one)
    const shown = Array.isArray(value)
      ? value.map(labelled).join(', ')
      : options.length > 0
        ? labelled(value)
        : String(value)
    const hint = [field.description, field.component['placeholder']].filter(Boolean).join('; ')
    return `${field.label}: ${shown}${hint ? `  (${hint})` : ''}`
  })
  return {
    title: modal.form.title,
    text: [...displays, ...lines].join('\n'),
    fields: fields.map(({ label }) => label),
    submit: 'Submit',
    close: 'Cancel',
    errors: Object.fromEntries(modal.errors),
  }
}
