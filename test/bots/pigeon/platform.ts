import { dmCache } from '../../../src/bots/adapter/dm-cache.ts'
import { edits } from '../../../src/bots/adapter/edits.ts'
import {
  type Found,
  lookUpMs,
  type Person,
  type Platform,
  type Posted,
} from '../../../src/bots/adapter/platform.ts'
import type { Message } from '../../../src/bots/adapter/view.ts'
import { words } from '../../../src/bots/words.ts'
import { begin } from './begin.ts'
import type { Connection } from './connection.ts'
import { ids } from './ids.ts'
import { bounds } from './limits.ts'
import { renderMessage, sentence } from './render.ts'

/** What the conversation needs, through calls to Pigeon. */
export function pigeonPlatform({ call }: Pick<Connection, 'call'>): Platform {
  const openTalk = dmCache(async (person) => {
    const answer = await call({ verb: 'talk', person })
    return answer.why === 'ok' ? { why: 'ok', channel: idIn(answer.fields['room'], ids.room) } : answer
  })

  async function postIn(room: string, message: Message, under?: string): Promise<Posted> {
    const body = renderMessage(message)
    const answer = await call({ verb: 'post', room, body, ...(under !== undefined && { under }) })
    if (answer.why !== 'ok') return answer
    const posted = idIn(answer.fields['message'], ids.message)
    return { why: 'ok', ...(posted !== undefined && { at: { channel: room, message: posted } }) }
  }

  async function findOne(id: string, { tenant }: Person): Promise<Found> {
    const answer = await call({ verb: 'who', person: id }, lookUpMs)
    if (answer.why !== 'ok') {
      const isUnknown = answer.code === 'no_such_person'
      return isUnknown ? { why: 'unknown', id } : { why: 'unreachable', id, code: answer.code }
    }
    if (answer.fields['kind'] === 'bot') return { why: 'bot', id }
    return answer.fields['left'] === true
      ? { why: 'deactivated', id }
      : { why: 'person', person: { tenant, id } }
  }

  return {
    name: 'pigeon',
    begin,
    ...bounds,

    find: (people, by) => Promise.all(people.map((id) => findOne(id, by))),

    async post(target, message) {
      if ('place' in target) return await postIn(target.place.channel, message)
      if ('under' in target) return await postIn(target.under.channel, message, target.under.message)
      const talk = await openTalk(target.person)
      return talk.why === 'ok' ? await postIn(talk.channel, message) : talk
    },

    /** Pigeon shows a private message only as an answer to what that person did. */
    hint: async () => {},

    async wipe(interaction, isEarly) {
      const body = sentence(isEarly ? words.confirm.wipedEarly : words.confirm.wiped)
      const answer = await call({ verb: 'private', interaction, body })
      return answer.why === 'ok' ? { why: 'ok' } : answer
    },

    edit: edits(renderMessage, async ({ channel: room, message }, body) => {
      const answer = await call({ verb: 'edit', room, message, body })
      return answer.why === 'ok' ? { why: 'ok' } : answer
    }),
  }
}

function idIn(value: unknown, shape: RegExp): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined
}
