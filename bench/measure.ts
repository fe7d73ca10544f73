/** One line of the bench's output: a ratio or a figure of this run, with what it is measured against. */
export interface Row {
  readonly what: string
  readonly figure: string
  readonly aim?: string
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** The value that `share` (0 … 1) of them are at or below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Runs `job` `count` times with `inFlight` at once; jobs a second. */
export async function rate(
  count: number,
  inFlight: number,
  job: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let n = next++; n < count; n = next++) await job(n)
    }),
  )
  return (count / (performance.now() - started)) * 1000
}

/**
 * The candidates' rates, each the median of `rounds` rounds that take turns, so that whatever slows the machine slows
 * them all.
 */
export async function interleaved<Name extends string>(
  rounds: number,
  candidates: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(candidates) as Name[]
  const seen = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) seen.get(name)?.push(await candidates[name]())
  }
  return Object.fromEntries(names.map((name) => [name, median(seen.get(name) ?? [])])) as Record<Name, number>
}

export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`)
  const width = Math.max(...rows.map(({ what }) => what.length))
  for (const { what, figure, aim } of rows) {
    console.log(`  ${what.padEnd(width)}  ${figure}${aim === undefined ? '' : `   (aim ${aim})`}`)
  }
}

export const thousands = (value: number): string => Math.round(value).toLocaleString('en-US')
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
