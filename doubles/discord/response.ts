import {
  InteractionResponseType as Answer,
  type APIAttachment,
  ApplicationCommandType,
  PermissionFlagsBits as Can,
  RESTJSONErrorCodes as Code,
  MessageFlags,
  MessageType,
  InteractionType as Type,
} from 'discord-api-types/v10'
import { Refusal } from './errors.ts'
import { Form, isObject, type Json } from './form.ts'
import { firstResponseMs, type Interaction, type Interactions, tokenMs } from './interaction.ts'
import { pingsOf } from './mentions.ts'
import {
  currentVersion,
  edit,
  type Message,
  type MessageText,
  messageShape,
  post,
  remove,
  silence,
} from './message.ts'
import { readMessageText } from './message-rules.ts'
import { checkModal } from './modal-rules.ts'
import { memberWithoutUser } from './shapes.ts'
import type { World } from './world.ts'

const guestFollowUps = 5

/** Everything that was said where mentions count: the content and the text displays. */
export function pingable({ content, components }: MessageText): string {
  const texts = JSON.stringify(components, (key, value) => (key === 'custom_id' ? undefined : value))
  return components.length > 0 && content === '' ? texts : content
}

/** What a bot may do with an interaction: answer it once, and then work through its token. */
export class Responses {
  readonly #world: World
  readonly #interactions: Interactions

  constructor(world: World, interactions: Interactions) {
    this.#world = world
    this.#interactions = interactions
  }

  /** The first response. Answers what `with_response` asks for. @throws Refusal 10062 too late or unknown, 40060 twice */
  first(
    id: string,
    token: string,
    body: Json,
    files: readonly APIAttachment[],
  ): { answer: Json; to: Interaction } {
    const world = this.#world
    const interaction = this.#interactions.byId.get(id)
    if (interaction?.token !== token) throw new Refusal(Code.UnknownInteraction)
    if (interaction.response) throw new Refusal(Code.InteractionHasAlreadyBeenAcknowledged)
    if (interaction.failed || world.clock.given() - interaction.at > firstResponseMs)
      throw new Refusal(Code.UnknownInteraction)
    const form = new Form()
    const allowed = [Answer.ChannelMessageWithSource, Answer.DeferredChannelMessageWithSource]
    if (interaction.source) allowed.push(Answer.DeferredMessageUpdate, Answer.UpdateMessage)
    if (interaction.type !== Type.ModalSubmit) allowed.push(Answer.Modal)
    form.at('type').choice(body['type'], allowed)
    form.done()
    const type = body['type'] as Answer
    const data = isObject(body['data']) ? body['data'] : {}
    this.#apply(interaction, type, data, files)
    interaction.response = { type, at: world.clock.now() }
    this.#interactions.pending.delete(interaction)
    const { modal } = interaction.user
    if (modal?.submitted === interaction) world.showModal(interaction.user, undefined)
    interaction.changed.fire()
    interaction.user.changed.fire()
    return { answer: callbackAnswer(interaction), to: interaction }
  }

  #apply(interaction: Interaction, type: Answer, data: Json, files: readonly APIAttachment[]): void {
    const form = new Form(['data'])
    if (type === Answer.Modal) {
      checkModal(form, data)
      form.done()
      const open = { opener: interaction, form: data as never, filled: new Map(), errors: new Map() }
      this.#world.showModal(interaction.user, open)
    } else if (type === Answer.DeferredChannelMessageWithSource) {
      const flags = flagsOf(data)
      if ((flags & ~MessageFlags.Ephemeral) !== 0)
        form.at('flags').problem('MESSAGE_FLAGS_INVALID', 'Only EPHEMERAL')
      form.done()
      interaction.original = this.#say(interaction, silence, { flags: flags | MessageFlags.Loading })
    } else if (type === Answer.ChannelMessageWithSource) {
      const text = readMessageText(data, files, silence, flagsOf(data), form)
      interaction.original = this.#say(interaction, text, data)
    } else if (interaction.source) {
      interaction.original = interaction.source
      if (type === Answer.UpdateMessage) this.#change(interaction.source, data, files, form)
    }
  }

  /** Finds the interaction behind a token. @throws Refusal 10015 not answered yet, 50027 unknown or over */
  #through(applicationId: string, token: string): Interaction {
    if (applicationId !== this.#world.application.id) throw new Refusal(Code.UnknownWebhook)
    const interaction = this.#interactions.byToken.get(token)
    if (!interaction || this.#world.clock.given() - interaction.at > tokenMs)
      throw new Refusal(Code.InvalidWebhookToken)
    if (!interaction.response) throw new Refusal(Code.UnknownWebhook)
    return interaction
  }

  /** The message that a token reaches under this id, or `@original`. @throws Refusal 10008 */
  reach(applicationId: string, token: string, id: string): { message: Message; interaction: Interaction } {
    const interaction = this.#through(applicationId, token)
    const original = interaction.original
    const message =
      id === '@original' || id === original?.id
        ? original
        : interaction.own.has(id)
          ? this.#world.messages.get(id)
          : undefined
    if (!message || message.deletedAt !== undefined) throw new Refusal(Code.UnknownMessage)
    return { message, interaction }
  }

  /** One more message. Right after a deferred response it fills the one that is loading, as Discord does. */
  followUp(applicationId: string, token: string, body: Json, files: readonly APIAttachment[]): Message {
    const interaction = this.#through(applicationId, token)
    const { original } = interaction
    const text = readMessageText(body, files, silence, flagsOf(body))
    if (original && (original.flags & MessageFlags.Loading) !== 0) {
      this.#change(original, body, files)
      interaction.changed.fire()
      return original
    }
    if (interaction.guest && interaction.followUps >= guestFollowUps)
      throw new Refusal(Code.ThisInteractionHasHitTheMaximumNumberOfFollowUpMessages)
    interaction.followUps += 1
    const message = this.#say(interaction, text, body)
    interaction.own.add(message.id)
    interaction.changed.fire()
    return message
  }

  /** Edits what a token reaches. */
  edit(
    applicationId: string,
    token: string,
    id: string,
    body: Json,
    files: readonly APIAttachment[],
  ): Message {
    const { message, interaction } = this.reach(applicationId, token, id)
    this.#change(message, body, files)
    interaction.changed.fire()
    return message
  }

  /** Deletes what a token reaches: after an `update()`, `@original` is the message that carried the button. */
  delete(applicationId: string, token: string, id: string): Message {
    const { message, interaction } = this.reach(applicationId, token, id)
    remove(this.#world, message)
    interaction.changed.fire()
    return message
  }

  #say(interaction: Interaction, text: MessageText, body: Json): Message {
    const { channel, user, type, source, metadata } = interaction
    const forced = interaction.guest && !mayInPublic(interaction)
    const ephemeral = forced || (flagsOf(body) & MessageFlags.Ephemeral) !== 0
    const reply = type === Type.MessageComponent ? source : undefined
    return post(
      this.#world,
      {
        channel,
        author: this.#world.bot,
        type: reply ? MessageType.Reply : messageType(interaction),
        flags: flagsOf(body) | (ephemeral ? MessageFlags.Ephemeral : 0),
        metadata,
        ...(reply && { replyTo: reply }),
        ...(ephemeral && { ephemeralFor: user }),
      },
      text,
      pingsOf(this.#world, pingable(text), body['allowed_mentions']),
    )
  }

  #change(message: Message, body: Json, files: readonly APIAttachment[], form = new Form()): void {
    const kept = message.flags & (MessageFlags.Ephemeral | MessageFlags.IsComponentsV2)
    const flags = kept | (flagsOf(body) & ~MessageFlags.Ephemeral)
    const text = readMessageText(body, files, currentVersion(message), flags, form)
    edit(this.#world, message, text, pingsOf(this.#world, pingable(text), body['allowed_mentions']), flags)
  }
}

/** The flags of a request, 0 when it has none. */
export function flagsOf(body: Json): number {
  return typeof body['flags'] === 'number' ? body['flags'] : 0
}

function mayInPublic({ channel }: Interaction): boolean {
  if (!channel.guild) return true
  return (BigInt(memberWithoutUser(channel.guild).permissions) & Can.UseExternalApps) !== 0n
}

function messageType({ type, payload }: Interaction): MessageType {
  if (type !== Type.ApplicationCommand) return MessageType.Default
  const data = payload.data as { type?: ApplicationCommandType } | undefined
  return data?.type === ApplicationCommandType.ChatInput
    ? MessageType.ChatInputCommand
    : MessageType.ContextMenuCommand
}

/** The answer to `with_response`. Discord's document has a resource only for messages sent and updated at once. */
function callbackAnswer(interaction: Interaction): Json {
  const { id, type, original, response, channel } = interaction
  const shown = response?.type === Answer.ChannelMessageWithSource || response?.type === Answer.UpdateMessage
  return {
    interaction: {
      id,
      type,
      channel_id: channel.id,
      ...(channel.guild && { guild_id: channel.guild.id }),
      ...(original && {
        response_message_id: original.id,
        response_message_loading: (original.flags & MessageFlags.Loading) !== 0,
        response_message_ephemeral: original.ephemeralFor !== undefined,
      }),
    },
    ...(shown && original && { resource: { type: response.type, message: messageShape(original) } }),
  }
}
