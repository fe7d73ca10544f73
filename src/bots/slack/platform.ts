import { dmCache, type OpenDm } from '../adapter/dm-cache.ts'
import { edits } from '../adapter/edits.ts'
import { type Found, noWay, type Person, type Platform, type Posted } from '../adapter/platform.ts'
import type { Message, Place } from '../adapter/view.ts'
import type { Answer, Api } from './api.ts'
import { begin } from './begin.ts'
import { fields, id } from './fields.ts'
import { bounds, clip, limits } from './limits.ts'
import { slackbotId } from './parse.ts'
import { renderBlocks } from './render.ts'
import { wipedEarlyView, wipedView } from './views.ts'

/** Slack as the conversation sees it, and what only the Slack adapter needs. */
export interface SlackPlatform extends Platform {
  /** The person's conversation with the bot, opened if need be. */
  readonly openDm: OpenDm
  /** Answers one person where they acted, or in their conversation with the bot where that does not work. */
  answer(person: string, reply: string | undefined, message: Message, replace?: boolean): Promise<void>
}

/** A place where the bot is no member, or where it cannot know that it is one. */
const notThere: ReadonlySet<string> = new Set(['not_in_channel', 'channel_not_found'])

/** What the conversation needs, through Slack's Web API. */
export function slackPlatform(api: Api): SlackPlatform {
  const openDm = dmCache(async (person) => {
    const opened = await api.call('conversations.open', { users: person })
    return opened.why === 'ok' ? { why: 'ok', channel: id(fields(opened.body['channel'])['id']) } : opened
  })

  async function postAt(channel: string, message: Message, thread?: string): Promise<Posted> {
    const posted = await api.call('chat.postMessage', {
      channel,
      ...content(message),
      ...(thread !== undefined && { thread_ts: thread }),
      ...noPreviews,
    })
    return posted.why === 'ok' ? { why: 'ok', ...at(posted) } : posted
  }

  async function postTo(person: string, message: Message): Promise<Posted> {
    const dm = await openDm(person)
    return dm.why === 'ok' ? postAt(dm.channel, message) : dm
  }

  async function postIn(place: Place, message: Message): Promise<Posted> {
    const { channel, kind, reply } = place
    if (kind !== 'direct') {
      const posted = await postAt(channel, message)
      if (posted.why === 'ok' || !notThere.has(posted.code) || reply === undefined) return posted
    }
    if (reply === undefined) return noWay
    const answer = await api.respond(reply, {
      response_type: 'in_channel',
      ...content(message),
      ...noPreviews,
    })
    return answer.why === 'ok' ? { why: 'ok' } : answer
  }

  return {
    name: 'slack',
    begin,
    ...bounds,
    openDm,

    find: (ids, by) => Promise.all(ids.map((one) => findOne(one, by, api))),

    post(target, message) {
      if ('person' in target) return postTo(target.person, message)
      if ('place' in target) return postIn(target.place, message)
      return postAt(target.under.channel, message, target.under.message)
    },

    async hint(place, person, message) {
      await api.call('chat.postEphemeral', { channel: place.channel, user: person, ...content(message) })
    },

    edit: edits(content, async ({ channel, message: ts }, body) => {
      const edited = await api.call('chat.update', { channel, ts, ...body })
      return edited.why === 'ok' ? { why: 'ok' } : edited
    }),

    async wipe(viewId, isEarly) {
      const view = isEarly ? wipedEarlyView : wipedView
      const wiped = await api.call('views.update', { view_id: viewId, view })
      // Whatever stood there is closed.
      return wiped.why === 'ok' || wiped.code === 'not_found' ? { why: 'ok' } : wiped
    },

    async answer(person, reply, message, replace = false) {
      if (reply !== undefined) {
        const answered = await api.respond(reply, {
          response_type: 'ephemeral',
          replace_original: replace,
          ...content(message),
          ...noPreviews,
        })
        if (answered.why === 'ok') return
      }
      await postTo(person, message)
    },
  }
}

/** Whoever previews an address fetches it. Edits and `chat.postEphemeral` take no such arguments, and carry no address. */
export const noPreviews = { unfurl_links: false, unfurl_media: false } as const

/** The body of a message: `text` is constant words, since push notifications and e-mail show it. */
export function content(message: Message) {
  return { text: clip(message.summary, limits.fallback), blocks: renderBlocks(message) }
}

async function findOne(userId: string, by: Person, api: Api): Promise<Found> {
  if (userId === slackbotId) return { why: 'bot', id: userId }
  const answer = await api.ask('users.info', { user: userId })
  if (answer.why !== 'ok') {
    const unknown = answer.code === 'user_not_found' || answer.code === 'user_not_visible'
    return unknown ? { why: 'unknown', id: userId } : { why: 'unreachable', id: userId, code: answer.code }
  }
  const user = fields(answer.body['user'])
  const organisation = id(fields(user['enterprise_user'])['enterprise_id'])
  const tenant = organisation ?? id(user['team_id']) ?? by.tenant
  if (id(user['id']) !== userId) return { why: 'unknown', id: userId }
  if (user['is_bot'] === true) return { why: 'bot', id: userId }
  if (user['deleted'] === true) return { why: 'deactivated', id: userId }
  return { why: 'person', person: { tenant, id: userId } }
}

function at(posted: Extract<Answer, { why: 'ok' }>) {
  const channel = id(posted.body['channel'])
  const message = id(posted.body['ts'])
  return channel && message ? { at: { channel, message } } : {}
}
