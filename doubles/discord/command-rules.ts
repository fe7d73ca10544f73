import {
  Locale,
  ApplicationCommandOptionType as Option,
  ApplicationCommandType as Type,
} from 'discord-api-types/v10'
import { absent, type Form, isObject, type Json } from './form.ts'

const chatName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u
const locales: readonly string[] = Object.values(Locale)
const most = { [Type.ChatInput]: 100, [Type.User]: 15, [Type.Message]: 15 } as const

/** A bulk PUT of commands: names, descriptions, options, their translations, and how many there are of each type. */
export function checkCommands(
  form: Form,
  commands: readonly Json[],
  integrationTypes: readonly number[],
): void {
  const seen = new Set<string>()
  const counts = new Map<number, number>()
  for (const [index, command] of commands.entries()) {
    const at = form.at(index)
    const type = (command['type'] ?? Type.ChatInput) as Type
    if (!at.at('type').choice(type, [Type.ChatInput, Type.User, Type.Message])) continue
    checkCommand(at, command, type, integrationTypes)
    const key = `${type} ${String(command['name'])}`
    if (seen.has(key))
      at.at('name').problem('APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique')
    seen.add(key)
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  for (const [type, count] of counts)
    if (count > most[type as keyof typeof most])
      form.problem(
        'APPLICATION_COMMANDS_MAX',
        `Maximum number of application commands of type ${type} reached`,
      )
}

function checkCommand(form: Form, command: Json, type: Type, integrationTypes: readonly number[]): void {
  const chat = type === Type.ChatInput
  checkName(form.at('name'), command['name'], chat)
  checkTranslations(form.at('name_localizations'), command['name_localizations'], (at, text) =>
    checkName(at, text, chat),
  )
  if (chat) {
    form.at('description').string(command['description'], { min: 1, max: 100, required: true })
    checkTranslations(
      form.at('description_localizations'),
      command['description_localizations'],
      (at, text) => at.string(text, { min: 1, max: 100 }),
    )
    checkOptions(form.at('options'), command['options'])
    if (size(command) > 8000)
      form.problem('APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)')
  } else {
    if (!absent(command['description']) && command['description'] !== '')
      form
        .at('description')
        .problem(
          'APPLICATION_COMMAND_DESCRIPTION_FORBIDDEN',
          'Context menu commands cannot have a description',
        )
    if (!absent(command['options']))
      form
        .at('options')
        .problem('APPLICATION_COMMAND_OPTIONS_FORBIDDEN', 'Context menu commands cannot have options')
  }
  checkSet(form.at('integration_types'), command['integration_types'], integrationTypes)
  checkSet(form.at('contexts'), command['contexts'], [0, 1, 2])
}

function checkName(form: Form, value: unknown, chat: boolean): void {
  form.string(value, { min: 1, max: 32, required: true })
  if (!chat || typeof value !== 'string') return
  if (!chatName.test(value) || value !== value.toLowerCase())
    form.problem('APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
}

function checkTranslations(form: Form, value: unknown, check: (at: Form, text: unknown) => void): void {
  if (!isObject(value)) return
  for (const [locale, text] of Object.entries(value)) {
    if (!locales.includes(locale))
      form.at(locale).problem('BASE_TYPE_CHOICES', 'Value must be a locale of Discord.')
    else if (text !== null) check(form.at(locale), text)
  }
}

function checkSet(form: Form, value: unknown, choices: readonly number[]): void {
  if (absent(value)) return
  if (!Array.isArray(value) || value.length === 0) {
    form.problem('BASE_TYPE_MIN_LENGTH', 'Must be 1 or more in length.')
    return
  }
  for (const [index, one] of value.entries()) form.at(index).choice(one, choices)
  if (new Set(value).size < value.length)
    form.problem('SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value')
}

function checkOptions(form: Form, value: unknown, depth = 0): void {
  const options = form.list(value, { max: 25 })
  const names = new Set<unknown>()
  let optionalSeen = false
  for (const [index, option] of options.entries()) {
    const at = form.at(index)
    const { type, name } = option
    const branch = type === Option.Subcommand || type === Option.SubcommandGroup
    at.at('type').choice(type, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    checkName(at.at('name'), name, true)
    checkTranslations(at.at('name_localizations'), option['name_localizations'], (there, text) =>
      checkName(there, text, true),
    )
    at.at('description').string(option['description'], { min: 1, max: 100, required: true })
    checkTranslations(
      at.at('description_localizations'),
      option['description_localizations'],
      (there, text) => there.string(text, { min: 1, max: 100 }),
    )
    if (names.has(name))
      at.at('name').problem('APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists')
    names.add(name)
    if (option['required'] === true && optionalSeen)
      at.problem(
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      )
    if (option['required'] !== true && !branch) optionalSeen = true
    for (const [place, choice] of at.at('choices').list(option['choices'], { max: 25 }).entries()) {
      at.at('choices', place, 'name').string(choice['name'], { min: 1, max: 100, required: true })
      if (typeof choice['value'] === 'string')
        at.at('choices', place, 'value').string(choice['value'], { max: 100 })
    }
    if (branch && depth > 1)
      at.at('type').problem('APPLICATION_COMMAND_TOO_DEEP', 'Subcommands cannot be nested this deep')
    checkOptions(at.at('options'), option['options'], depth + 1)
  }
}

/** The characters that count against a command's 8,000: names, descriptions and choice values, the longest translation each. */
function size(part: Json): number {
  const own = (field: string) => {
    const texts = [
      part[field],
      ...Object.values(
        isObject(part[`${field}_localizations`]) ? (part[`${field}_localizations`] as Json) : {},
      ),
    ]
    return Math.max(0, ...texts.map((text) => (typeof text === 'string' ? text.length : 0)))
  }
  const value = typeof part['value'] === 'string' ? part['value'].length : 0
  const below = [part['options'], part['choices']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  )
  return own('name') + own('description') + value + below.reduce((sum, one) => sum + size(one), 0)
}
