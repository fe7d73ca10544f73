import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Mutant } from './mutant.ts'
import { mutants } from './mutants.ts'
import { type Outcome, run } from './run.ts'
import { sample } from './sample.ts'

const usage = `npm run mutate                    a sample of the mutants, drawn by the commit
npm run mutate -- --seed TEXT     another sample
npm run mutate -- --only TEXT     those with this in their name, or at the start of their file's path
npm run mutate -- --all           every one
`

const root = resolve(import.meta.dirname, '..')
const sampleSize = 12

/** Tests that are not over by then have lost their way in what the mutant broke, ms. */
const timeoutMs = 180_000
const baselineMs = 20 * 60_000

/** The commit, so that everyone who looks at it gets the same sample. */
function commit(): string {
  return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
}

function chosen(): readonly Mutant[] {
  const { values } = parseArgs({
    options: { all: { type: 'boolean' }, only: { type: 'string' }, seed: { type: 'string' } },
  })
  const { all, only, seed = commit() } = values
  if (only !== undefined) {
    const exact = mutants.filter(({ name }) => name === only)
    if (exact.length > 0) return exact
    return mutants.filter(({ name, file }) => name.includes(only) || file.startsWith(only))
  }
  if (all) return mutants
  console.log(`seed ${seed}: ${Math.min(sampleSize, mutants.length)} of ${mutants.length} mutants`)
  return sample(mutants, sampleSize, seed)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function line({ why, mutant, detail, ms }: Outcome): string {
  return `${why.padEnd(14)}  ${mutant.name.padEnd(width)}  ${seconds(ms).padStart(7)}  ${detail}`
}

let picked: readonly Mutant[] = []
try {
  picked = chosen()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  process.exit(2)
}
if (picked.length === 0) {
  console.error(`There is no such mutant.\n\n${usage}`)
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const width = Math.max(...picked.map(({ name }) => name.length))
const began = performance.now()
const outcomes = await run({
  root,
  mutants: picked,
  jobs: Math.min(2, availableParallelism()),
  timeoutMs,
  baselineMs,
  onBaseline(trial, ms) {
    const said = trial.why === 'passed' ? 'pass' : `do not pass: ${JSON.stringify(trial)}`
    console.log(`Without a mutant the tests ${said}, ${seconds(ms)}`)
  },
  onOutcome: (outcome) => console.log(line(outcome)),
})
if (outcomes === undefined) process.exit(1)
const faults = outcomes.filter(({ why }) => why !== 'killed')
for (const fault of faults) console.log(line(fault))
console.log(
  `${outcomes.length} mutants, ${outcomes.length - faults.length} killed, ${faults.length} not, ${seconds(performance.now() - began)}`,
)
process.exitCode = faults.length > 0 ? 1 : 0
