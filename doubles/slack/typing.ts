import { ownTime } from '../run/own-time.ts'
import { type AtClient, ackBody, act, type Backstage, type Outcome, outcomeOf, slackSays } from './outcome.ts'
import { commandPayload } from './payloads.ts'
import { Refusal } from './refusal.ts'
import type { Channel, World } from './world.ts'

/** What Slack does to typed text: entities, and mentions by id when they name someone. */
export function escaped(world: World, typedBy: string, text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@([\w-]+)/g, (whole, name) => {
      const user = world.userByName(name)
      return user ? `<@${user.id}|${user.name}>` : whole
    })
    .replace(/#([\w-]+)/g, (whole, name) => {
      for (const channel of world.channelsOf(typedBy))
        if (channel.name === name) return `<#${channel.id}|${name}>`
      return whole
    })
}

/** Runs a slash command that a person typed, and shows them what the app or Slack answers. */
export async function runCommand(
  stage: Backstage,
  person: AtClient,
  text: string,
  channel: Channel,
  thread: boolean,
): Promise<Outcome> {
  const { slack, transcript } = stage
  const { user, screen } = person
  transcript.act(`${user.name} types “${text}” in ${screen.nameOf(channel)}`)
  const [, command = '', rest = ''] = /^(\/\S+)\s*(.*)$/s.exec(text) ?? []
  const rule = slack.manifest.commands.get(command)
  const installed = slack.manifest.botScopes.has('commands') && user.teamId === slack.world.home.id
  if (!rule || !installed) return slackSays(stage, person, channel, `${command} is not a valid command.`)
  if (thread)
    return slackSays(stage, person, channel, `${command} is not supported in threads. Sorry!`, {
      error: 'not_in_threads',
    })
  const words = rule.shouldEscape ? escaped(slack.world, user.id, rest.trim()) : rest.trim()
  const outcome = await act(stage, 'slash_commands', commandPayload(slack, user, channel, command, words))
  const failed = (error: string) =>
    slackSays(stage, person, channel, `${command} failed with the error "${error}"`, { ...outcome, error })
  if (!outcome.ok) return failed(outcome.error ?? 'dispatch_failed')
  const body = ackBody(outcome)
  if (Object.keys(body).length === 0 || body['text'] === '') return outcome
  try {
    if (body['response_type'] === 'in_channel') slack.messages.post(channel, user.id, { text })
    slack.responseUrls.apply({ userId: user.id, channel }, { response_type: 'ephemeral', ...body })
    return outcome
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return failed(error.code)
  }
}

/**
 * Posts what a person typed; the app is told when it is in its direct message.
 * @throws when the app takes no messages
 */
export async function say(
  stage: Backstage,
  { user, screen }: AtClient,
  text: string,
  channel: Channel,
): Promise<Outcome> {
  const { slack, events, transcript } = stage
  const toBot = slack.world.partnerOfBot(channel) !== undefined
  if (toBot && (!slack.manifest.messagesTab || slack.manifest.messagesTabReadOnly))
    throw new Error('Sending messages to this app has been turned off.')
  transcript.act(`${user.name} writes “${text}” in ${screen.nameOf(channel)}`)
  const started = ownTime()
  const words = { type: 'rich_text_section', elements: [{ type: 'text', text }] }
  const message = slack.messages.post(channel, user.id, {
    text: escaped(slack.world, user.id, text),
    blocks: [{ type: 'rich_text', elements: [words] }],
  })
  if (!toBot) return { ok: true, ms: 0 }
  return outcomeOf(await events.announced(message.ts), started)
}
