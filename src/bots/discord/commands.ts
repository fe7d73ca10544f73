import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type LocalizationMap,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js'
import { words } from '../words.ts'
import { bounds } from './limits.ts'

/** What people call: the name that Discord sends back, in English whatever the reader's language. */
export const commandNames = {
  secret: 'secret',
  secrets: 'secrets',
  request: 'secret-request',
  link: 'secret-link',
  send: words.commands.send,
} as const

/** What the commands' options are called, in what Discord sends back. */
export const optionNames = { to: 'to', from: 'from', what: 'for' } as const

/** Names and descriptions in other languages, by the English text that they stand for. */
type Translations = Readonly<Record<string, LocalizationMap>>

/** Everywhere: servers, the bot's own conversation, and between people where only one of them installed it. */
const everywhere = {
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  contexts: [
    InteractionContextType.Guild,
    InteractionContextType.BotDM,
    InteractionContextType.PrivateChannel,
  ],
}

/** The application's commands. Unset contexts would mean Discord's defaults, which change with its settings. */
export function commands(translations: Translations = {}): RESTPutAPIApplicationCommandsJSONBody {
  const named = (name: string) => ({
    name,
    ...(translations[name] && { name_localizations: translations[name] }),
  })
  const described = (description: string) => ({
    description,
    ...(translations[description] && { description_localizations: translations[description] }),
  })
  return [
    {
      type: ApplicationCommandType.ChatInput,
      ...named(commandNames.secret),
      ...described(words.commands.secret),
      ...everywhere,
      options: [
        {
          type: ApplicationCommandOptionType.User,
          ...named(optionNames.to),
          ...described(words.commands.to),
          required: false,
        },
      ],
    },
    {
      type: ApplicationCommandType.ChatInput,
      ...named(commandNames.secrets),
      ...described(words.commands.secrets),
      ...everywhere,
    },
    {
      type: ApplicationCommandType.ChatInput,
      ...named(commandNames.request),
      ...described(words.commands.request),
      ...everywhere,
      options: [
        {
          type: ApplicationCommandOptionType.User,
          ...named(optionNames.from),
          ...described(words.commands.requestFrom),
          required: false,
        },
        {
          type: ApplicationCommandOptionType.String,
          ...named(optionNames.what),
          ...described(words.commands.requestFor),
          max_length: bounds.maxNoteChars,
          required: false,
        },
      ],
    },
    {
      type: ApplicationCommandType.ChatInput,
      ...named(commandNames.link),
      ...described(words.commands.link),
      ...everywhere,
    },
    { type: ApplicationCommandType.User, ...named(commandNames.send), ...everywhere },
  ]
}
