import type { Allowance, Limiter } from '../core/limiter.ts'
import type { Person, Platform } from './adapter/platform.ts'

/** How often one person, and everyone in one workspace together, may do what costs others something. */
interface Quota {
  /** Takes `count` secrets from the person's and the workspace's share; whole seconds to wait when one is spent. */
  secrets(by: Person, count: number): Promise<number | undefined>
  /** Whether this person may raise one more alarm now. */
  alarm(by: Person): Promise<boolean>
}

/** Counted where every process sees it. */
export function quota(platform: Platform['name'], limiter: Limiter): Quota {
  async function wait(allowance: Allowance, key: string, count: number): Promise<number | undefined> {
    const allowed = await limiter.take(allowance, key, count)
    return allowed.why === 'limited' ? allowed.retryAfterSeconds : undefined
  }

  const keyOf = ({ tenant, id }: Person) => `${platform}/${tenant}/${id}`

  return {
    async secrets(by, count) {
      const own = await wait('chat-person', keyOf(by), count)
      // Discord's people have no tenant: there each of them is counted alone.
      if (own !== undefined || by.tenant === '') return own
      return await wait('chat-tenant', `${platform}/${by.tenant}`, count)
    },
    alarm: async (by) => (await wait('chat-alarm', keyOf(by), 1)) === undefined,
  }
}
