import { StoreError, type StoreReason } from '../errors.ts'
import { newerError } from './prelude.ts'

/** In words, for whoever starts the program. */
const words: Readonly<Record<StoreReason, string>> = {
  refused: 'nothing listens there',
  dns: 'this name has no address',
  certificate: 'its certificate is not trusted; REDIS_CA names the file of a private CA',
  noauth: 'it wants a password, as in redis://:password@host or redis://user:password@host',
  wrongpass: 'it does not know this user name and password',
  noperm: 'this user may not do what is needed (docs/redis.md lists it)',
  loading: 'it still loads its files',
  moved: 'it is a node of a Redis Cluster, and secrets need one primary',
  readonly: 'it is a replica, and secrets need its primary',
  timeout: 'it does not answer in time',
  oom: 'its memory is full',
  misconf: 'it cannot write its files',
  replicas: 'too few replicas acknowledged',
  unfit: 'it cannot keep the promise any more',
}

/** By Node's code for what went wrong on the way to a server. */
const byCode: readonly (readonly [RegExp, StoreReason])[] = [
  [/^(ECONNREFUSED|ENOENT|EACCES|EHOSTUNREACH|ENETUNREACH)$/, 'refused'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'dns'],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|^ERR_SSL|^ERR_TLS|^EPROTO$/, 'certificate'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT|deadline)$/, 'timeout'],
]

/** By how a server, or the client, says it. */
const byMessage: readonly (readonly [RegExp, StoreReason])[] = [
  [/^NOAUTH /, 'noauth'],
  [/^WRONGPASS /, 'wrongpass'],
  [/^NOPERM |can't (run this command|access at least one)|unknown (command|subcommand)/i, 'noperm'],
  [/^LOADING /, 'loading'],
  [/^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT) /, 'moved'],
  [/^READONLY /, 'readonly'],
  [/^OOM /, 'oom'],
  [/^MISCONF /, 'misconf'],
  [/timed out/i, 'timeout'],
]

/** What made Redis fail, or undefined where nobody knows. */
export function reasonOf(error: unknown): StoreReason | undefined {
  if (error instanceof StoreError) return error.reason
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  const found =
    byCode.find(([sign]) => sign.test(code)) ?? byMessage.find(([sign]) => sign.test(error.message))
  return found?.[1]
}

/** As the store says it: the message alone, for what ioredis throws carries a command's arguments, sealed bytes among them. */
export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : 'failed'
  if (message.startsWith(`${newerError} `))
    return new StoreError('newer', `redis: ${message.slice(newerError.length + 1)}`)
  // A command that is not known is quoted by Redis with what was sent along.
  const said = message.replace(/,? with args beginning with.*$/s, '').slice(0, 200)
  const reason = reasonOf(error)
  const text = reason === undefined ? said : `${words[reason]}: ${said}`
  return new StoreError('unavailable', `redis: ${text}`, { reason })
}
