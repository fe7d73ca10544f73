import { type APIUser, Routes } from 'discord.js'
import { type Found, lookUpMs, type Person } from '../adapter/platform.ts'
import type { Rest } from './transport/rest.ts'

/** Whether ids are people or bots, which never changes; so it may be remembered. */
export interface People {
  /** Notes those whom a payload named. */
  meet(users: readonly APIUser[]): void
  find(ids: readonly string[], by: Person): Promise<readonly Found[]>
}

const maxKnown = 5_000

/** Asks Discord for those whom no payload has named yet. */
export function people(rest: Rest): People {
  const bots = new Map<string, boolean>()

  function note(id: string, bot: boolean): void {
    bots.delete(id)
    bots.set(id, bot)
    const [oldest] = bots.keys()
    if (bots.size > maxKnown && oldest !== undefined) bots.delete(oldest)
  }

  async function one(id: string, { tenant }: Person): Promise<Found> {
    const known = bots.get(id)
    if (known !== undefined) return found(id, known, tenant)
    const answer = await rest.asBot({ method: 'GET', route: Routes.user(id), timeoutMs: lookUpMs })
    if (answer.why !== 'ok') {
      const gone = answer.why === 'definitive' && answer.gone === true
      return gone ? { why: 'unknown', id } : { why: 'unreachable', id, code: answer.code }
    }
    const bot = (answer.body as Partial<APIUser> | null)?.bot === true
    note(id, bot)
    return found(id, bot, tenant)
  }

  return {
    meet(users) {
      for (const { id, bot = false } of users) note(id, bot)
    },
    find: (ids, by) => Promise.all(ids.map((id) => one(id, by))),
  }
}

function found(id: string, bot: boolean, tenant: string): Found {
  return bot ? { why: 'bot', id } : { why: 'person', person: { tenant, id } }
}
