import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from '../../doubles/run/app.ts'
import { statusBefore } from '../../doubles/slack/faults.ts'
import { type SlackDouble, slackDouble } from '../../doubles/slack/slack-double.ts'

/** What stands before a program whose stream goes to a disk that is full. */
const full = (stream: 1 | 2) => ['sh', '-c', `exec "$@" ${stream}>/dev/full`, 'sh']

interface Death {
  readonly name: string
  readonly through?: readonly string[]
  /** In the middle of the reveal, after the claim. */
  kill?(app: App): void
}

const deaths: readonly Death[] = [
  { name: 'the disk under standard output is full', through: full(1) },
  { name: 'the disk under standard error is full', through: full(2) },
  { name: 'nobody reads standard output any more', kill: ({ process }) => process.stdout?.destroy() },
  { name: 'nobody reads standard error any more', kill: ({ process }) => process.stderr?.destroy() },
]

describe('in the middle of a reveal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-output-'))
  let slack: SlackDouble
  let app: App

  beforeEach(async () => {
    slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../../manifest.yml') })
  })
  afterEach(async () => {
    await app.stop()
    await slack.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(deaths)('$name: the secret is shown and settled, and the stop is in order', async (death) => {
    app = startApp(
      {
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.url,
        SOTTO_DB: join(folder, `${randomBytes(4).toString('hex')}.db`),
        SOTTO_WEB: 'off',
        LOG_LEVEL: 'debug',
      },
      undefined,
      death.through,
    )
    await slack.connected()
    const canary = randomBytes(8).toString('hex')
    const { anna, ben } = slack.people
    await anna.types('/secret @ben')
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    await anna.submits()
    await ben.until(() => ben.seesButton('Reveal', ben.dm))
    await ben.presses('Reveal', { in: ben.dm })
    await ben.untilModal('You can open it once')
    death.kill?.(app)
    // Logged between the claim and what settles it.
    slack.faults.when('views.update', (args) => JSON.stringify(args).includes(canary), statusBefore(503))
    await ben.submits()
    await ben.untilModal(canary)
    await anna.untilSees('opened your secret')
    expect([await app.stop(), app.process.signalCode]).toEqual([0, null])
  })
})
