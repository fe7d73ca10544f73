import { readFileSync, statSync } from 'node:fs'
import { isLoopback, isUnspecified } from '../web/server/address.ts'

/** What a configuration says that is allowed, and seldom meant. */
interface Meant {
  /** Whether it was set, by the variable's name. */
  isSet(name: string): boolean
  readonly web: boolean
  readonly publicUrl: string
  readonly host: string
  readonly port: number
}

/** Whether links that are made from where it listens would open on the machine itself alone. */
export function opensOnlyHere({ isSet, host, port }: Pick<Meant, 'isSet' | 'host' | 'port'>): boolean {
  return !isSet('PUBLIC_URL') && (port === 0 || isLoopback(host) || isUnspecified(host))
}

/** What the operator should hear of it at the start, one sentence each. */
export function doubts(meant: Meant): readonly string[] {
  const { isSet, web, publicUrl, host, port } = meant
  const { protocol, hostname } = new URL(publicUrl)
  const found: string[] = []
  if (web && isSet('PUBLIC_URL') && protocol === 'http:' && !isLoopback(hostname))
    found.push(
      `PUBLIC_URL is ${publicUrl}, without TLS: whoever is on the way can change the pages and so read what is sealed in them; put TLS in front, and set it to https://…`,
    )
  if (web && opensOnlyHere(meant) && (port === 0 || isUnspecified(host)))
    found.push(
      `${port === 0 ? 'PORT is 0' : `HOST is ${host}`} and PUBLIC_URL is not set: nobody is given a link in chat, as none would open; set PUBLIC_URL to where people reach this server`,
    )
  if (isSet('REDIS_REPLICAS') && !isSet('REDIS_URL'))
    found.push(
      'REDIS_REPLICAS is set without REDIS_URL: it changes nothing, and secrets are in the embedded file',
    )
  if (isSet('SOTTO_MAX_STORE') && isSet('REDIS_URL'))
    found.push('SOTTO_MAX_STORE bounds the embedded store alone: for Redis set its own maxmemory')
  return found
}

/** The same of the `.env` file that `npm start` reads: whether others may read what is secret in it. `secrets` are names. */
export function doubtsOfEnvFile(path: string, secrets: readonly string[]): readonly string[] {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) === 0) return []
    const text = readFileSync(path, 'utf8')
    const held = secrets.filter((name) =>
      new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*\\S`, 'm').test(text),
    )
    return held.length === 0
      ? []
      : [`${path} can be read by others, and holds ${held.join(', ')}: chmod 600 ${path}`]
  } catch {
    // There is none, or it is nobody's but its owner's.
    return []
  }
}
