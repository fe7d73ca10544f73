import { checkView } from './block-kit.ts'
import { messageOutput } from './messages.ts'
import { checkReachable, type Method, required } from './methods-chat.ts'
import { Refusal } from './refusal.ts'
import { textOf } from './shapes.ts'
import type { User } from './world.ts'

const authTest: Method = (slack) => {
  const { home, bot } = slack.world
  return {
    url: `https://${home.domain}.slack.com/`,
    team: home.name,
    user: bot.name,
    team_id: home.id,
    user_id: bot.id,
    bot_id: slack.app.botId,
    ...(home.enterprise && { enterprise_id: home.enterprise.id }),
    is_enterprise_install: false,
  }
}

const openConversation: Method = (slack, args) => {
  const channelId = textOf(args['channel'])
  const given = textOf(args['users'])
  if (!channelId && !given) throw new Refusal('users_list_not_supplied')
  if (channelId) {
    const channel = slack.world.channels.get(channelId)
    if (!channel?.members.has(slack.world.bot.id)) throw new Refusal('channel_not_found')
    return { channel: { id: channel.id } }
  }
  const ids = given.split(',').map((id) => id.trim())
  if (ids.length > 1)
    throw new Refusal('missing_scope', [], {
      needed: 'mpim:write',
      provided: [...slack.manifest.botScopes].join(),
    })
  const user = slack.world.users.get(ids[0] ?? '')
  if (!user) throw new Refusal('user_not_found')
  checkReachable(slack, user, 'user_not_visible')
  const existing = slack.world.findIm(slack.world.bot.id, user.id)
  const channel = slack.world.openIm(slack.world.bot.id, user.id)
  const returnsMore = String(args['return_im']) === 'true'
  return {
    ...(existing && { no_op: true, already_open: true }),
    channel: {
      id: channel.id,
      ...(returnsMore && { is_im: true, is_org_shared: false, user: user.id, latest: null }),
    },
  }
}

const history: Method = (slack, args) => {
  const channel = slack.world.channels.get(required(args, 'channel'))
  if (!channel) throw new Refusal('channel_not_found')
  const scope = { im: 'im:history', public: 'channels:history', private: 'groups:history' }[channel.kind]
  if (!slack.manifest.botScopes.has(scope))
    throw new Refusal('missing_scope', [], {
      needed: scope,
      provided: [...slack.manifest.botScopes].join(),
    })
  if (!channel.members.has(slack.world.bot.id))
    throw new Refusal(channel.kind === 'public' ? 'not_in_channel' : 'channel_not_found')
  const limit = Number(args['limit'] ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > 999) throw new Refusal('invalid_limit')
  const inclusive = String(args['inclusive']) === 'true'
  const oldest = Number(args['oldest'] ?? 0)
  const latest = Number(args['cursor'] ?? args['latest'] ?? Number.POSITIVE_INFINITY)
  const fitting = slack.messages
    .in(channel)
    .filter(
      ({ ts }) =>
        (Number(ts) > oldest && Number(ts) < latest) || (inclusive && [oldest, latest].includes(Number(ts))),
    )
    .reverse()
  const page = fitting.slice(0, limit)
  const hasMore = fitting.length > limit
  return {
    messages: page.map((one) => messageOutput(one, slack.world, slack.app.id, slack.app.botId)),
    has_more: hasMore,
    ...(hasMore && { response_metadata: { next_cursor: page.at(-1)?.ts ?? '' } }),
  }
}

const usersInfo: Method = (slack, args) => {
  const user = slack.world.users.get(required(args, 'user'))
  if (!user) throw new Refusal('user_not_found')
  if (!slack.world.botKnows(user)) throw new Refusal('user_not_visible')
  const { home } = slack.world
  const foreign = user.teamId !== home.id
  return {
    user: {
      id: user.id,
      team_id: user.teamId,
      name: user.name,
      deleted: user.deactivated,
      real_name: user.realName,
      tz: 'Europe/Berlin',
      tz_label: 'Central European Time',
      tz_offset: 3600,
      profile: {
        real_name: user.realName,
        display_name: user.name,
        team: user.teamId,
        ...(user.isBot && { bot_id: user.id.replace(/^U/, 'B'), api_app_id: '' }),
      },
      is_admin: false,
      is_owner: false,
      is_restricted: false,
      is_ultra_restricted: false,
      is_bot: user.isBot,
      is_app_user: false,
      ...(foreign && { is_stranger: false }),
      ...(!foreign &&
        home.enterprise && {
          enterprise_user: {
            id: user.id,
            enterprise_id: home.enterprise.id,
            enterprise_name: home.enterprise.name,
            is_admin: false,
            is_owner: false,
            teams: [home.id],
          },
        }),
      updated: Math.floor(slack.clock.now() / 1_000),
      locale: 'en-US',
    },
  }
}

const viewsOpen: Method = (slack, args) => {
  const trigger = required(args, 'trigger_id')
  const view = checkView(args['view'], ['modal'], slack.manifest.botScopes)
  const { userId } = slack.triggers.check(trigger)
  const opened = slack.views.open(slack.world.users.get(userId) as User, view)
  slack.triggers.exchange(trigger)
  return { view: slack.viewOutput(opened) }
}

const viewsPush: Method = (slack, args) => {
  const trigger = required(args, 'trigger_id')
  const view = checkView(args['view'], ['modal'], slack.manifest.botScopes)
  const { userId, viewId } = slack.triggers.check(trigger)
  if (viewId === undefined) throw new Refusal('not_found')
  slack.views.find(viewId)
  const pushed = slack.views.push(slack.world.users.get(userId) as User, view)
  slack.triggers.exchange(trigger)
  return { view: slack.viewOutput(pushed) }
}

const viewsUpdate: Method = (slack, args) => {
  const viewId = textOf(args['view_id'])
  const externalId = textOf(args['external_id'])
  if ((viewId === '') === (externalId === ''))
    throw new Refusal('invalid_arguments', ['exactly one of view_id and external_id is required'])
  const view = checkView(args['view'], ['modal', 'home'], slack.manifest.botScopes)
  const id = viewId || slack.views.idOf(externalId)
  return { view: slack.viewOutput(slack.views.update(id, view, textOf(args['hash']) || undefined)) }
}

const viewsPublish: Method = (slack, args) => {
  const user = slack.world.users.get(required(args, 'user_id'))
  if (!user || user.isBot || user.teamId !== slack.world.home.id)
    throw new Refusal('invalid_arguments', ['invalid `user_id` [json-pointer:/user_id]'])
  const view = checkView(args['view'], ['home'], slack.manifest.botScopes)
  if (!slack.manifest.homeTab) throw new Refusal('not_enabled')
  return { view: slack.viewOutput(slack.views.publish(user, view, textOf(args['hash']) || undefined)) }
}

/** auth.*, conversations.*, users.* and views.* (docs.slack.dev/reference/methods). */
export const otherMethods: Record<string, Method> = {
  'auth.test': authTest,
  'conversations.open': openConversation,
  'conversations.history': history,
  'users.info': usersInfo,
  'views.open': viewsOpen,
  'views.push': viewsPush,
  'views.update': viewsUpdate,
  'views.publish': viewsPublish,
}
