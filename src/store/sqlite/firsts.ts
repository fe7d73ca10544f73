import type { DatabaseSync } from 'node:sqlite'

/** The `first` keys: who came first for each, until when. */
export function firsts(db: DatabaseSync, clock: () => number) {
  const find = db.prepare('SELECT caller, until FROM first WHERE key = ?')
  const keep = db.prepare('INSERT OR REPLACE INTO first (key, caller, until) VALUES (?, ?, ?)')
  const forget = db.prepare('DELETE FROM first WHERE key = ? AND caller = ?')
  const after = db.prepare('SELECT n, until FROM first WHERE n > ? ORDER BY n LIMIT ?')
  const remove = db.prepare('DELETE FROM first WHERE n = ? AND until <= ?')
  let swept = 0

  return {
    first(key: string, caller: string, ttlMs: number): boolean {
      const now = clock()
      const kept = find.get(key)
      if (kept !== undefined && Number(kept['until']) > now) return kept['caller'] === caller
      keep.run(key, caller, now + ttlMs)
      return true
    },

    forget(key: string, caller: string): void {
      forget.run(key, caller)
    },

    /** What has passed among the next `batch` keys; the calls together go round all of them. */
    stale(batch: number): number[] {
      const now = clock()
      const rows = after.all(swept, batch)
      swept = rows.length < batch ? 0 : Number(rows.at(-1)?.['n'])
      return rows.flatMap(({ n, until }) => (Number(until) <= now ? [Number(n)] : []))
    },

    remove(stale: readonly number[]): void {
      const now = clock()
      for (const n of stale) remove.run(n, now)
    },
  }
}
