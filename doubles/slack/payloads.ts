import type {
  BlockAction,
  BlockElementAction,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewClosedAction,
  ViewStateValue,
  ViewSubmitAction,
} from '@slack/bolt'
import { slackId } from './ids.ts'
import { type Placed, placedIn, type Values, valueKey } from './inputs.ts'
import { type Message, messageOutput } from './messages.ts'
import { type Fields, textOf } from './shapes.ts'
import type { OpenView } from './views.ts'
import type { Workspace } from './workspace.ts'
import type { Channel, User } from './world.ts'

const channelName = (channel: Channel): string =>
  channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name

const actionTime = (slack: Workspace): string => slack.messages.nextTs()

/** What a payload must have to be what Bolt says it is; `enterprise` may be null, as Slack sends it. */
type Shape<T> = Omit<T, 'enterprise'>

/** The form fields of a slash command. `text` is already escaped. */
export function commandPayload(
  slack: Workspace,
  user: User,
  channel: Channel,
  command: string,
  text: string,
): Fields {
  const team = slack.world.teamOf(user)
  return {
    token: slack.app.verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: slack.app.id,
    is_enterprise_install: 'false',
    ...(team.enterprise && { enterprise_id: team.enterprise.id, enterprise_name: team.enterprise.name }),
    response_url: slack.responseUrls.make(user.id, channel),
    trigger_id: slack.triggers.make(user.id),
  } satisfies SlashCommand
}

function actionOf(slack: Workspace, placed: Placed, values: Values): Fields {
  const { element, blockId, actionId } = placed
  const type = textOf(element['type'])
  const key = valueKey(type)
  const base = { type, action_id: actionId, block_id: blockId, action_ts: actionTime(slack) }
  if (key !== undefined) {
    const { placeholder } = element
    return { ...base, ...values[blockId]?.[actionId], ...(placeholder !== undefined && { placeholder }) }
  }
  const { text, value, style, url } = element
  return {
    ...base,
    text,
    ...(value !== undefined && { value }),
    ...(style !== undefined && { style }),
    ...(url !== undefined && { url }),
  }
}

/** A press or choice on a message. Ephemeral messages are not carried along, as in Slack. */
export function messageActionPayload(
  slack: Workspace,
  user: User,
  message: Message,
  placed: Placed,
  values: Values,
): Fields {
  const { channel } = message
  const ephemeral = message.ephemeralTo !== undefined
  return {
    type: 'block_actions',
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    ...slack.tenancy(user),
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: ephemeral },
    trigger_id: slack.triggers.make(user.id),
    channel: { id: channel.id, name: channelName(channel) },
    ...(!ephemeral && { message: messageOutput(message, slack.world, slack.app.id, slack.app.botId) }),
    state: { values: values as unknown as Record<string, Record<string, ViewStateValue>> },
    response_url: slack.responseUrls.make(user.id, channel, message),
    actions: [actionOf(slack, placed, values) as unknown as BlockElementAction],
  } satisfies Shape<BlockAction>
}

/** A press or choice in a modal or in App Home. */
export function viewActionPayload(slack: Workspace, user: User, view: OpenView, placed: Placed): Fields {
  return {
    type: 'block_actions',
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    ...slack.tenancy(user),
    container: { type: 'view', view_id: view.id },
    trigger_id: slack.triggers.make(user.id, view.kind === 'modal' ? view.id : undefined),
    view: slack.viewOutput(view),
    actions: [actionOf(slack, placed, view.values) as unknown as BlockElementAction],
  } satisfies Omit<Shape<BlockAction>, 'response_url'>
}

/** The submission of a modal. */
export function submissionPayload(slack: Workspace, user: User, view: OpenView, values: Values): Fields {
  return {
    type: 'view_submission',
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    ...slack.tenancy(user),
    trigger_id: slack.triggers.make(user.id, view.id),
    view: slack.viewOutput(view, values),
    response_urls: [],
  } satisfies Shape<ViewSubmitAction> & { user: { username: string } }
}

/** The closing of a modal whose view asked to be told. */
export function closedPayload(slack: Workspace, user: User, view: OpenView, isCleared: boolean): Fields {
  return {
    type: 'view_closed',
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    ...slack.tenancy(user),
    view: slack.viewOutput(view),
    is_cleared: isCleared,
  } satisfies Shape<ViewClosedAction> & { user: { username: string } }
}

/** A global shortcut. */
export function shortcutPayload(slack: Workspace, user: User, callbackId: string) {
  return {
    type: 'shortcut' as const,
    user: { id: user.id, username: user.name, team_id: user.teamId },
    ...slack.tenancy(user),
    callback_id: callbackId,
    trigger_id: slack.triggers.make(user.id),
    action_ts: actionTime(slack),
  } satisfies Shape<GlobalShortcut>
}

/** A shortcut on a message. */
export function messageShortcutPayload(
  slack: Workspace,
  user: User,
  message: Message,
  callbackId: string,
): Fields {
  const { channel } = message
  return {
    ...shortcutPayload(slack, user, callbackId),
    type: 'message_action',
    user: { id: user.id, name: user.name, username: user.name, team_id: user.teamId },
    channel: { id: channel.id, name: channelName(channel) },
    message_ts: message.ts,
    message: messageOutput(message, slack.world, slack.app.id, slack.app.botId),
    response_url: slack.responseUrls.make(user.id, channel, message),
  } satisfies Shape<MessageShortcut>
}

/** An event of the Events API in its envelope. */
export function eventPayload(slack: Workspace, event: Fields): Fields {
  const { home, bot } = slack.world
  return {
    token: slack.app.verificationToken,
    team_id: home.id,
    context_team_id: home.id,
    context_enterprise_id: home.enterprise?.id ?? null,
    api_app_id: slack.app.id,
    event,
    type: 'event_callback',
    event_id: slackId('Ev'),
    event_time: Math.floor(slack.clock.now() / 1_000),
    authorizations: [
      {
        enterprise_id: home.enterprise?.id ?? null,
        team_id: home.id,
        user_id: bot.id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: slackId('4-'),
  }
}

/** The nth button or field with this label: whole labels first, then beginnings, then an action id. */
export function findPlaced(
  blocks: Fields[],
  label: string | RegExp,
  types: (type: string) => boolean,
  nth = 0,
): Placed | undefined {
  const fits = placedIn(blocks).filter(({ element }) => types(textOf(element['type'])))
  const whole = fits.filter((one) => (label instanceof RegExp ? label.test(one.label) : one.label === label))
  if (whole.length > 0 || label instanceof RegExp) return whole[nth]
  const beginning = fits.filter((one) => one.label.toLowerCase().startsWith(label.toLowerCase()))
  return beginning.length > 0 ? beginning[nth] : fits.filter((one) => one.actionId === label)[nth]
}
