/** Where a Redis is, and how to log in there. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username?: string
  readonly password?: string
  /** The number of the database. */
  readonly database: number
}

const expected =
  'expected redis://host:6379, or redis://user:password@host:6379/0, or the same with rediss://'

/** What `redis://` or, with TLS, `rediss://` names; otherwise what is wrong with it, in words and without its login. */
export function parseRedisUrl(text: string): RedisAddress | string {
  if (!/^rediss?:\/\//i.test(text)) return 'expected a URL that starts with redis:// or rediss://'
  const url = URL.canParse(text) ? new URL(text) : undefined
  const login = url && loginOf(url)
  // A "#", "/" or "?" in a password ends the host's part early, so that the rest reads like something else.
  if (!url?.hostname || url.search !== '' || url.hash !== '' || login === undefined)
    return `${expected}; in a password, # / ? @ and % are written as %23 %2F %3F %40 and %25`
  if (!/^(\/\d{0,3})?$/.test(url.pathname)) return `${expected}; after the host stands the database's number`
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    tls: url.protocol === 'rediss:',
    ...login,
    database: Number(url.pathname.slice(1)),
  }
}

function loginOf({ username, password }: URL): Pick<RedisAddress, 'username' | 'password'> | undefined {
  try {
    return {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    }
  } catch {
    return undefined
  }
}

/** The same in ioredis' words. */
export function clientOptions({ host, port, tls, username, password, database }: RedisAddress) {
  return {
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  }
}
