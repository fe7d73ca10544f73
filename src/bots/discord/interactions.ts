import { InteractionResponseType, MessageFlags, Routes } from 'discord.js'
import type { Failure } from '../adapter/platform.ts'
import type { Message } from '../adapter/view.ts'
import type { Modal } from './forms.ts'
import type { Interaction } from './parse.ts'
import type { Body } from './render.ts'
import { asFollowUp, renderPrivate } from './render.ts'
import type { Answer, Rest } from './transport/rest.ts'

/** What an interaction's own token can do: answer once, and then work on for 15 minutes. */
export interface Interactions {
  openModal(interaction: Interaction, modal: Modal): Promise<Answer>
  /** A private message of this person's, at once. */
  reply(interaction: Interaction, message: Message): Promise<Answer>
  /** "Thinking…", for this person alone; `edit` of `@original` fills it. */
  defer(interaction: Interaction): Promise<Answer>
  /** Nothing changes; `@original` is the message whose button was pressed. */
  deferUpdate(interaction: Interaction): Promise<Answer>
  /** Replaces the message whose button was pressed. */
  update(interaction: Interaction, body: Body): Promise<Answer>
  /** One more message; its id when it was posted, and whether only this person sees it. */
  followUp(interaction: Pick<Interaction, 'applicationId' | 'token'>, body: Body): Promise<FollowUp>
  edit(
    interaction: Pick<Interaction, 'applicationId' | 'token'>,
    body: Body,
    message?: string,
  ): Promise<Answer>
  /** The same for what is no secret: after too many edits it is said in a further private message. */
  editOrFollowUp(interaction: Interaction, body: Body, message?: string): Promise<Answer | FollowUp>
  remove(interaction: Pick<Interaction, 'applicationId' | 'token'>, message?: string): Promise<Answer>
}

/** A further message, or why there is none. */
export type FollowUp = { readonly why: 'ok'; readonly message: string; readonly isPrivate: boolean } | Failure

const original = '@original'

/** The calls that go through an interaction's token, none of them repeated. */
export function interactions(rest: Rest): Interactions {
  function respond(
    { id, token }: Interaction,
    type: InteractionResponseType,
    data?: unknown,
  ): Promise<Answer> {
    return rest.through({
      method: 'POST',
      route: Routes.interactionCallback(id, token),
      // With a body in the answer, its 2xx is Discord's own word that the message is there.
      query: { with_response: 'true' },
      body: { type, ...(data !== undefined && { data }) },
    })
  }

  async function followUp(
    { applicationId, token }: Pick<Interaction, 'applicationId' | 'token'>,
    body: Body,
  ): Promise<FollowUp> {
    const route = Routes.webhook(applicationId, token)
    const answer = await rest.through({ method: 'POST', route, query: { wait: 'true' }, body })
    if (answer.why !== 'ok') return answer
    const { id, flags = 0 } = answer.body as { readonly id?: string; readonly flags?: number }
    if (typeof id !== 'string') return { why: 'ambiguous', code: 'no_message' }
    return { why: 'ok', message: id, isPrivate: (flags & MessageFlags.Ephemeral) !== 0 }
  }

  function edit(
    { applicationId, token }: Pick<Interaction, 'applicationId' | 'token'>,
    body: Body,
    message = original,
  ): Promise<Answer> {
    const route = Routes.webhookMessage(applicationId, token, message)
    return rest.through({ method: 'PATCH', route, body })
  }

  return {
    openModal: (interaction, modal) => respond(interaction, InteractionResponseType.Modal, modal),
    reply: (interaction, message) =>
      respond(interaction, InteractionResponseType.ChannelMessageWithSource, renderPrivate(message)),
    defer: (interaction) =>
      respond(interaction, InteractionResponseType.DeferredChannelMessageWithSource, {
        flags: MessageFlags.Ephemeral,
      }),
    deferUpdate: (interaction) => respond(interaction, InteractionResponseType.DeferredMessageUpdate),
    update: (interaction, body) => respond(interaction, InteractionResponseType.UpdateMessage, body),

    followUp,
    edit,

    async editOrFollowUp(interaction, body, message) {
      const edited = await edit(interaction, body, message)
      // Counted elsewhere; and while the first answer still waits, this fills it.
      return edited.why === 'definitive' && edited.code === '429'
        ? await followUp(interaction, asFollowUp(body))
        : edited
    },

    remove: ({ applicationId, token }, message = original) =>
      rest.through({ method: 'DELETE', route: Routes.webhookMessage(applicationId, token, message) }),
  }
}
