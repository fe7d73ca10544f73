import { PermissionFlagsBits as Can, RESTJSONErrorCodes as Code, MessageFlags } from 'discord-api-types/v10'
import type { Channel } from './entities.ts'
import { Refusal } from './errors.ts'
import { Form, isObject, type Json } from './form.ts'
import { accessible, type Handler, type Reply } from './handlers.ts'
import { pingsOf } from './mentions.ts'
import { currentVersion, edit, type Message, messageShape, post, remove } from './message.ts'
import { readMessageText } from './message-rules.ts'
import { flagsOf, pingable } from './response.ts'
import type { World } from './world.ts'

const nonceMs = 5 * 60_000

type Name = 'message.list' | 'message.create' | 'message.get' | 'message.edit' | 'message.delete'

/** What a bot does with the messages of channels where it is a member. Ephemerals do not exist here. */
export function channelMessages(world: World): Record<Name, Handler> {
  const nonces = new Map<string, Message>()
  const answer = (message: Message, wrote?: Message): Reply => ({
    status: 200,
    body: messageShape(message),
    ...(wrote && { wrote }),
  })
  const messageIn = (channel: Channel, id: string | undefined): Message => {
    const message = channel.messages.get(id ?? '')
    if (!message) throw new Refusal(Code.UnknownMessage)
    return message
  }

  return {
    'message.list': ({ params, query }) => {
      const channel = accessible(world, params['channel_id'])
      if ((world.botMayIn(channel) & Can.ReadMessageHistory) === 0n) return { status: 200, body: [] }
      const limit = Number(query.get('limit') ?? 50)
      const form = new Form()
      form.at('limit').integer(limit, { min: 1, max: 100 })
      form.done()
      const before = BigInt(query.get('before') ?? '9223372036854775807')
      const after = BigInt(query.get('after') ?? '0')
      const within = [...channel.messages.values()].filter(
        ({ id }) => BigInt(id) < before && BigInt(id) > after,
      )
      return {
        status: 200,
        body: within
          .slice(-limit)
          .reverse()
          .map((message) => messageShape(message)),
      }
    },
    'message.get': ({ params }) =>
      answer(messageIn(accessible(world, params['channel_id']), params['message_id'])),
    'message.create': ({ params, body, files }) => {
      const channel = accessible(world, params['channel_id'])
      requireWritable(world, channel)
      // Outside interactions nothing is ephemeral: the flag is ignored and everybody reads it.
      const flags = flagsOf(body) & ~MessageFlags.Ephemeral
      const text = readMessageText(body, files, undefined, flags)
      if (text.embeds.length > 0) requirePermission(world, channel, Can.EmbedLinks)
      if (files.length > 0) requirePermission(world, channel, Can.AttachFiles)
      const nonce = body['nonce'] as string | number | undefined
      const key = `${channel.id} ${nonce}`
      const same = nonces.get(key)
      if (body['enforce_nonce'] === true && same && world.clock.now() - same.at < nonceMs) return answer(same)
      const replyTo = replied(channel, body)
      const message = post(
        world,
        {
          channel,
          author: world.bot,
          flags,
          ...(nonce !== undefined && { nonce }),
          ...(replyTo && { replyTo }),
        },
        text,
        pingsOf(world, pingable(text), body['allowed_mentions'], replyTo?.author),
      )
      if (nonce !== undefined) nonces.set(key, message)
      return answer(message, message)
    },
    'message.edit': ({ params, body, files }) => {
      const channel = accessible(world, params['channel_id'])
      const message = messageIn(channel, params['message_id'])
      if (message.author !== world.bot) throw new Refusal(Code.CannotEditMessageAuthoredByAnotherUser)
      const flags = message.flags | (flagsOf(body) & ~MessageFlags.Ephemeral)
      const text = readMessageText(body, files, currentVersion(message), flags)
      edit(world, message, text, pingsOf(world, pingable(text), body['allowed_mentions']), flags)
      return answer(message, message)
    },
    'message.delete': ({ params }) => {
      const channel = accessible(world, params['channel_id'])
      const message = messageIn(channel, params['message_id'])
      if (message.author !== world.bot) {
        if (!channel.guild) throw new Refusal(Code.CannotExecuteActionOnDMChannel)
        requirePermission(world, channel, Can.ManageMessages)
      }
      remove(world, message)
      return { status: 204 }
    },
  }
}

function requirePermission(world: World, channel: Channel, permission: bigint): void {
  if ((world.botMayIn(channel) & permission) === 0n) throw new Refusal(Code.MissingPermissions)
}

/** @throws Refusal 50278 nothing in common, 50007 closed, 50013 not allowed to write here */
function requireWritable(world: World, channel: Channel): void {
  if (channel.guild) {
    requirePermission(world, channel, Can.SendMessages)
    return
  }
  for (const user of channel.people) {
    if (user.bot) continue
    if (!world.areAcquainted(user))
      throw new Refusal(Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds)
    if (user.dmsClosed) throw new Refusal(Code.CannotSendMessagesToThisUser)
  }
}

function replied(channel: Channel, body: Json): Message | undefined {
  const reference = body['message_reference']
  if (!isObject(reference)) return undefined
  const message = channel.messages.get(String(reference['message_id']))
  if (message || reference['fail_if_not_exists'] === false) return message
  const form = new Form()
  form.at('message_reference').problem('REPLIES_UNKNOWN_MESSAGE', 'Unknown message')
  form.done()
  return undefined
}
