import { chatMethods, type Method } from './methods-chat.ts'
import { otherMethods } from './methods-other.ts'
import { Refusal } from './refusal.ts'
import { type Fields, textOf } from './shapes.ts'
import type { Workspace } from './workspace.ts'

const methods: Record<string, Method> = { ...chatMethods, ...otherMethods }

const scopes: Record<string, string> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'conversations.open': 'im:write',
  'users.info': 'users:read',
}

/** The scope a method asks for, as the header x-accepted-oauth-scopes names it. */
export const scopeOf = (method: string): string => scopes[method] ?? ''

/**
 * Does a Web API call by the bot token, and returns the fields of the answer without `ok`.
 * @param authorization the header's value
 * @throws {Refusal} with the code Slack answers
 */
export function callMethod(
  slack: Workspace,
  method: string,
  authorization: string | undefined,
  args: Fields,
  openConnection: () => string,
): Fields {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? textOf(args['token'])
  if (method === 'apps.connections.open') {
    if (authorization === undefined) throw new Refusal('not_authed')
    if (token === slack.app.botToken) throw new Refusal('not_allowed_token_type')
    if (token !== slack.app.appToken) throw new Refusal('invalid_auth')
    return { url: openConnection() }
  }
  const known = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (!known) throw new Refusal('unknown_method', [], { req_method: method })
  if (!token) throw new Refusal('not_authed')
  if (token === slack.app.appToken) throw new Refusal('not_allowed_token_type')
  if (token !== slack.app.botToken) throw new Refusal('invalid_auth')
  const needed = scopeOf(method)
  if (needed && !slack.manifest.botScopes.has(needed))
    throw new Refusal('missing_scope', [], { needed, provided: [...slack.manifest.botScopes].join() })
  return known(slack, args)
}
