import { checkMessageBlocks } from './block-kit.ts'
import { type Content, messageOutput } from './messages.ts'
import { Refusal } from './refusal.ts'
import { type Fields, textOf } from './shapes.ts'
import type { Workspace } from './workspace.ts'
import type { Channel, User } from './world.ts'

/** Does one Web API method, or refuses. Synchronous: what it did is whole or not at all. */
export type Method = (slack: Workspace, args: Fields) => Fields

/** The value of an argument that must be there. @throws {Refusal} `invalid_arguments` */
export function required(args: Fields, name: string): string {
  const value = textOf(args[name])
  if (!value)
    throw new Refusal('invalid_arguments', [`missing required field: ${name} [json-pointer:/${name}]`])
  return value
}

/**
 * Checks that the bot may write to a person.
 * @param hidden the code for someone who cannot be seen: it differs by method
 */
export function checkReachable(slack: Workspace, user: User, hidden: string): void {
  if (user.isBot) throw new Refusal('cannot_dm_bot')
  if (user.deactivated) throw new Refusal(hidden === 'channel_not_found' ? hidden : 'user_disabled')
  if (user.refusesDms || !slack.world.botKnows(user)) throw new Refusal(hidden)
}

/** The conversation of a `channel` argument, which may be a person's id; the bot must be in it. */
function writable(slack: Workspace, id: string): Channel {
  const user = slack.world.users.get(id)
  if (user) {
    checkReachable(slack, user, 'channel_not_found')
    if (!slack.manifest.messagesTab) throw new Refusal('messages_tab_disabled')
    return slack.world.openIm(slack.world.bot.id, user.id)
  }
  const channel = slack.world.channels.get(id)
  if (!channel) throw new Refusal('channel_not_found')
  if (!channel.members.has(slack.world.bot.id))
    throw new Refusal(channel.kind === 'public' ? 'not_in_channel' : 'channel_not_found')
  if (channel.archived) throw new Refusal('is_archived')
  const partner = slack.world.partnerOfBot(channel)
  if (partner) {
    checkReachable(slack, partner, 'channel_not_found')
    if (!slack.manifest.messagesTab) throw new Refusal('messages_tab_disabled')
  }
  return channel
}

function contentOf(slack: Workspace, args: Fields, keepsEarlier: boolean): Content {
  const { blocks, text } = args
  if (blocks !== undefined) checkMessageBlocks(blocks, slack.manifest.botScopes)
  if (text !== undefined && typeof text !== 'string') throw new Refusal('invalid_arguments')
  if ((text ?? '').length > 40_000) throw new Refusal('msg_too_long')
  const hasBlocks = Array.isArray(blocks) && (blocks.length > 0 || keepsEarlier)
  if (!text && !hasBlocks && !Array.isArray(args['attachments'])) throw new Refusal('no_text')
  const threadTs = textOf(args['thread_ts'])
  return {
    ...(text !== undefined && { text }),
    ...(blocks !== undefined && { blocks }),
    ...(threadTs && { threadTs }),
  }
}

const output = (slack: Workspace, message: Parameters<typeof messageOutput>[0]): Fields =>
  messageOutput(message, slack.world, slack.app.id, slack.app.botId)

const postMessage: Method = (slack, args) => {
  const channel = writable(slack, required(args, 'channel'))
  const message = slack.messages.post(channel, slack.world.bot.id, contentOf(slack, args, false))
  return { channel: channel.id, ts: message.ts, message: output(slack, message) }
}

const postEphemeral: Method = (slack, args) => {
  const channel = writable(slack, required(args, 'channel'))
  const userId = required(args, 'user')
  const user = slack.world.users.get(userId)
  if (!user || !channel.members.has(user.id)) throw new Refusal('user_not_in_channel')
  const content = contentOf(slack, args, false)
  return {
    message_ts: slack.messages.postEphemeral(channel, slack.world.bot.id, user.id, content).ts,
  }
}

const update: Method = (slack, args) => {
  const channel = writable(slack, required(args, 'channel'))
  const message = slack.messages.find(channel, required(args, 'ts'))
  if (message.user !== slack.world.bot.id) throw new Refusal('cant_update_message')
  slack.messages.edit(message, contentOf(slack, args, true))
  return { channel: channel.id, ts: message.ts, text: message.text, message: output(slack, message) }
}

const remove: Method = (slack, args) => {
  const channel = writable(slack, required(args, 'channel'))
  const message = slack.messages.find(channel, required(args, 'ts'))
  if (message.user !== slack.world.bot.id) throw new Refusal('cant_delete_message')
  slack.messages.remove(message)
  return { channel: channel.id, ts: message.ts }
}

/** chat.* (docs.slack.dev/reference/methods). */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
}
