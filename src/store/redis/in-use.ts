import type { Connection } from './connection.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Which server keys secrets may still wait under: a sorted set of key ids, each with when its last secret expires. */
export function usedKeys(connection: Connection, name: string) {
  /** What this process has written already, by key id. */
  const written = new Map<string, number>()
  return {
    /** Remembers the key of one more secret. Written a day ahead, so that it costs a call a day and not one a secret. */
    async remember(kid: string, expiresAt: number): Promise<void> {
      if (kid === '' || (written.get(kid) ?? 0) >= expiresAt) return
      const until = expiresAt + dayMs
      await connection.call('ZADD', name, 'GT', until, kid)
      // NX for a set that has no expiry yet, GT for one that has.
      await connection.call('PEXPIREAT', name, until, 'NX')
      await connection.call('PEXPIREAT', name, until, 'GT')
      written.set(kid, until)
    },

    /** The key ids that secrets may wait under now. */
    async list(now: number): Promise<readonly string[]> {
      const kids = (await connection.call('ZRANGEBYSCORE', name, now, '+inf')) as Buffer[]
      return kids.map((kid) => kid.toString('latin1'))
    },
  }
}
