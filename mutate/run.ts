import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyProject } from './copy.ts'
import { type Mutant, patched } from './mutant.ts'
import { type Trial, type TrialOptions, trial } from './trial.ts'

/** What became of one mutant. */
export interface Outcome {
  readonly mutant: Mutant
  /**
   * `killed`: a test failed, `detail` says which. Everything else is a fault: `survived`; `does-not-apply`: the source has
   * changed; `broken`: something else than a test failed; `late`: the tests did not come to an end.
   */
  readonly why: 'killed' | 'survived' | 'does-not-apply' | 'broken' | 'late'
  readonly detail: string
  readonly ms: number
}

/** What is run, and how. */
export interface RunOptions {
  readonly root: string
  /** The folder for the copies; the system's own for what is temporary unless set. */
  readonly parent?: string
  readonly mutants: readonly Mutant[]
  /** How many at once, each in a copy of its own. */
  readonly jobs: number
  /** For one mutant. */
  readonly timeoutMs: number
  /** For the tests without a mutant, those of one filter at a time. */
  readonly baselineMs: number
  /** What the unpatched source gives, once. */
  onBaseline(trial: Trial, ms: number): void
  onOutcome(outcome: Outcome): void
}

/**
 * Runs every mutant's killers against it, in copies of the project that are removed afterwards. Undefined when the tests
 * do not pass without any mutant: then they prove nothing.
 */
export async function run(options: RunOptions): Promise<readonly Outcome[] | undefined> {
  const { root, parent = tmpdir(), mutants, jobs, onBaseline, onOutcome } = options
  const scratch = mkdtempSync(join(parent, 'sotto-mutate-'))
  const clean = () => rmSync(scratch, { recursive: true, force: true })
  process.once('exit', clean)
  try {
    const folders = Array.from({ length: jobs }, (_, at) => join(scratch, `copy-${at}`))
    for (const folder of folders) copyProject(root, folder)
    const began = performance.now()
    const first = { folder: folders[0] ?? scratch, timeoutMs: options.baselineMs, workers: jobs }
    const baseline = await unpatched(mutants, (tests) => trial({ ...first, ...tests }))
    onBaseline(baseline, performance.now() - began)
    if (baseline.why !== 'passed') return undefined
    const waiting = [...mutants]
    const outcomes: Outcome[] = []
    const work = async (folder: string) => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const outcome = await challenge(folder, mutant, options.timeoutMs)
        outcomes.push(outcome)
        onOutcome(outcome)
      }
    }
    await Promise.all(folders.map(work))
    return outcomes
  } finally {
    process.off('exit', clean)
    clean()
  }
}

/** Runs every killer that is named, as it is named: the files without a filter together, then those of each filter. */
async function unpatched(
  mutants: readonly Mutant[],
  attempt: (tests: Pick<TrialOptions, 'files' | 'named'>) => Promise<Trial>,
): Promise<Trial> {
  const filters = Map.groupBy(mutants, ({ named }) => named)
  for (const [named, those] of filters) {
    const files = [...new Set(those.flatMap(({ killers }) => killers))]
    const tried = await attempt({ files, ...(named !== undefined && { named }) })
    if (tried.why !== 'passed') return tried
  }
  return { why: 'passed' }
}

async function challenge(folder: string, mutant: Mutant, timeoutMs: number): Promise<Outcome> {
  const began = performance.now()
  const outcome = (why: Outcome['why'], detail: string): Outcome => {
    return { mutant, why, detail, ms: performance.now() - began }
  }
  const path = join(folder, mutant.file)
  const source = read(path)
  const broken = source === undefined ? undefined : patched(source, mutant)
  if (source === undefined || broken === undefined) return outcome('does-not-apply', mutant.file)
  writeFileSync(path, broken)
  try {
    const { killers: files, named } = mutant
    const tried = await trial({ folder, files, timeoutMs, workers: 1, ...(named !== undefined && { named }) })
    switch (tried.why) {
      case 'failed':
        return outcome('killed', tried.test)
      case 'passed':
        return outcome('survived', files.join(' '))
      case 'broken':
        return outcome('broken', tried.reason)
      case 'late':
        return outcome('late', files.join(' '))
    }
  } finally {
    writeFileSync(path, source)
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
