/** The routes this double serves: the name a test uses for them, and Discord's template. */
export const routes = [
  { name: 'gateway', method: 'GET', path: '/gateway/bot' },
  { name: 'me', method: 'GET', path: '/users/@me' },
  { name: 'user', method: 'GET', path: '/users/{user_id}' },
  { name: 'dm.open', method: 'POST', path: '/users/@me/channels' },
  { name: 'application', method: 'GET', path: '/applications/@me' },
  { name: 'commands.list', method: 'GET', path: '/applications/{application_id}/commands' },
  { name: 'commands.put', method: 'PUT', path: '/applications/{application_id}/commands' },
  { name: 'guild', method: 'GET', path: '/guilds/{guild_id}' },
  { name: 'member', method: 'GET', path: '/guilds/{guild_id}/members/{user_id}' },
  { name: 'channel', method: 'GET', path: '/channels/{channel_id}' },
  { name: 'typing', method: 'POST', path: '/channels/{channel_id}/typing' },
  { name: 'message.list', method: 'GET', path: '/channels/{channel_id}/messages' },
  { name: 'message.create', method: 'POST', path: '/channels/{channel_id}/messages' },
  { name: 'message.get', method: 'GET', path: '/channels/{channel_id}/messages/{message_id}' },
  { name: 'message.edit', method: 'PATCH', path: '/channels/{channel_id}/messages/{message_id}' },
  { name: 'message.delete', method: 'DELETE', path: '/channels/{channel_id}/messages/{message_id}' },
  { name: 'callback', method: 'POST', path: '/interactions/{interaction_id}/{interaction_token}/callback' },
  { name: 'followup.create', method: 'POST', path: '/webhooks/{webhook_id}/{webhook_token}' },
  { name: 'original.get', method: 'GET', path: '/webhooks/{webhook_id}/{webhook_token}/messages/@original' },
  {
    name: 'original.edit',
    method: 'PATCH',
    path: '/webhooks/{webhook_id}/{webhook_token}/messages/@original',
  },
  {
    name: 'original.delete',
    method: 'DELETE',
    path: '/webhooks/{webhook_id}/{webhook_token}/messages/@original',
  },
  {
    name: 'followup.get',
    method: 'GET',
    path: '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}',
  },
  {
    name: 'followup.edit',
    method: 'PATCH',
    path: '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}',
  },
  {
    name: 'followup.delete',
    method: 'DELETE',
    path: '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}',
  },
] as const

export type Route = (typeof routes)[number]
export type RouteName = Route['name']

/** A request line taken apart: the route and the values of its placeholders, by name. */
export interface Matched {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

const byShape = new Map<string, Route[]>()
for (const route of routes) {
  const key = `${route.method} ${route.path.split('/').length}`
  byShape.set(key, [...(byShape.get(key) ?? []), route])
}

/** Finds the route of a request; literal steps win over placeholders because they are listed first. */
export function matchRoute(method: string, path: string): Matched | undefined {
  const steps = path.split('/')
  candidates: for (const route of byShape.get(`${method} ${steps.length}`) ?? []) {
    const params: Record<string, string> = {}
    for (const [index, wanted] of route.path.split('/').entries()) {
      const step = decodeURIComponent(steps[index] ?? '')
      if (wanted.startsWith('{')) params[wanted.slice(1, -1)] = step
      else if (wanted !== step) continue candidates
    }
    return { route, params }
  }
  return undefined
}
