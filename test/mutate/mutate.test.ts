import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mutant, patched } from '../../mutate/mutant.ts'
import { mutants } from '../../mutate/mutants.ts'
import { type Outcome, run } from '../../mutate/run.ts'
import { sample } from '../../mutate/sample.ts'
import type { Trial } from '../../mutate/trial.ts'

const root = resolve(import.meta.dirname, '../..')

describe('every mutant', () => {
  it('has a name of its own', () => {
    const names = mutants.map(({ name }) => name)
    expect(names.length).toBeGreaterThanOrEqual(60)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([])
  })

  it('changes the source in exactly one place, and names tests that are there', () => {
    const wrong = mutants.filter((mutant) => {
      const { file, killers, named } = mutant
      if (!file.startsWith('src/') || !existsSync(join(root, file))) return true
      const source = readFileSync(join(root, file), 'utf8')
      const broken = patched(source, mutant)
      if (broken === undefined || broken === source) return true
      return (
        killers.length === 0 ||
        killers.some((path) => !existsSync(join(root, path))) ||
        (named !== undefined && named.length < 8)
      )
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})

describe('SECURITY.md', () => {
  it('names only mutants that are there', () => {
    const text = readFileSync(join(root, 'SECURITY.md'), 'utf8')
    const cells = [...text.matchAll(/^\|.*\|.*\|(.*)\|$/gm)].map(([, cell = '']) => cell)
    const named = cells.flatMap((cell) => [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, name = '']) => name))
    const names = new Set(mutants.map(({ name }) => name))
    expect(named.length).toBeGreaterThan(60)
    expect(named.filter((name) => !names.has(name))).toEqual([])
  })
})

describe('a sample', () => {
  const list = Array.from({ length: 100 }, (_, n) => n)

  it('is the same for the same seed, has nothing twice, and no favourites', () => {
    expect(sample(list, 12, 'a')).toEqual(sample(list, 12, 'a'))
    expect(sample(list, 12, 'a')).not.toEqual(sample(list, 12, 'b'))
    expect(new Set(sample(list, 100, 'a')).size).toBe(100)
    expect(sample(list, 200, 'a')).toHaveLength(100)
    const drawn = new Set(list.flatMap((seed) => sample(list, 12, `seed ${seed}`)))
    expect(drawn.size).toBe(100)
  })
})

describe('a run', () => {
  let folder: string
  let parent: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-mutated-'))
    parent = mkdtempSync(join(tmpdir(), 'sotto-copies-'))
    mkdirSync(join(folder, 'src'))
    mkdirSync(join(folder, 'test'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n')
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(folder, 'src/sum.ts'),
      'export const sum = (one: number, other: number) => one + other\nexport const zero = 0\n',
    )
    writeFileSync(
      join(folder, 'test/sum.test.ts'),
      `import { expect, it } from 'vitest'
import { sum } from '../src/sum.ts'
it('adds', () => expect(sum(1, 2)).toBe(3))
it('adds nothing', () => expect(sum(0, 0)).toBe(0))
`,
    )
    writeFileSync(
      join(folder, 'test/wrong.test.ts'),
      `import { expect, it } from 'vitest'\nit('is wrong by itself', () => expect(1).toBe(2))\n`,
    )
    execFileSync('git', ['init', '--quiet'], { cwd: folder })
  })
  afterAll(() => {
    for (const made of [folder, parent]) rmSync(made, { recursive: true, force: true })
  })

  const mutant = (name: string, over: Partial<Mutant>): Mutant => {
    return {
      name,
      file: 'src/sum.ts',
      search: 'one + other',
      replace: 'one + other',
      killers: ['test/sum.test.ts'],
      ...over,
    }
  }

  async function runOf(list: readonly Mutant[], timeoutMs = 60_000) {
    const baselines: Trial[] = []
    const told: Outcome[] = []
    const outcomes = await run({
      root: folder,
      parent,
      mutants: list,
      jobs: 2,
      timeoutMs,
      baselineMs: 60_000,
      onBaseline: (trial) => baselines.push(trial),
      onOutcome: (outcome) => told.push(outcome),
    })
    expect(told).toEqual(outcomes ?? [])
    return {
      baselines,
      outcomes: outcomes?.map(({ mutant, why, detail }) => [mutant.name, why, detail]).sort(),
    }
  }

  it('tells what was killed and by what, what survived, and what proves nothing', async () => {
    const { baselines, outcomes } = await runOf([
      mutant('killed', { replace: 'one - other' }),
      mutant('survives', { search: 'zero = 0', replace: 'zero = 1' }),
      mutant('survives-what-is-named', { replace: 'one - other', named: 'adds nothing' }),
      mutant('gone', { search: 'one * other' }),
      mutant('twice', { search: 'one' }),
      mutant('no-such-file', { file: 'src/none.ts' }),
      mutant('does-not-load', { replace: 'one +' }),
      mutant('agrees-with-itself', {
        replace: 'minus(one, other)',
        also: [{ search: 'zero = 0', replace: 'minus = (a: number, b: number) => a - b' }],
      }),
    ])
    expect(baselines).toEqual([{ why: 'passed' }])
    expect(outcomes).toEqual([
      ['agrees-with-itself', 'killed', 'adds'],
      ['does-not-load', 'broken', expect.any(String)],
      ['gone', 'does-not-apply', 'src/sum.ts'],
      ['killed', 'killed', 'adds'],
      ['no-such-file', 'does-not-apply', 'src/none.ts'],
      ['survives', 'survived', 'test/sum.test.ts'],
      ['survives-what-is-named', 'survived', 'test/sum.test.ts'],
      ['twice', 'does-not-apply', 'src/sum.ts'],
    ])
    // The project is as it was, and nothing is left beside it.
    expect(readFileSync(join(folder, 'src/sum.ts'), 'utf8')).toContain('one + other')
    expect(readdirSync(parent)).toEqual([])
  })

  it('ends a mutant that never comes to an end, and does not call it killed', async () => {
    const endless = mutant('endless', { replace: '((): never => { for (;;); })()' })
    expect((await runOf([endless], 3_000)).outcomes).toEqual([['endless', 'late', 'test/sum.test.ts']])
  })

  it('stops where the tests fail without any mutant', async () => {
    const { baselines, outcomes } = await runOf([
      mutant('any', { killers: ['test/sum.test.ts', 'test/wrong.test.ts'] }),
    ])
    expect(baselines).toEqual([{ why: 'failed', test: 'is wrong by itself' }])
    expect(outcomes).toBeUndefined()
  })

  it('finds that a name that no test has proves nothing', async () => {
    const { baselines } = await runOf([mutant('any', { named: 'subtracts' })])
    expect(baselines).toEqual([{ why: 'broken', reason: 'no test ran' }])
  })
})
