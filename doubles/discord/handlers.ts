import {
  type APIApplicationCommand,
  type APIAttachment,
  ApplicationCommandType,
  ApplicationFlags,
  PermissionFlagsBits as Can,
  RESTJSONErrorCodes as Code,
  GatewayIntentBits as Intent,
} from 'discord-api-types/v10'
import { channelMessages } from './channel-messages.ts'
import { checkCommands } from './command-rules.ts'
import type { Channel } from './entities.ts'
import { Refusal } from './errors.ts'
import { Form, isObject, type Json } from './form.ts'
import type { Interactions } from './interaction.ts'
import { type Message, messageShape } from './message.ts'
import { Responses } from './response.ts'
import type { RouteName } from './routes.ts'
import { channelShape, guildShape, memberShape, userShape } from './shapes.ts'
import type { World } from './world.ts'

/** A request after routing: placeholders, query, body, uploaded files. */
export interface Request {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Json
  /** The body when it is a list (commands). */
  readonly list: readonly unknown[]
  readonly files: readonly APIAttachment[]
}

/** What a handler answers. `wrote` is the message it made or changed. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly wrote?: Message
}

export type Handler = (request: Request) => Reply

const ok = (body: unknown, wrote?: Message): Reply => ({ status: 200, body, ...(wrote && { wrote }) })
const done = (wrote?: Message): Reply => ({ status: 204, ...(wrote && { wrote }) })
const written = (message: Message): Reply => ok(messageShape(message), message)

/** A channel that the bot may look at. @throws Refusal 10003, 50001 */
export function accessible(world: World, id: string | undefined): Channel {
  const channel = world.channels.get(id ?? '')
  if (!channel) throw new Refusal(Code.UnknownChannel)
  if ((world.botMayIn(channel) & Can.ViewChannel) === 0n) throw new Refusal(Code.MissingAccess)
  return channel
}

/** Every route's work. Each is a few look-ups by id. */
export function handlers(
  world: World,
  interactions: Interactions,
  gatewayUrl: () => Json,
): Record<RouteName, Handler> {
  const responses = new Responses(world, interactions)
  const messages = channelMessages(world)
  const webhook = ({ webhook_id = '', webhook_token = '', message_id = '@original' }: Request['params']) =>
    [webhook_id, webhook_token, message_id] as const
  const getOne: Handler = ({ params }) => ok(messageShape(responses.reach(...webhook(params)).message))
  const editOne: Handler = ({ params, body, files }) =>
    written(responses.edit(...webhook(params), body, files))
  const deleteOne: Handler = ({ params }) => done(responses.delete(...webhook(params)))
  const guildOf = (id: string | undefined) => {
    const guild = world.guilds.get(id ?? '')
    if (!guild) throw new Refusal(Code.UnknownGuild)
    if (!guild.hasBot) throw new Refusal(Code.MissingAccess)
    return guild
  }
  const ownCommands = (id: string | undefined) => {
    if (id !== world.application.id) throw new Refusal(Code.MissingAccess)
  }

  return {
    ...messages,
    gateway: () => ok(gatewayUrl()),
    me: () =>
      ok({ ...userShape(world.bot), mfa_enabled: false, locale: 'en-US', verified: true, email: null }),
    user: ({ params }) => {
      const user = world.users.get(params['user_id'] ?? '')
      if (!user) throw new Refusal(Code.UnknownUser)
      return ok(userShape(user))
    },
    'dm.open': ({ body }) => {
      const form = new Form()
      form.at('recipient_id').string(body['recipient_id'], { min: 1, required: true })
      form.done()
      const user = world.users.get(String(body['recipient_id']))
      if (!user) throw new Refusal(Code.UnknownUser)
      if (user.bot) throw new Refusal(Code.CannotSendMessagesToThisUser)
      return ok(channelShape(world.dmWith(user)))
    },
    application: () => ok(applicationShape(world)),
    'commands.list': ({ params }) => {
      ownCommands(params['application_id'])
      return ok([...world.commands.values()])
    },
    'commands.put': ({ params, list }) => {
      ownCommands(params['application_id'])
      return ok(putCommands(world, list))
    },
    guild: ({ params }) => {
      const shape = guildShape(world, guildOf(params['guild_id']))
      const gatewayOnly = ['joined_at', 'large', 'member_count', 'hub_type', ...listsOfGateway]
      return ok({
        ...guildNumbers,
        ...Object.fromEntries(Object.entries(shape).filter(([key]) => !gatewayOnly.includes(key))),
      })
    },
    member: ({ params }) => {
      const guild = guildOf(params['guild_id'])
      const user = world.users.get(params['user_id'] ?? '')
      if (!user) throw new Refusal(Code.UnknownUser)
      if (!guild.members.has(user) && user !== world.bot) throw new Refusal(Code.UnknownMember)
      const { permissions: _, ...member } = memberShape(guild, user)
      return ok(member)
    },
    channel: ({ params }) => ok(channelShape(accessible(world, params['channel_id']))),
    typing: ({ params }) => {
      accessible(world, params['channel_id'])
      return done()
    },
    callback: ({ params, query, body, files }) => {
      const { interaction_id: id = '', interaction_token: token = '' } = params
      const { answer, to } = responses.first(id, token, body, files)
      const wrote = to.original
      return query.get('with_response') === 'true' ? ok(answer, wrote) : done(wrote)
    },
    'followup.create': ({ params, body, files }) => {
      const [application, token] = webhook(params)
      return written(responses.followUp(application, token, body, files))
    },
    'original.get': getOne,
    'original.edit': editOne,
    'original.delete': deleteOne,
    'followup.get': getOne,
    'followup.edit': editOne,
    'followup.delete': deleteOne,
  }
}

const listsOfGateway = [
  'channels',
  'members',
  'threads',
  'presences',
  'voice_states',
  'stage_instances',
  'guild_scheduled_events',
  'soundboard_sounds',
]

const guildNumbers = {
  region: 'deprecated',
  home_header: null,
  max_members: 500_000,
  max_presences: null,
  max_video_channel_users: 25,
  max_stage_video_channel_users: 50,
  premium_subscription_count: 0,
  nsfw: false,
  widget_enabled: false,
  widget_channel_id: null,
}

/** Replaces the global commands. The same name keeps its id, and its version when nothing changed. */
function putCommands(world: World, list: readonly unknown[]): readonly APIApplicationCommand[] {
  const form = new Form()
  const wanted = list.filter(isObject)
  checkCommands(form, wanted, world.application.integrationTypes)
  form.done()
  const before = new Map(
    [...world.commands.values()].map((command) => [`${command.type} ${command.name}`, command]),
  )
  world.commands.clear()
  for (const command of wanted) {
    const next = commandShape(world, command)
    const old = before.get(`${next.type} ${next.name}`)
    const same =
      old &&
      JSON.stringify({ ...next, id: '', version: '' }) === JSON.stringify({ ...old, id: '', version: '' })
    const kept = { ...next, id: old?.id ?? next.id, version: same ? old.version : next.version }
    world.commands.set(kept.id, kept)
  }
  return [...world.commands.values()]
}

function commandShape(world: World, command: Json): APIApplicationCommand {
  const id = world.nextId()
  const permissions = command['default_member_permissions']
  const contexts = Array.isArray(command['contexts']) ? command['contexts'] : null
  return {
    id,
    application_id: world.application.id,
    version: world.nextId(),
    default_member_permissions:
      permissions === undefined || permissions === null ? null : String(permissions),
    type: (command['type'] ?? ApplicationCommandType.ChatInput) as ApplicationCommandType,
    name: String(command['name']),
    name_localizations: (command['name_localizations'] ??
      null) as APIApplicationCommand['name_localizations'] & object,
    description: String(command['description'] ?? ''),
    description_localizations: (command['description_localizations'] ?? null) as null,
    contexts,
    integration_types: (command['integration_types'] ??
      world.application.integrationTypes.slice(0, 1)) as never,
    nsfw: command['nsfw'] === true,
    ...(Array.isArray(command['options']) && { options: command['options'] as never }),
  } satisfies APIApplicationCommand
}

function applicationShape(world: World): Json {
  const { id, name, privilegedIntents, integrationTypes } = world.application
  const granted = (intent: Intent, flag: ApplicationFlags) => ((privilegedIntents & intent) === 0 ? 0 : flag)
  const flags =
    granted(Intent.GuildMembers, ApplicationFlags.GatewayGuildMembersLimited) |
    granted(Intent.GuildPresences, ApplicationFlags.GatewayPresenceLimited) |
    granted(Intent.MessageContent, ApplicationFlags.GatewayMessageContentLimited)
  return {
    id,
    name,
    icon: null,
    description: '',
    type: null,
    bot: userShape(world.bot),
    bot_public: true,
    bot_require_code_grant: false,
    integration_types_config: Object.fromEntries(integrationTypes.map((type) => [type, {}])),
    verify_key: '0'.repeat(64),
    flags,
    flags_new: String(flags),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: userShape(world.bot),
    approximate_guild_count: [...world.guilds.values()].filter((guild) => guild.hasBot).length,
    approximate_user_install_count: [...world.users.values()].filter((user) => user.installed).length,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  }
}
