import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outcome, race, team } from '../doubles/race/race.ts'
import type { Place } from '../doubles/race/racecourse.ts'
import { redisServer } from '../doubles/run/redis-server.ts'

// The full size of the race that the tests run smaller: `npm run race [processes] [secrets]`.
const [processes = 8, secrets = 4_000] = process.argv.slice(2).map(Number)

const folder = mkdtempSync(join(tmpdir(), 'sotto-race-'))
const racers = team(processes)
const server = await redisServer()
let failed = false

function line(name: string, { shownTwice, shown, burned, neither, answers, seconds }: Outcome): string {
  const counts = Object.entries(answers)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([answer, count]) => `${answer} ${count}`)
  return [
    `${name}: ${processes} processes, ${secrets} secrets, ${seconds.toFixed(1)} s`,
    `  shown twice: ${shownTwice}`,
    `  shown ${shown}, burned ${burned}, expired before anybody came ${neither}`,
    `  answers: ${counts.join(', ')}`,
  ].join('\n')
}

try {
  const places: Record<string, Place> = {
    SQLite: { kind: 'sqlite', at: join(folder, 'sotto.db'), broken: false },
    Redis: { kind: 'redis', at: server.url, broken: false },
  }
  for (const [name, place] of Object.entries(places)) {
    const outcome = await race(racers, place, secrets)
    failed ||= outcome.shownTwice > 0 || outcome.shown === 0
    console.log(line(name, outcome))
    const at = place.kind === 'sqlite' ? join(folder, 'broken.db') : place.at
    const broken = await race(racers, { ...place, at, broken: true }, secrets)
    failed ||= broken.shownTwice === 0
    console.log(`  the same race with a store that reads and then deletes: ${broken.shownTwice} shown twice`)
  }
} finally {
  await racers.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
