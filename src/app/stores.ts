import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { SottoError } from '../core/format/errors.ts'
import { keyfile, mountedKeys } from '../core/keyfile.ts'
import type { Keyring } from '../core/keyring.ts'
import type { Limiter } from '../core/limiter.ts'
import type { Log } from '../core/log.ts'
import type { Finding, SecretStore } from '../core/store.ts'
import { StoreError } from '../store/errors.ts'
import { printAddress, type RedisAddress } from '../store/redis/address.ts'
import type { Config, RedisConfig } from './config.ts'
import { RefusedError, reasonOf } from './refused.ts'

/** Kept free on the disk for claims, settles and ends: what the -wal may hold before it is copied, and half of it more. */
const reserveBytes = 12 * 1024 * 1024

/** The configured store; only its own driver is loaded. @throws RefusedError when its file cannot be opened as it must be */
export async function openStore({ redis, db, maxStoreBytes }: Config, log: Log): Promise<SecretStore> {
  if (redis) {
    const { replicas, eraseMs, risk } = redis
    const at = await addressOf(redis)
    const { redisStore } = await import('../store/redis/store.ts')
    return redisStore({ at, replicas, eraseMs, risk, found: (finding) => logFinding(finding, log) })
  }
  const { sqliteStore } = await import('../store/sqlite/store.ts')
  try {
    return sqliteStore(db, {
      reserveBytes,
      found: (finding) => logFinding(finding, log),
      ...(maxStoreBytes !== undefined && { maxBytes: maxStoreBytes }),
    })
  } catch (cause) {
    const isNewer = cause instanceof StoreError && cause.code === 'newer'
    const text = isNewer ? cause.message : `the database ${db} cannot be opened: ${reasonOf(cause)}`
    throw new RefusedError('SOTTO_DB', text, { cause })
  }
}

/** Where Redis is, with the certificates that it is trusted by. @throws RefusedError when they cannot be read */
async function addressOf({ at, ca }: RedisConfig): Promise<RedisAddress> {
  if (ca === undefined) return at
  const text = await readFile(ca, 'utf8').catch((cause: unknown) => {
    throw new RefusedError('REDIS_CA', `the file ${ca} cannot be read: ${reasonOf(cause)}`, { cause })
  })
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new RefusedError('REDIS_CA', `the file ${ca} has no certificate in PEM in it`)
  return { ...at, ca: text }
}

function logFinding({ level, text }: Finding, log: Log): void {
  log({ event: 'finding', severity: level, text })
}

/**
 * Whether the store is fit to keep secrets: what is doubtful is logged.
 * @throws RefusedError when it is not, or cannot be reached
 */
export async function checkStore(
  { redis, db }: Config,
  store: SecretStore,
  keyring: Keyring,
  log: Log,
): Promise<void> {
  const variable = redis ? 'REDIS_URL' : 'SOTTO_DB'
  const findings = await store.check(keyring.kids()).catch((cause: unknown) => {
    // A store's own messages carry nothing that it holds.
    const why = redis && cause instanceof StoreError ? cause.message.replace(/^redis: /, '') : reasonOf(cause)
    const what = redis
      ? `Redis at ${printAddress(redis.at)} cannot be used`
      : `the database ${db} cannot be read`
    throw new RefusedError(variable, `${what}: ${why}`, { cause })
  })
  for (const finding of findings) logFinding(finding, log)
  const refusals = findings.filter(({ level }) => level === 'refuse')
  if (refusals.length > 0)
    throw new RefusedError(
      variable,
      refusals.map(({ text }) => text),
    )
}

/**
 * The server keys: from the environment, from the file that it names, or from the embedded default's own file, made
 * on first start. @throws RefusedError when they cannot be had
 */
export async function openKeyring({ keys, redis, db }: Config, log: Log): Promise<Keyring> {
  if (keys.from === 'environment') return keys.keyring
  const { path, made } = keys
  try {
    if (!made) return await namedKeys(path, redis ? undefined : dirname(resolve(db)), log)
    const { keyring, created } = await keyfile(path)
    if (created) log({ event: 'key-file-created', path })
    return keyring
  } catch (cause) {
    throw keysRefused(path, made, cause)
  }
}

/** Keys of a file that the operator named. It is not made: a fresh key would quietly leave every older secret closed. */
async function namedKeys(path: string, dataFolder: string | undefined, log: Log): Promise<Keyring> {
  const found = await mountedKeys(path, dataFolder === undefined ? {} : { dataFolder })
  if (found.accepted !== undefined) log({ event: 'finding', severity: 'warn', text: found.accepted })
  return found.keyring
}

function keysRefused(path: string, made: boolean, cause: unknown): RefusedError {
  if (cause instanceof SottoError) {
    const problems =
      cause.code === 'bad-keys' ? cause.problems.map((problem) => `${path}: ${problem}`) : cause.message
    return new RefusedError('SOTTO_KEYS', problems, { cause })
  }
  if (!made)
    return new RefusedError('SOTTO_KEYS', `the key file ${path} cannot be read: ${reasonOf(cause)}`, {
      cause,
    })
  const text = `the key file ${path} cannot be made: ${reasonOf(cause)}; put the database elsewhere, or set SOTTO_KEYS`
  return new RefusedError('SOTTO_DB', text, { cause })
}

/** The rate limits, counted where the secrets are. @throws RefusedError when their file cannot be used */
export async function openLimiter({ redis, db }: Config): Promise<Limiter> {
  if (redis) return (await import('../store/rate-limits/redis.ts')).redisLimits(await addressOf(redis))
  const { limitsPath, sqliteLimits } = await import('../store/rate-limits/sqlite.ts')
  try {
    return sqliteLimits(db)
  } catch (cause) {
    const text = `the file of the limits ${limitsPath(db)} cannot be used: ${reasonOf(cause)}`
    throw new RefusedError('SOTTO_DB', text, { cause })
  }
}
