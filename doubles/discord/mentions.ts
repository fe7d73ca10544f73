import type { User } from './entities.ts'
import { absent, isObject, type Json } from './form.ts'
import type { World } from './world.ts'

/** Who gets a notification from a message. */
export interface Pings {
  readonly users: readonly User[]
  readonly roles: readonly string[]
  /** `@everyone` or `@here`. */
  readonly everyone: boolean
}

/** Nobody. */
export const noPings: Pings = { users: [], roles: [], everyone: false }

function ids(content: string, pattern: RegExp): Set<string> {
  return new Set([...content.matchAll(pattern)].map((match) => match[1] ?? ''))
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * Who would be pinged: those named in the content (or in text displays), as far as `allowed_mentions` lets them be.
 * Without `allowed_mentions` everything named is pinged, as a bot's plain message does. Embeds never ping.
 */
export function pingsOf(world: World, content: string, allowed: unknown, repliedTo?: User): Pings {
  const users = ids(content, /<@!?(\d+)>/g)
  const roles = ids(content, /<@&(\d+)>/g)
  const everyone = /@(everyone|here)\b/.test(content)
  const found = (list: Iterable<string>) => [...list].flatMap((id) => world.users.get(id) ?? [])
  if (absent(allowed) || !isObject(allowed)) {
    if (repliedTo) users.add(repliedTo.id)
    return { users: found(users), roles: [...roles], everyone }
  }
  const rules: Json = allowed
  const parse = listed(rules['parse'])
  const named = (kind: string, all: Set<string>) =>
    parse.includes(kind) ? all : new Set([...all].filter((id) => listed(rules[kind]).includes(id)))
  const pinged = named('users', users)
  if (repliedTo && rules['replied_user'] === true) pinged.add(repliedTo.id)
  return {
    users: found(pinged),
    roles: [...named('roles', roles)],
    everyone: everyone && parse.includes('everyone'),
  }
}
