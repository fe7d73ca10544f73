/** Where a Redis is, and how to log in there. */
export interface RedisAddress {
  /** Its name or address; of a socket, the path. */
  readonly host: string
  /** 0 for a socket. */
  readonly port: number
  readonly tls: boolean
  /** The certificates, PEM, that are trusted instead of the system's. */
  readonly ca?: string
  readonly username?: string
  readonly password?: string
  /** The number of the database. */
  readonly database: number
}

const expected =
  'expected redis://host:6379, or redis://user:password@host:6379/0, the same with rediss://, or unix:///path/to/socket'

const escapes = 'in a password, # / ? @ and % are written as %23 %2F %3F %40 and %25'

/** What `redis://`, with TLS `rediss://`, or for a socket `unix://` names; otherwise what is wrong with it, in words and without its login. */
export function parseRedisUrl(text: string): RedisAddress | string {
  if (!/^(rediss?|unix):\/\//i.test(text))
    return 'expected a URL that starts with redis://, rediss:// or unix://'
  // A URL's parser leaves these out of a password without a word.
  if (/[\t\r\n]/.test(text))
    return `${expected}; a tab or a line break in a password is written as %09 or %0A`
  return /^unix:/i.test(text) ? parseSocket(text) : parseHost(text)
}

function parseHost(text: string): RedisAddress | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const login = url && loginOf(url.username, url.password)
  // A "#", "/" or "?" in a password ends the host's part early, so that the rest reads like something else.
  if (!url?.hostname || url.search !== '' || url.hash !== '' || login === undefined)
    return `${expected}; ${escapes}`
  if (!/^(\/\d{0,3})?$/.test(url.pathname)) return `${expected}; after the host stands the database's number`
  if (login.username !== undefined && login.password === undefined) return `${expected}; ${noPassword}`
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    tls: url.protocol === 'rediss:',
    ...login,
    database: Number(url.pathname.slice(1)),
  }
}

const noPassword = 'a password alone stands behind a colon, as in redis://:password@host'

/** `unix:///path`, `unix://user:password@/path`, and at the end `?db=1`. */
function parseSocket(text: string): RedisAddress | string {
  const shape =
    /^unix:\/\/(?:(?<user>[^:@/?#]*):(?<word>[^@/?#]*)@)?(?<path>\/[^?#]+)(?:\?db=(?<db>\d{1,3}))?$/i
  const { user = '', word = '', path = '', db = '0' } = shape.exec(text)?.groups ?? {}
  const login = loginOf(user, word)
  const host = decoded(path)
  if (!host || login === undefined) return `${expected}, also as unix://user:password@/path?db=0; ${escapes}`
  return { host, port: 0, tls: false, ...login, database: Number(db) }
}

function loginOf(user: string, word: string): Pick<RedisAddress, 'username' | 'password'> | undefined {
  const [username, password] = [decoded(user), decoded(word)]
  if (username === undefined || password === undefined) return undefined
  return { ...(username && { username }), ...(password && { password }) }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The address in words, without the login. */
export function printAddress({ host, port }: RedisAddress): string {
  return port === 0 ? host : `${host}:${port}`
}

/** Whether nobody but this machine hears what is said there. */
export function isLocal({ host, port }: RedisAddress): boolean {
  return port === 0 || host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** The same in ioredis' words. */
export function clientOptions({ host, port, tls, ca, username, password, database }: RedisAddress) {
  return {
    ...(port === 0 ? { path: host } : { host, port }),
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { ...(ca !== undefined && { ca }) } }),
    // It needs INFO, which a user may lack, and prints a warning then; what loads is waited for by each call.
    enableReadyCheck: false,
  }
}
