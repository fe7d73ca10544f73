import {
  type APIAuthorizingIntegrationOwnersMap,
  type APIBaseInteraction,
  type APIMessageInteractionMetadata,
  type APIModalInteractionResponseCallbackData,
  InteractionContextType as Context,
  type GatewayInteractionCreateDispatchData,
  type InteractionResponseType,
  Locale,
  InteractionType as Type,
} from 'discord-api-types/v10'
import type { Channel, User } from './entities.ts'
import type { Json } from './form.ts'
import { type Message, messageShape } from './message.ts'
import { channelShape, guestMay, memberMay, memberShape, userShape } from './shapes.ts'
import { Signal } from './signal.ts'
import type { World } from './world.ts'

/** How long the first response may take, in ms. */
export const firstResponseMs = 3_000
/** How long an interaction's token works, in ms. */
export const tokenMs = 15 * 60_000

/** A form in someone's client, with what has been filled in so far, by custom id. */
export interface OpenModal {
  readonly opener: Interaction
  readonly form: APIModalInteractionResponseCallbackData
  readonly filled: Map<string, unknown>
  /** What the client holds against it, by label. */
  readonly errors: Map<string, string>
  /** The last submission; the form closes when it is answered. */
  submitted?: Interaction
}

/** One act of a person, and what became of it. */
export interface Interaction {
  readonly id: string
  readonly token: string
  readonly type: Type
  readonly user: User
  readonly channel: Channel
  /** When it happened, as the bot's own time goes. */
  readonly at: number
  readonly payload: GatewayInteractionCreateDispatchData
  readonly metadata: APIMessageInteractionMetadata
  /** The message whose button or select it was, also when a form came in between. */
  readonly source?: Message
  /** The bot is no member here: the application is only installed to an account. */
  readonly guest: boolean
  /** The first response that was accepted. */
  response?: { readonly type: InteractionResponseType; readonly at: number }
  /** What `@original` means; none after a form. */
  original?: Message
  followUps: number
  /** Messages that this token reaches, beside the original. */
  readonly own: Set<string>
  /** Three seconds passed without an answer, and the client said so. */
  failed: boolean
  /** Fires when it is answered, fails, or its answer changes. */
  readonly changed: Signal
}

/** What a person did. `data` is the payload's `data`. */
export interface InteractionDraft {
  readonly type: Type.ApplicationCommand | Type.MessageComponent | Type.ModalSubmit
  readonly user: User
  readonly channel: Channel
  readonly data: Json
  readonly owners: APIAuthorizingIntegrationOwnersMap
  readonly source?: Message
  /** The interaction that opened the form. */
  readonly opener?: Interaction
  /** Whom or what a context menu was opened on. */
  readonly target?: User | Message
}

/** Every interaction there was, by id and by token. */
export class Interactions {
  readonly byId = new Map<string, Interaction>()
  readonly byToken = new Map<string, Interaction>()
  /** Those that were neither answered nor failed yet. */
  readonly pending = new Set<Interaction>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Lets something happen and sends it to the bot; its three seconds run from here. */
  begin(draft: InteractionDraft): Interaction {
    const world = this.#world
    const { type, user, channel, source } = draft
    const id = world.nextId()
    const token = Buffer.from(`interaction:${id}:${crypto.randomUUID()}${crypto.randomUUID()}`).toString(
      'base64url',
    )
    const guest = channel.guild ? !channel.guild.hasBot : !channel.people.includes(world.bot)
    const interaction: Interaction = {
      id,
      token,
      type,
      user,
      channel,
      at: world.clock.given(),
      payload: payload(world, draft, id, token, guest),
      metadata: metadata(draft, id),
      ...(source && { source }),
      guest,
      followUps: 0,
      own: new Set(),
      failed: false,
      changed: new Signal(),
    }
    this.byId.set(id, interaction)
    this.byToken.set(token, interaction)
    this.pending.add(interaction)
    world.clock.after(firstResponseMs + 1, () => {
      this.pending.delete(interaction)
      fail(world, interaction)
    })
    this.deliver(interaction)
    return interaction
  }

  /** Sends the payload to the gateway: once when it happens, again when a test wants a duplicate. */
  deliver({ payload, channel }: Interaction): void {
    const home = channel.guild?.hasBot ? { guildId: channel.guild.id } : {}
    this.#world.dispatch({ t: 'INTERACTION_CREATE', d: payload, ...home })
  }
}

function fail(world: World, interaction: Interaction): void {
  if (interaction.response) return
  interaction.failed = true
  const { user, channel } = interaction
  const text =
    interaction.type === Type.ModalSubmit
      ? 'Something went wrong. Try again.'
      : interaction.type === Type.MessageComponent
        ? 'This interaction failed'
        : 'The application did not respond'
  user.notices.push({ channel, text, at: world.clock.now() })
  interaction.changed.fire()
  user.changed.fire()
}

function context(world: World, channel: Channel): Context {
  if (channel.guild) return Context.Guild
  return channel.people.includes(world.bot) ? Context.BotDM : Context.PrivateChannel
}

function payload(
  world: World,
  draft: InteractionDraft,
  id: string,
  token: string,
  guest: boolean,
): GatewayInteractionCreateDispatchData {
  const { type, user, channel, data, owners, source } = draft
  const { guild } = channel
  const base = {
    id,
    application_id: world.application.id,
    token,
    version: 1,
    channel_id: channel.id,
    channel: { ...channelShape(channel), ...(guild && { permissions: memberMay.toString() }) },
    app_permissions: (guest ? guestMay : world.botMayIn(channel)).toString(),
    locale: user.locale as Locale,
    entitlements: [],
    authorizing_integration_owners: owners,
    context: context(world, channel),
    attachment_size_limit: 10_485_760,
    ...(guild
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, features: [], locale: Locale.EnglishUS },
          guild_locale: Locale.EnglishUS,
          member: memberShape(guild, user),
        }
      : { user: userShape(user) }),
    ...(source && { message: messageShape(source) }),
  } satisfies Omit<APIBaseInteraction<Type, unknown>, 'type' | 'data'>
  return { ...base, type, data } as unknown as GatewayInteractionCreateDispatchData
}

function metadata(draft: InteractionDraft, id: string): APIMessageInteractionMetadata {
  const { user, owners, source, opener, target } = draft
  const base = { id, user: userShape(user), authorizing_integration_owners: owners }
  if (draft.type === Type.ModalSubmit && opener) {
    const cause = opener.metadata
    if (cause.type === Type.ModalSubmit) throw new Error('A form cannot be opened from a form')
    return { ...base, type: Type.ModalSubmit, triggering_interaction_metadata: cause }
  }
  if (draft.type === Type.MessageComponent)
    return { ...base, type: Type.MessageComponent, interacted_message_id: source?.id ?? '0' }
  return {
    ...base,
    type: Type.ApplicationCommand,
    ...(target &&
      ('versions' in target ? { target_message_id: target.id } : { target_user: userShape(target) })),
  }
}
