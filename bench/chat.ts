import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, startApp } from '../doubles/run/app.ts'
import { median, ms, percentile, type Row } from './measure.ts'

/** What is sent around in every chat bench. */
export const secret = 'x'.repeat(200)
export const passphrase = 'the usual place'

/** How long after the start memory counts as idle, ms. */
const settledMs = 2_000

/** Times in ms by the name of what was timed. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>

/** From the beginning of `act` until `seen`, in ms. */
export async function timed(act: () => Promise<unknown>, seen: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await Promise.all([act(), seen()])
  return performance.now() - started
}

/** The times of all rounds, one after another. */
export async function inRounds<Name extends string>(
  rounds: number,
  round: () => Promise<Times<Name>>,
): Promise<Times<Name>> {
  const all: Times<Name>[] = []
  for (let count = 0; count < rounds; count++) all.push(await round())
  const names = Object.keys(all[0] ?? {}) as Name[]
  const joined: Partial<Record<Name, readonly number[]>> = {}
  for (const name of names) joined[name] = all.flatMap((times) => times[name])
  return joined as Times<Name>
}

export function figures(times: readonly number[]): string {
  return `p50 ${ms(median(times))}, p99 ${ms(percentile(times, 0.99))}, slowest ${ms(Math.max(...times))}`
}

export function people(many: number, withPassphrase: boolean): string {
  const who = many === 1 ? '1 person' : `${many} people at once`
  return `${who}, ${withPassphrase ? 'with' : 'without'} passphrase`
}

interface Double {
  connected(): Promise<unknown>
  /** Until no connection is left. */
  gone?(): Promise<unknown>
  close(): Promise<unknown>
}

/** The real app in a process of its own: its start and its memory, with the rows of `measure` in between. */
export async function chatBench(
  double: Double,
  env: Readonly<Record<string, string>>,
  measure: () => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'))
  const start = () =>
    startApp({ ...env, SOTTO_DB: join(folder, 'sotto.db'), SOTTO_WEB: 'off', LOG_LEVEL: 'error' })
  let app: App | undefined
  try {
    const readyTimes: number[] = []
    for (let round = 0; round < 5; round++) {
      const started = performance.now()
      app = start()
      await double.connected()
      readyTimes.push(performance.now() - started)
      await app.stop()
      await double.gone?.()
    }
    app = start()
    await double.connected()
    await new Promise((done) => setTimeout(done, settledMs))
    const idle = memory(app)
    const rows = await measure()
    return [
      {
        what: 'from the start to the first event that can be heard',
        figure: ms(median(readyTimes)),
        aim: '< 600 ms',
      },
      { what: 'idle resident memory', figure: idle, aim: '< 110 MiB' },
      ...rows,
      { what: 'resident memory after all that', figure: memory(app) },
    ]
  } finally {
    await app?.stop()
    await double.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function memory({ process }: App): string {
  const status = readFileSync(`/proc/${process.pid}/status`, 'utf8')
  return `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)} MiB`
}
