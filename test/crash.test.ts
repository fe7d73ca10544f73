import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../doubles/run/app.ts'
import { type SlackDouble, slackDouble } from '../doubles/slack/slack-double.ts'

/** Past the lease and past the time that a card may take to be posted. */
const laterMs = 240_000

/** Slots are zeroed where they stand; what is larger has a row of its own. */
const notErased = `SELECT (SELECT count(*) FROM slot WHERE bytes <> zeroblob(length(bytes))) + (SELECT count(*) FROM large) AS n`

const patience = { timeout: 20_000 }

interface Step {
  /** When the process is killed: around a call to the store, or in a call to Slack. */
  readonly at: string
  /** What the sender is told after the restart. */
  readonly news: RegExp | undefined
  /** Whether the recipient can still open it after the restart. */
  readonly opens: boolean
}

const steps: readonly Step[] = [
  { at: 'before:put', news: undefined, opens: false },
  { at: 'after:put', news: /could not be delivered/, opens: false },
  { at: 'before:confirm', news: /could not be delivered/, opens: false },
  { at: 'after:confirm', news: /opened your secret/, opens: true },
  { at: 'before:claim', news: /opened your secret/, opens: true },
  { at: 'after:claim', news: /sent was interrupted/, opens: false },
  { at: 'before:settle', news: /sent was interrupted/, opens: false },
  { at: 'after:settle', news: /opened your secret/, opens: false },
  { at: 'before:done', news: /opened your secret/, opens: false },
]

describe('a process killed at each step of a secret’s life', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-crash-'))
  let slack: SlackDouble
  let app: App | undefined

  beforeAll(async () => {
    slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../manifest.yml') })
  })
  afterAll(async () => {
    await app?.stop('SIGKILL')
    await slack.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function start(name: string, env: Record<string, string> = {}): Promise<App> {
    const started = startApp(
      {
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.url,
        SOTTO_DB: join(folder, `${name}.db`),
        SOTTO_WEB: 'off',
        SOTTO_DRAIN: '3',
        ...env,
      },
      'test/fixtures/crash-app.ts',
    )
    await slack.connected()
    return started
  }

  function shown(canary: string): number {
    return new Set(
      slack
        .callsTo('views.update')
        .filter((call) => JSON.stringify(call).includes(canary))
        .map(({ args }) => args['view_id']),
    ).size
  }

  /** Sends a secret, has it opened, and kills the process on the way. */
  async function untilKilled(name: string, env: Record<string, string>, opening: boolean, stays = false) {
    const canary = `canary-${randomBytes(8).toString('hex')}`
    const anna = slack.addPerson(`anna-${name}`)
    const ben = slack.addPerson(`ben-${name}`)
    const doomed = await start(name, env)
    const dead = doomed.ended()
    await anna.types(`/secret @${ben.name}`)
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    await anna.submits()
    if (opening) {
      await ben.until(() => ben.seesButton('Reveal', ben.dm))
      await ben.presses('Reveal', { in: ben.dm })
      await ben.untilModal('You can open it once')
      await ben.submits()
    }
    await dead
    if (anna.seesModal()) await anna.dismissesModal()
    if (ben.seesModal() && !stays) await ben.dismissesModal()
    return { canary, anna, ben }
  }

  it.each(steps)(
    '$at: shown at most once, bytes gone, sender told the truth',
    async ({ at, news, opens }) => {
      const name = at.replace(':', '-')
      const { canary, anna, ben } = await untilKilled(name, { CRASH_AT: at }, !/put|confirm/.test(at))
      const before = shown(canary)
      expect(before).toBe(/settle|done/.test(at) ? 1 : 0)

      app = await start(name, opens ? {} : { CLOCK_AHEAD_MS: `${laterMs}` })
      if (opens) {
        await ben.presses('Reveal', { in: ben.dm })
        await ben.untilModal('You can open it once')
        await ben.submits()
        await ben.untilModal(canary)
      }
      // The news comes without anybody asking: it was due in the store, not in the process that died.
      if (news) await anna.untilSees(news)
      expect(shown(canary)).toBe(opens ? 1 : before)
      if (!opens && ben.seesButton('Reveal', ben.dm)) {
        await ben.presses('Reveal', { in: ben.dm })
        await ben.untilModal(/gone|Opened/i)
        expect(shown(canary)).toBe(before)
      }
      const db = new DatabaseSync(join(folder, `${name}.db`), { readOnly: true })
      // The wipe of what the dead process may have shown is done by then, with its note.
      if (!opens) await expect.poll(() => db.prepare(notErased).get(), patience).toEqual({ n: 0 })
      await app.stop()
      app = undefined
      expect(db.prepare(notErased).get()).toEqual({ n: 0 })
      db.close()
      for (const file of readdirSync(folder))
        expect(readFileSync(join(folder, file)).includes(canary)).toBe(false)
    },
  )

  it('after it showed a secret leaves it on no screen: another process wipes it, once', async () => {
    const { canary, ben } = await untilKilled('standing', { CRASH_AT: 'after:settle' }, true, true)
    expect(ben.seesModal()?.text).toContain(canary)
    const wiped = () =>
      slack.callsTo('views.update').filter((call) => JSON.stringify(call).includes('Wiped.')).length
    const before = wiped()
    app = await start('standing', { CLOCK_AHEAD_MS: '120000' })
    expect((await ben.untilModal('Wiped')).text).not.toContain(canary)
    await app.stop()
    app = await start('standing', { CLOCK_AHEAD_MS: '240000' })
    await app.stop()
    app = undefined
    expect(wiped()).toBe(before + 1)
  })

  it('would see a lease that ends in "sealed" (counter-example)', async () => {
    const { canary, ben } = await untilKilled('broken', { CRASH_AT: 'before:settle', BROKEN: 'yes' }, true)
    app = await start('broken')
    await ben.presses('Reveal', { in: ben.dm })
    await ben.untilModal('You can open it once')
    await ben.submits()
    await ben.untilModal(canary)
    expect(shown(canary)).toBe(2)
  })
})
