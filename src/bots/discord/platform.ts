import { Routes } from 'discord.js'
import { dmCache } from '../adapter/dm-cache.ts'
import { edits } from '../adapter/edits.ts'
import { type Delivery, noWay, type Platform, type Posted } from '../adapter/platform.ts'
import type { Message, Place } from '../adapter/view.ts'
import { begin } from './begin.ts'
import { isNowhere } from './errors.ts'
import type { Interactions } from './interactions.ts'
import { bounds } from './limits.ts'
import type { People } from './people.ts'
import { renderInstead, renderMessage, renderReveal } from './render.ts'
import { parseReply, type Reply } from './reply.ts'
import type { Rest } from './transport/rest.ts'
import { parseWipeNote } from './wipe-note.ts'

interface PlatformParts {
  readonly rest: Rest
  readonly interactions: Interactions
  readonly people: People
}

/** No access as a member; what goes through an interaction's token may still work. */
const noAccess = ['50001', '50013', '10003']

/** What the conversation needs, through Discord's REST API. */
export function discordPlatform({ rest, interactions, people }: PlatformParts): Platform {
  const openDm = dmCache(async (person) => {
    const body = { recipient_id: person }
    const answer = await rest.asBot({ method: 'POST', route: Routes.userChannels(), body })
    return answer.why === 'ok' ? { why: 'ok', channel: idIn(answer.body) } : answer
  })

  async function create(channel: string, message: Message, under?: string): Promise<Posted> {
    const answer = await rest.asBot({
      method: 'POST',
      route: Routes.channelMessages(channel),
      body: {
        ...renderMessage(message),
        ...(under !== undefined && {
          message_reference: { message_id: under, channel_id: channel, fail_if_not_exists: false },
        }),
      },
    })
    if (answer.why !== 'ok') return answer
    const id = idIn(answer.body)
    return { why: 'ok', ...(id !== undefined && { at: { channel, message: id } }) }
  }

  async function toPerson(person: string, message: Message): Promise<Posted> {
    const dm = await openDm(person)
    return dm.why === 'ok' ? await create(dm.channel, message) : dm
  }

  async function toPlace({ channel, kind, reply }: Place, message: Message): Promise<Posted> {
    if (kind !== 'direct') {
      const posted = await create(channel, message)
      const refused = posted.why === 'definitive' && noAccess.includes(posted.code)
      if (!refused || reply === undefined) return posted
    }
    const interaction = reply === undefined ? undefined : parseReply(reply)
    return interaction ? await throughReply(interaction, message) : noWay
  }

  /** A server may force the answers of people's own applications to be private: then nobody else sees the card. */
  async function throughReply(interaction: Reply, message: Message): Promise<Posted> {
    const posted = await interactions.followUp(interaction, renderMessage(message))
    if (posted.why !== 'ok') return posted
    if (!posted.isPrivate) return { why: 'ok' }
    await interactions.remove(interaction, posted.message)
    return { why: 'definitive', code: 'forced_private', gone: true }
  }

  return {
    name: 'discord',
    begin,
    ...bounds,
    find: people.find,

    async post(target, message) {
      if ('person' in target) return await toPerson(target.person, message)
      if ('place' in target) return await toPlace(target.place, message)
      return await create(target.under.channel, message, target.under.message)
    },

    /** Discord shows a private message only as an answer to what that person did. */
    hint: async () => {},

    /** Deleted, or else emptied. An early one is emptied first: its reader is told why. */
    async wipe(note, isEarly) {
      const at = parseWipeNote(note)
      if (at === undefined) return { why: 'ok' }
      const body = renderReveal({ view: 'wiped', isEarly })
      const ways = [() => interactions.remove(at, at.message), () => interactions.edit(at, body, at.message)]
      let last: Delivery = { why: 'ok' }
      for (const way of isEarly ? ways.reverse() : ways) {
        const answer = await way()
        if (answer.why === 'ok' || isNowhere(answer)) return { why: 'ok' }
        last = answer
      }
      return last
    },

    edit: edits(renderInstead, async ({ channel, message }, body) => {
      const route = Routes.channelMessage(channel, message)
      const answer = await rest.asBot({ method: 'PATCH', route, body })
      return answer.why === 'ok' ? { why: 'ok' } : answer
    }),
  }
}

function idIn(body: unknown): string | undefined {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined
  return typeof id === 'string' ? id : undefined
}
