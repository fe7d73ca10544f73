import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GroupCommit, groupCommit } from '../../src/store/sqlite/group-commit.ts'

describe('group commit', () => {
  let folder: string
  let db: DatabaseSync
  let other: DatabaseSync
  let commits: GroupCommit

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-commit-'))
    db = new DatabaseSync(join(folder, 'x.db'), { timeout: 5 })
    db.exec('PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER PRIMARY KEY CHECK (n < 100)) STRICT')
    other = new DatabaseSync(join(folder, 'x.db'), { timeout: 5 })
    commits = groupCommit(db, 600_000)
  })
  afterEach(async () => {
    await commits.close()
    db.close()
    other.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const insert = (n: number) => () => db.prepare('INSERT INTO t VALUES (?)').run(n).lastInsertRowid
  const kept = () =>
    other
      .prepare('SELECT n FROM t ORDER BY n')
      .all()
      .map(({ n }) => n)

  it('answers all calls of a tick after one commit', async () => {
    let begun = 0
    const version = () => Number(other.prepare('PRAGMA data_version').get()?.['data_version'])
    const before = version()
    await Promise.all(
      [1, 2, 3].map((n) =>
        commits.write(() => {
          begun++
          return insert(n)()
        }),
      ),
    )
    expect([begun, kept()]).toEqual([3, [1, 2, 3]])
    expect(version()).toBe(before + 1)
  })

  it('undoes a call that throws, with what it had written, and keeps the others', async () => {
    const answers = await Promise.allSettled([
      commits.write(insert(1)),
      commits.write(() => {
        insert(2)()
        throw new Error('after writing')
      }),
      commits.write(insert(1_000)),
      commits.write(insert(3)),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(kept()).toEqual([1, 3])
  })

  it('rejects every call of a commit that fails, and goes on with the next', async () => {
    // A deferred constraint fails in COMMIT itself.
    db.exec('PRAGMA foreign_keys=ON; CREATE TABLE d (p REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)')
    const answers = await Promise.allSettled([
      commits.write(insert(1)),
      commits.write(() => db.exec('INSERT INTO d VALUES (99)')),
    ])
    expect(answers).toMatchObject([
      { status: 'rejected', reason: { code: 'unavailable' } },
      { status: 'rejected', reason: { code: 'unavailable' } },
    ])
    expect(kept()).toEqual([])
    await commits.write(insert(2))
    expect(kept()).toEqual([2])
  })

  it('waits for another process without blocking the event loop, and runs when it is done', async () => {
    other.exec('BEGIN IMMEDIATE')
    const written = commits.write(insert(1))
    let over = false
    void written.finally(() => {
      over = true
    })
    // Were the event loop blocked, this would end only when the lock does, which ends after it.
    for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(over).toBe(false)
    other.exec('INSERT INTO t VALUES (5); COMMIT')
    await written
    expect(kept()).toEqual([1, 5])
  })

  it('rejects what waited past its deadline, having done nothing', async () => {
    const hasty = groupCommit(db, 50)
    other.exec('BEGIN IMMEDIATE')
    await expect(hasty.write(insert(1))).rejects.toMatchObject({ code: 'unavailable' })
    other.exec('ROLLBACK')
    await commits.write(insert(2))
    await hasty.close()
    expect(kept()).toEqual([2])
  })

  it('does what was asked before it was closed, and nothing after', async () => {
    const written = commits.write(insert(1))
    const closed = commits.close()
    await expect(commits.write(insert(2))).rejects.toMatchObject({ code: 'unavailable' })
    await expect(commits.read(kept)).rejects.toMatchObject({ code: 'unavailable' })
    await Promise.all([written, closed])
    expect(kept()).toEqual([1])
  })
})
