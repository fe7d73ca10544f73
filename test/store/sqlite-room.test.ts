import { fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mayMount, onDisk } from '../../doubles/run/confined.ts'
import type { Finding, NewRecord } from '../../src/core/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import type { Flooded } from '../fixtures/flooder.ts'
import { newClaim, newRecord } from '../fixtures/records.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const unavailable = { code: 'unavailable' }

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-room-'))
  path = join(folder, 'sotto.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a reader that does not end', () => {
  it('is said once, in the findings until it ends, and then nothing is left of what was opened', async () => {
    let heard: (finding: Finding) => void = () => undefined
    const said = new Promise<Finding>((resolve) => {
      heard = resolve
    })
    const store = sqliteStore(path, { checkpointMs: 5, patience: 3, found: (finding) => heard(finding) })
    const record = newRecord({ sealed: randomBytes(300) })
    await store.put(record)
    const reader = new DatabaseSync(path, { readOnly: true })
    reader.exec('BEGIN; SELECT count(*) FROM secret')
    await store.burn(record.id, [record.owner])
    const finding = await said
    expect(finding).toEqual({ level: 'warn', text: expect.stringContaining('such as a backup') })
    expect(store.findings()).toEqual([finding])
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    reader.exec('COMMIT')
    reader.close()
    await expect.poll(() => store.findings()).toEqual([])
    expect(statSync(`${path}-wal`).size).toBe(0)
    await store.close()
  })
})

describe('a bound on what the store holds', () => {
  it('refuses new secrets beyond it, and takes them again when others have ended', async () => {
    const store = sqliteStore(path, { maxBytes: 1_000_000 })
    const kept: NewRecord[] = []
    for (;;) {
      const record = newRecord({ sealed: randomBytes(3_000) })
      const isKept = await store.put(record).then(
        () => true,
        () => false,
      )
      if (!isKept) break
      kept.push(record)
    }
    expect(kept.length).toBeGreaterThan(150)
    await expect(store.put(newRecord({ sealed: randomBytes(3_000) }))).rejects.toMatchObject(unavailable)
    for (const record of kept.slice(0, 20)) {
      const claim = newClaim(record)
      expect(await store.claim(record.id, claim)).toMatchObject({ why: 'claimed' })
      expect(await store.settle(record.id, claim.claimId, 'revealed')).toBe('settled')
    }
    await store.put(newRecord({ sealed: randomBytes(3_000) }))
    await store.close()
    expect(statSync(path).size).toBeLessThan(1_200_000)
  })
})

describe.skipIf(!mayMount())('a disk that a flood of secrets fills', () => {
  async function flooded(reservedBytes: number): Promise<Flooded> {
    const [command = '', ...words] = onDisk(folder, 'size=40m', 'true')
    const child = spawn(
      command,
      [...words, process.execPath, fixture('flooder.ts'), path, `${reservedBytes}`],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    )
    const [told] = await once(child, 'message')
    return told as Flooded
  }

  it('keeps room for all that are there to be opened and ended, though somebody takes the rest', async () => {
    const { kept, failed } = await flooded(12 << 20)
    expect(kept).toBeGreaterThan(1_000)
    expect(failed).toEqual({})
  })

  it('would not without the reserve (mutant)', async () => {
    const { failed } = await flooded(0)
    expect(failed['claim']).toBeGreaterThan(0)
  })
})

describe('first starts', () => {
  it('of a hundred processes, twenty at once on one file, all succeed, the file of the limits included', async () => {
    const said: unknown[] = []
    for (let round = 0; round < 5; round++) {
      const file = join(folder, `${round}.db`)
      const starts = Array.from({ length: 20 }, () =>
        fork(fixture('first-start.ts'), [file], { execArgv: [] }),
      )
      await Promise.all(starts.map((child) => once(child, 'message')))
      const answers = starts.map((child) => once(child, 'message'))
      for (const child of starts) child.send('go')
      for (const [answer] of await Promise.all(answers)) said.push(answer)
    }
    expect(said).toEqual(said.map(() => 'opened'))
    expect(said).toHaveLength(100)
  }, 240_000)
})
