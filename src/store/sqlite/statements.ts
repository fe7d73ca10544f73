import type { DatabaseSync } from 'node:sqlite'
import type { Brief, Claimable, Row } from './rows.ts'

type Value = number | string | Uint8Array | null

const briefColumns = ['n', 'state', 'changed', 'expires', 'deadline', 'place', 'claim'] as const
const claimColumns = [...briefColumns, 'kind', 'kid', 'kdf', 'proof', 'recipient', 'released'] as const

/** The statements on secrets, prepared once for the life of a database handle. */
export function statements(db: DatabaseSync) {
  const run = (sql: string) => {
    const statement = db.prepare(sql)
    return (...values: Value[]) => statement.run(...values)
  }
  const all = (sql: string) => {
    const statement = db.prepare(sql)
    return (...values: Value[]) => statement.all(...values) as unknown as Row[]
  }
  // Every column read costs about as much as the search; named rows half as much again.
  const narrow = (columns: readonly string[]) => {
    const statement = db.prepare(`SELECT ${columns.join(', ')} FROM secret WHERE id = ?`)
    statement.setReturnArrays(true)
    return (id: Uint8Array) => statement.get(id) as unknown as readonly never[] | undefined
  }
  const row = db.prepare('SELECT * FROM secret WHERE id = ?')
  const numbered = db.prepare('SELECT * FROM secret WHERE n = ?')
  const brief = narrow(briefColumns)
  const claimable = narrow(claimColumns)

  return {
    row: (id: Uint8Array) => row.get(id) as unknown as Row | undefined,

    numbered: (n: number) => numbered.get(n) as unknown as Row | undefined,

    brief(id: Uint8Array): Brief | undefined {
      const values = brief(id)
      if (values === undefined) return undefined
      const [n, state, changed, expires, deadline, place, claim] = values
      return { n, state, changed, expires, deadline, place, claim } as unknown as Brief
    },

    claimable(id: Uint8Array): Claimable | undefined {
      const values = claimable(id)
      if (values === undefined) return undefined
      const [n, state, changed, expires, deadline, place, claim, ...rest] = values
      const [kind, kid, kdf, proof, recipient, released] = rest
      const brief = { n, state, changed, expires, deadline, place, claim }
      return { ...brief, kind, kid, kdf, proof, recipient, released } as unknown as Claimable
    },

    ofOwner: all('SELECT * FROM secret WHERE owner = ? AND kind <> 1 AND n < ? ORDER BY n DESC LIMIT ?'),
    due: all('SELECT * FROM secret WHERE due <= ? ORDER BY due LIMIT ?'),
    insert: run(
      `INSERT INTO secret (id, kind, state, created, changed, expires, deadline, due, place, done, releases, tries,
        kid, kdf, proof, recipient, owner, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?)`,
    ),
    remove: run('DELETE FROM secret WHERE n = ?'),
    confirm: run('UPDATE secret SET state = ?, changed = ?, deadline = ?, receipt = ? WHERE n = ?'),
    answer: run(
      'UPDATE secret SET state = 2, changed = ?, due = ?, place = ?, kid = ?, proof = ?, answer = ? WHERE n = ?',
    ),
    claim: run(
      'UPDATE secret SET state = 3, changed = ?, deadline = ?, due = ?, claim = ?, actor = ?, released = ? WHERE n = ?',
    ),
    wrong: run('UPDATE secret SET tries = ?, wrong = ? WHERE n = ?'),
    release: run('UPDATE secret SET releases = ?, released = ? WHERE n = ?'),
    reseal: run('UPDATE secret SET state = 2, changed = ?, deadline = 0, due = ?, claim = NULL WHERE n = ?'),
    end: run(
      'UPDATE secret SET state = ?, changed = ?, deadline = 0, due = ?, done = 0, place = 0, wrong = NULL WHERE n = ?',
    ),
    remind: run('UPDATE secret SET due = ? WHERE n = ?'),
    done: run('UPDATE secret SET done = 1, due = ? WHERE n = ?'),
  }
}

/** The prepared statements of one handle. */
export type Statements = ReturnType<typeof statements>
