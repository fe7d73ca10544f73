import {
  type APIApplicationCommand,
  type APIApplicationCommandOption,
  type APIAuthorizingIntegrationOwnersMap,
  ApplicationCommandType as Command,
  ApplicationCommandOptionType as Option,
  InteractionType as Type,
} from 'discord-api-types/v10'
import type { Channel, User } from './entities.ts'
import type { Json } from './form.ts'
import type { InteractionDraft, OpenModal } from './interaction.ts'
import { noPings } from './mentions.ts'
import { type Message, messageShape, post, silence } from './message.ts'
import { resolved, submission } from './modal-form.ts'
import type { World } from './world.ts'

/** Arguments of a command by the names of its options; people and channels by their id. */
export type Arguments = Readonly<Record<string, string | number | boolean | { readonly id: string }>>

/** Who answers for the application in a place: the server it is in, the person who installed it, or both. */
function ownersIn(
  world: World,
  user: User,
  channel: Channel,
  types: readonly number[],
): APIAuthorizingIntegrationOwnersMap {
  const home = channel.guild ? channel.guild.hasBot : channel.people.includes(world.bot)
  return {
    ...(home && types.includes(0) && { 0: channel.guild?.id ?? '0' }),
    ...(user.installed && types.includes(1) && { 1: user.id }),
  }
}

/** Who answers for the application where a message of its own is used. */
export function ownersOf(world: World, message: Message, user: User): APIAuthorizingIntegrationOwnersMap {
  return message.metadata?.authorizing_integration_owners ?? ownersIn(world, user, message.channel, [0])
}

/**
 * A command as this person's client offers it in this channel: registered, of that type, with a context and an
 * installation that reach here. @throws when it offers none
 */
function offered(
  world: World,
  user: User,
  channel: Channel,
  type: Command,
  name: string,
): [APIApplicationCommand, APIAuthorizingIntegrationOwnersMap] {
  const place = channel.guild ? 0 : channel.people.includes(world.bot) ? 1 : 2
  if (!world.sees(user, channel)) throw new Error(`${user.name} is not in ${channel.name}`)
  for (const command of world.commands.values()) {
    const translated = command.name_localizations?.[user.locale as keyof object]
    if (command.type !== type || (command.name !== name && translated !== name)) continue
    if (command.contexts && !command.contexts.includes(place)) continue
    const owners = ownersIn(world, user, channel, command.integration_types ?? [0])
    if (Object.keys(owners).length > 0) return [command, owners]
  }
  const names = [...world.commands.values()].map((command) => command.name).join(', ') || 'none at all'
  throw new Error(`${user.name}'s client offers no “${name}” in ${channel.name}; registered: ${names}`)
}

/** A slash command with its arguments, checked as a client checks them. `line` may name subcommands: `secret list`. */
export function commandInteraction(
  world: World,
  user: User,
  channel: Channel,
  line: string,
  args: Arguments,
): InteractionDraft {
  const [name = '', ...steps] = line.replace(/^\//, '').split(/\s+/).filter(Boolean)
  const [command, owners] = offered(world, user, channel, Command.ChatInput, name)
  const people = new Set<string>()
  const options = argumentsOf(command.options ?? [], steps, args, people)
  const known = resolved(world, channel, people)
  const data = {
    id: command.id,
    name,
    type: Command.ChatInput,
    ...(options.length > 0 && { options }),
    ...(known && { resolved: known }),
  }
  return { type: Type.ApplicationCommand, user, channel, data, owners }
}

function argumentsOf(
  definitions: readonly APIApplicationCommandOption[],
  [step, ...steps]: readonly string[],
  args: Arguments,
  people: Set<string>,
): Json[] {
  if (step !== undefined) {
    const branch = definitions.find((one) => one.name === step)
    const isBranch = branch?.type === Option.Subcommand || branch?.type === Option.SubcommandGroup
    if (!isBranch) throw new Error(`there is no subcommand “${step}”`)
    return [
      { name: step, type: branch.type, options: argumentsOf(branch.options ?? [], steps, args, people) },
    ]
  }
  for (const { name, required } of definitions as readonly { name: string; required?: boolean }[])
    if (required && !(name in args)) throw new Error(`the client wants “${name}” first`)
  return Object.entries(args).map(([name, value]) => {
    const definition = definitions.find((one) => one.name === name)
    if (!definition) throw new Error(`the command has no option “${name}”`)
    return { name, type: definition.type, value: argument(definition, value, people) }
  })
}

function argument(
  definition: APIApplicationCommandOption,
  value: Arguments[string],
  people: Set<string>,
): unknown {
  const { type, name } = definition
  if (typeof value === 'object') {
    if (type === Option.User || type === Option.Mentionable) people.add(value.id)
    else if (type !== Option.Channel && type !== Option.Role) throw new Error(`“${name}” takes no person`)
    return value.id
  }
  const wanted = type === Option.String ? 'string' : type === Option.Boolean ? 'boolean' : 'number'
  if (typeof value !== wanted) throw new Error(`“${name}” takes a ${wanted}`)
  return value
}

/** An entry of the context menu on a person. */
export function userMenuInteraction(
  world: World,
  user: User,
  channel: Channel,
  name: string,
  target: User,
): InteractionDraft {
  const [command, owners] = offered(world, user, channel, Command.User, name)
  const known = resolved(world, channel, [target.id])
  const data = { id: command.id, name, type: Command.User, target_id: target.id, resolved: known }
  return { type: Type.ApplicationCommand, user, channel, data, owners, target }
}

/** An entry of the context menu on a message. */
export function messageMenuInteraction(
  world: World,
  user: User,
  name: string,
  target: Message,
): InteractionDraft {
  const { channel } = target
  const [command, owners] = offered(world, user, channel, Command.Message, name)
  const known = { messages: { [target.id]: messageShape(target) } }
  const data = { id: command.id, name, type: Command.Message, target_id: target.id, resolved: known }
  return { type: Type.ApplicationCommand, user, channel, data, owners, target }
}

/** A press on a button, or a choice in a select with its `values`. */
export function componentInteraction(
  world: World,
  user: User,
  message: Message,
  component: Json,
  values?: readonly string[],
): InteractionDraft {
  const { channel } = message
  const people = component['type'] === 5 || component['type'] === 7 ? (values ?? []) : []
  const known = resolved(world, channel, people)
  const data = {
    custom_id: component['custom_id'],
    component_type: component['type'],
    id: component['id'] ?? 1,
    ...(values && { values }),
    ...(known && { resolved: known }),
  }
  return {
    type: Type.MessageComponent,
    user,
    channel,
    data,
    owners: ownersOf(world, message, user),
    source: message,
  }
}

/** The submission of a form, by whoever it is. */
export function submitInteraction(world: World, user: User, modal: OpenModal): InteractionDraft {
  const { opener } = modal
  return {
    type: Type.ModalSubmit,
    user,
    channel: opener.channel,
    data: submission(world, modal, opener.channel),
    owners: opener.metadata.authorizing_integration_owners,
    opener,
    ...(opener.source && { source: opener.source }),
  }
}

/** A message that a person writes. @throws where the client lets nobody write */
export function say(world: World, user: User, channel: Channel, text: string): Message {
  if (!world.sees(user, channel)) throw new Error(`${user.name} is not in ${channel.name}`)
  if (channel === user.dm && !world.areAcquainted(user))
    throw new Error(`${user.name} shares no server with the bot and cannot write to it`)
  const users = [...text.matchAll(/<@!?(\d+)>/g)].flatMap(([, id = '']) => world.users.get(id) ?? [])
  return post(world, { channel, author: user }, { ...silence, content: text }, { ...noPings, users })
}
