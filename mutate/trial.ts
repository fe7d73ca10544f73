import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What became of some test files. */
export type Trial =
  | { readonly why: 'passed' }
  /** `test`: the first that failed. */
  | { readonly why: 'failed'; readonly test: string }
  /** No test failed, and yet it did not pass: a file that does not load, an error outside of any test, no test at all. */
  | { readonly why: 'broken'; readonly reason: string }
  /** Not over in time; ended. */
  | { readonly why: 'late' }

/** Which tests, where, and for how long at most. */
export interface TrialOptions {
  readonly folder: string
  readonly files: readonly string[]
  /** Only tests with this in their name. */
  readonly named?: string
  readonly timeoutMs: number
  readonly workers: number
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** The trials under way: none of them outlives this process. */
const running = new Set<() => void>()

process.once('exit', () => {
  for (const end of running) end()
})

/** Runs vitest on `files` until the first test fails, `timeoutMs` at most. */
export async function trial(options: TrialOptions): Promise<Trial> {
  const { folder, files, named, timeoutMs, workers } = options
  const report = join(folder, 'node_modules/.trial.json')
  rmSync(report, { force: true })
  const words = ['run', ...files, '--bail', '1', '--maxWorkers', `${workers}`]
  words.push('--reporter', 'json', '--outputFile', report)
  if (named !== undefined) words.push('--testNamePattern', escaped(named))
  const { status, output, late } = await ended(folder, words, timeoutMs)
  if (late) return { why: 'late' }
  const read = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Report) : undefined
  return verdict(status, read, output)
}

function verdict(status: number | null, report: Report | undefined, output: string): Trial {
  if (report === undefined) return { why: 'broken', reason: lastLine(output) }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = tests.find((test) => test.status === 'failed')
  if (failed) return { why: 'failed', test: failed.fullName.trim() }
  const file = report.testResults.find((result) => result.status === 'failed')
  if (file) return { why: 'broken', reason: lastLine(file.message ?? output) }
  if (status !== 0) return { why: 'broken', reason: lastLine(output) }
  return report.numPassedTests > 0 ? { why: 'passed' } : { why: 'broken', reason: 'no test ran' }
}

function ended(folder: string, words: readonly string[], timeoutMs: number) {
  // A run inside of a test must not take itself for one of that test's workers.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$)/.test(name)),
  )
  const child = spawn(process.execPath, [join(folder, 'node_modules/vitest/vitest.mjs'), ...words], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what its tests have started ends with it.
    detached: true,
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-10_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  running.add(end)
  return new Promise<{ status: number | null; output: string; late: boolean }>((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      end()
    }, timeoutMs)
    child.once('error', reject)
    child.once('close', (status) => {
      clearTimeout(timer)
      end()
      running.delete(end)
      resolve({ status, output, late })
    })
  })
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
