import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startApp } from '../test/fixtures/app.ts'
import { type SlackDouble, slackDouble } from '../test/platforms/slack/slack-double.ts'
import { median, ms, percentile, type Row } from './measure.ts'

const manifest = resolve(import.meta.dirname, '../manifest.yml')
const passphrase = 'the usual place'

type People = SlackDouble['people']['anna'][]

/** Sends one secret to each, ten recipients at a time. */
async function sendTo(slack: SlackDouble, people: People, withPassphrase: boolean): Promise<void> {
  const { anna } = slack.people
  for (let at = 0; at < people.length; at += 10) {
    const group = people.slice(at, at + 10)
    await anna.types(`/secret ${group.map(({ name }) => `@${name}`).join(' ')}`, {
      channel: slack.channels.general,
    })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', 'x'.repeat(200))
    if (withPassphrase) await anna.fills('Passphrase', passphrase)
    await anna.submits()
    await anna.untilModal('Sealed for', 30_000)
    await anna.dismissesModal()
  }
  for (const person of people) await person.until(() => person.seesButton('Reveal', person.dm), 30_000)
}

interface Times {
  readonly opened: readonly number[]
  readonly shown: readonly number[]
}

/** Everybody presses Reveal in the same moment, and Show when all modals are open. */
async function pressAll(people: People, withPassphrase: boolean): Promise<Times> {
  const timed = async (act: () => Promise<unknown>, seen: () => Promise<unknown>) => {
    const started = performance.now()
    await Promise.all([act(), seen()])
    return performance.now() - started
  }
  const opened = await Promise.all(
    people.map((person) =>
      timed(
        () => person.presses('Reveal', { in: person.dm }),
        () => person.untilModal('You can open it once', 60_000),
      ),
    ),
  )
  if (withPassphrase) for (const person of people) await person.fills('Passphrase', passphrase)
  const shown = await Promise.all(
    people.map((person) =>
      timed(
        () => person.submits(),
        () => person.untilModal('xxxx', 60_000),
      ),
    ),
  )
  for (const person of people) await person.dismissesModal()
  return { opened, shown }
}

async function inRounds(
  slack: SlackDouble,
  people: People,
  rounds: number,
  withPassphrase: boolean,
): Promise<Times> {
  const all: Times[] = []
  for (let round = 0; round < rounds; round++) {
    await sendTo(slack, people, withPassphrase)
    all.push(await pressAll(people, withPassphrase))
  }
  return { opened: all.flatMap(({ opened }) => opened), shown: all.flatMap(({ shown }) => shown) }
}

function figures(times: readonly number[]): string {
  return `p50 ${ms(median(times))}, p99 ${ms(percentile(times, 0.99))}, slowest ${ms(Math.max(...times))}`
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** From a press to what is on the screen, through real Bolt in a process of its own. */
export async function slackBench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'))
  const slack = await slackDouble({ manifest })
  const start = () =>
    startApp({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.url,
      SOTTO_DB: join(folder, 'sotto.db'),
      SOTTO_WEB: 'off',
      LOG_LEVEL: 'error',
    })
  const readyTimes: number[] = []
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    const app = start()
    await slack.connected()
    readyTimes.push(performance.now() - started)
    await app.stop()
  }
  const app = start()
  try {
    await slack.connected()
    await new Promise((done) => setTimeout(done, 2_000))
    const idle = residentMiB(app.process.pid ?? 0)
    const crowd = Array.from({ length: 1_000 }, (_, n) => slack.addPerson(`person${n}`))
    const rows: Row[] = [
      {
        what: 'from the start to the first event that can be heard',
        figure: ms(median(readyTimes)),
        aim: '< 600 ms',
      },
      { what: 'idle resident memory', figure: `${Math.round(idle)} MiB`, aim: '< 110 MiB' },
    ]
    await inRounds(slack, crowd.slice(0, 10), 3, true)
    for (const withPassphrase of [false, true]) {
      for (const [many, rounds] of [
        [1, 30],
        [100, 5],
      ] as const) {
        const { opened, shown } = await inRounds(slack, crowd.slice(0, many), rounds, withPassphrase)
        const who = `${many} ${many === 1 ? 'person' : 'people at once'}, ${withPassphrase ? 'with' : 'without'} passphrase`
        rows.push(
          {
            what: `${who}: press to open modal`,
            figure: figures(opened),
            ...(many === 100 && { aim: 'p99 < 100 ms' }),
          },
          { what: `${who}: Show to the shown secret`, figure: figures(shown) },
        )
      }
    }
    const { opened } = await inRounds(slack, crowd, 1, false)
    const late = opened.filter((time) => time > 3_000).length
    rows.push({
      what: '1,000 people at once: press to open modal',
      figure: `${figures(opened)}, past 3 s: ${late}`,
      aim: 'none past 3 s',
    })
    rows.push({
      what: 'resident memory after all that',
      figure: `${Math.round(residentMiB(app.process.pid ?? 0))} MiB`,
    })
    return rows
  } finally {
    await app.stop()
    await slack.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
