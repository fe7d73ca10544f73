import { access } from 'node:fs/promises'
import { SottoError } from '../core/format/errors.ts'
import { keyfile } from '../core/keyfile.ts'
import type { Keyring } from '../core/keyring.ts'
import type { Limiter } from '../core/limiter.ts'
import type { Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import type { Config } from './config.ts'

/** The configured store; only its own driver is loaded. */
export async function openStore({ redis, db }: Config): Promise<SecretStore> {
  if (redis) {
    const { redisStore } = await import('../store/redis/store.ts')
    return redisStore({ at: redis.at, replicas: redis.replicas })
  }
  const { sqliteStore } = await import('../store/sqlite/store.ts')
  return sqliteStore(db)
}

/**
 * The server keys: from the environment, from the file that it names, or from the embedded default's own file, made
 * on first start. @throws SottoError `bad-keys` or `unsafe-key-file`
 */
export async function openKeyring({ keys }: Config, log: Log): Promise<Keyring> {
  if (keys.from === 'environment') return keys.keyring
  const { path, made } = keys
  if (!made) {
    // A missing file is a mistake here: a fresh key would quietly leave every older secret closed.
    await access(path).catch((cause: unknown) => {
      throw new SottoError('unsafe-key-file', `SOTTO_KEYS: there is no key file at ${path}`, { cause })
    })
  }
  const { keyring, created } = await keyfile(path)
  if (created) log({ event: 'key-file-created', path })
  return keyring
}

/** The rate limits, counted where the secrets are. */
export async function openLimiter({ redis, db }: Config): Promise<Limiter> {
  if (redis) return (await import('../store/rate-limits/redis.ts')).redisLimits(redis.at)
  return (await import('../store/rate-limits/sqlite.ts')).sqliteLimits(db)
}
