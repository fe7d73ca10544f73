import type { Connection } from './connection.ts'

const dayMs = 24 * 60 * 60 * 1000

/** What secrets may still need, such as server keys: a sorted set of names, each with when its last secret expires. */
export function inUse(connection: Connection, key: string) {
  /** What this process has written, or is writing, by name. */
  const written = new Map<string, { readonly until: number; readonly done: Promise<void> }>()

  async function write(name: string, until: number): Promise<void> {
    await connection.call('ZADD', key, 'GT', until, name)
    // NX for a set that has no expiry yet, GT for one that has.
    await connection.call('PEXPIREAT', key, until, 'NX')
    await connection.call('PEXPIREAT', key, until, 'GT')
  }

  return {
    /** Remembers what one more secret needs. Written a day ahead, so that it costs a call a day and not one a secret. */
    async remember(name: string, expiresAt: number): Promise<void> {
      if (name === '') return
      const kept = written.get(name)
      if (kept !== undefined && kept.until >= expiresAt) return kept.done
      const until = expiresAt + dayMs
      const done = write(name, until)
      written.set(name, { until, done })
      try {
        await done
      } catch (error) {
        if (written.get(name)?.done === done) written.delete(name)
        throw error
      }
    },

    /** The names that secrets may need now. */
    async list(now: number): Promise<readonly string[]> {
      const names = (await connection.call('ZRANGEBYSCORE', key, now, '+inf')) as Buffer[]
      return names.map((name) => name.toString('latin1'))
    },
  }
}
