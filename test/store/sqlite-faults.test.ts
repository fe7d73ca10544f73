import { type ChildProcess, fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Errand, NewRecord } from '../../src/core/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { chance } from '../fixtures/chance.ts'
import type { Told } from '../fixtures/claimer.ts'
import { newClaim, newErrand, newRecord } from '../fixtures/records.ts'

const claimer = fileURLToPath(new URL('../fixtures/claimer.ts', import.meta.url))
const toClose: (() => unknown)[] = []
const unavailable = { code: 'unavailable' }

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sotto-faults-'))
  toClose.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** More than a full file has room for. */
function muchOwed(id: NewRecord['id']): Errand[] {
  return Array.from('abcdefghijklmnopqrst', (name) => newErrand({ id, name, note: randomBytes(2_000) }))
}

describe('SQLite without room', () => {
  it('refuses new secrets, keeps and ends the others, and lets no call spoil those of its tick', async () => {
    const path = join(folder(), 'sotto.db')
    const store = sqliteStore(path, { maxPages: 200 })
    toClose.push(() => store.close())
    const kept: NewRecord[] = []
    for (let full = false; !full; ) {
      const record = newRecord({ sealed: randomBytes(3_000) })
      await store.put(record).then(
        () => kept.push(record),
        () => {
          full = true
        },
      )
    }
    expect(kept.length).toBeGreaterThan(10)
    const [claimed, burned, other] = kept as [NewRecord, NewRecord, NewRecord]
    const results = await Promise.allSettled([
      store.claim(claimed.id, newClaim(claimed, { owes: [newErrand({ id: claimed.id })] })),
      store.put(newRecord({ sealed: randomBytes(100_000) })),
      store.burn(burned.id, [burned.owner]),
      // What it owes does not fit, so that it does not win.
      store.claim(other.id, newClaim(other, { owes: muchOwed(other.id) })),
    ])
    expect(results[1]).toMatchObject({ status: 'rejected', reason: unavailable })
    for (const [at, record] of [
      [0, claimed],
      [3, other],
    ] as const) {
      const won = results[at]?.status === 'fulfilled'
      expect((await store.look(record.id))?.state).toBe(won ? 'claimed' : 'sealed')
      const owed = await store.errands(99, 1_000, [...muchOwed(record.id), newErrand({ id: record.id })])
      expect(owed.length > 0).toBe(won)
    }
    expect(results[2]).toMatchObject({ status: 'fulfilled', value: 'burned' })
    expect(results[3]).toMatchObject({ status: 'rejected', reason: unavailable })
    for (const record of kept.slice(3, 9)) await store.burn(record.id, [record.owner])
    await store.put(newRecord())
  })

  it('answers no claim that a full disk kept from being written', async () => {
    const path = join(folder(), 'sotto.db')
    // The kernel refuses writes beyond 400 KiB in any file, the -wal's among them.
    const child = spawn(
      'sh',
      ['-c', `ulimit -f 800; exec "$0" "$@"`, process.execPath, claimer, path, `${chance().seed}`, '40'],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    )
    const told = await listen(child)
    expect(told.filter(({ did }) => did === 'claimed').length).toBeGreaterThan(5)
    const rejections = told.filter(({ did }) => did === 'rejected')
    expect(rejections.length).toBeGreaterThanOrEqual(40)
    expect(rejections.every(({ code }) => code === 'unavailable')).toBe(true)
    await agrees(path, told)
  })
})

describe('a process killed over SQLite', () => {
  it.each([1, 2, 3])('leaves all that it answered for, kill %i', async () => {
    const path = join(folder(), 'sotto.db')
    const { seed, random } = chance()
    const child = fork(claimer, [path, `${seed}`], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const last = 300 + Math.floor(random() * 300)
    let heard = 0
    child.on('message', () => {
      if (++heard === last) child.kill('SIGKILL')
    })
    await agrees(path, await listen(child))
  })

  it('would be caught telling before it wrote: the counter-example is a claim that was told, and is not there', async () => {
    const path = join(folder(), 'sotto.db')
    const store = sqliteStore(path)
    const record = newRecord()
    await store.put(record)
    await store.close()
    await expect(agrees(path, [{ id: record.id, did: 'claimed' }])).rejects.toThrow()
  })
})

/** All that a process told until it ended. */
async function listen(child: ChildProcess): Promise<Told[]> {
  const told: Told[] = []
  child.on('message', (message: Told) => told.push(message))
  await once(child, 'close')
  return told
}

/** Whether what is in the database is at least as far as what was told. */
async function agrees(path: string, told: readonly Told[]): Promise<void> {
  const store = sqliteStore(path)
  try {
    for (const { id, did } of told) {
      const state = (await store.look(id))?.state
      if (did === 'put') expect(state).toBeDefined()
      if (did === 'claimed') expect(['claimed', 'revealed']).toContain(state)
      if (did === 'settled') expect(state).toBe('revealed')
    }
  } finally {
    await store.close()
  }
}
