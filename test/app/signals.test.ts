import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, npmStart, startApp } from '../../doubles/run/app.ts'
import { held } from '../../doubles/slack/faults.ts'
import { type SlackDouble, slackDouble } from '../../doubles/slack/slack-double.ts'
import { reveal, send } from '../bots/slack/harness.ts'

/** A PID namespace with a `/proc` of its own; for whoever is not root, where the kernel lets them. */
const ownPids = ['unshare', '--fork', '--pid', '--mount-proc']
const namespace = [ownPids, [...ownPids, '--user', '--map-root-user']].find(
  ([command = '', ...flags]) => spawnSync(command, [...flags, 'true']).status === 0,
)
const noNamespace = 'a PID namespace needs root, or user namespaces'

const terminal = resolve(import.meta.dirname, '../fixtures/terminal.py')

describe('npm start', () => {
  let folder: string
  let slack: SlackDouble
  let app: App
  /** Until the process is stopping, Slack shows nothing. */
  let stopping: PromiseWithResolvers<void>

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-signals-'))
    stopping = Promise.withResolvers()
    slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../../manifest.yml') })
  })
  afterEach(async () => {
    for (const left of [...childrenOf(pid()), -pid()]) {
      try {
        process.kill(left, 'SIGKILL')
      } catch {
        // It has ended by itself, as it should.
      }
    }
    await slack.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const pid = () => app.process.pid ?? Number.NaN

  /** Starts Sotto, and returns when it waits for Slack to show a secret to Ben: that secret. */
  async function startRevealing(through: readonly string[] = []): Promise<string> {
    const preload = join(folder, 'preload.mjs')
    // npm may be gone before what it started: the program itself writes down how it ended.
    writeFileSync(
      preload,
      `import { writeFileSync } from 'node:fs'
      if (process.argv[1]?.endsWith('main.ts'))
        process.on('exit', (code) => writeFileSync(${JSON.stringify(join(folder, 'ended'))}, String(code)))`,
    )
    app = npmStart(
      {
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.url,
        SOTTO_DB: join(folder, 'sotto.db'),
        NODE_OPTIONS: `--import=${preload}`,
        npm_config_update_notifier: 'false',
      },
      through,
    )
    await slack.connected()
    const { anna, ben } = slack.people
    const secret = `secret-${randomUUID()}`
    await send(slack, anna, { to: [ben], secret })
    const shows = (args: object) => JSON.stringify(args).includes(secret)
    slack.faults.when('views.update', shows, held(stopping.promise))
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await reveal(ben)
    await slack.until(() => slack.callsTo('views.update').some(({ args }) => shows(args)))
    return secret
  }

  /** The exit code that the program wrote down, once it has. */
  async function exitCode(): Promise<number> {
    const path = join(folder, 'ended')
    const read = () => (existsSync(path) ? readFileSync(path, 'utf8') : '')
    const changes = watch(folder)
    try {
      while (read() === '') await once(changes, 'change', { signal: AbortSignal.timeout(60_000) })
      return Number(read())
    } finally {
      changes.close()
    }
  }

  /** Told to stop, the program shows Ben his secret, wipes it, and ends with 0. */
  async function endsInOrder(secret: string, tell: () => unknown): Promise<void> {
    const { ben } = slack.people
    const shown = ben.untilModal(secret)
    const code = exitCode()
    await tell()
    // It hears nobody new: it is stopping, and the reveal is still in flight.
    await slack.until(() => slack.socketMode.connections === 0)
    stopping.resolve()
    expect(await code).toBe(0)
    await shown
    expect(ben.seesModal()?.text).toContain('Wiped early')
  }

  /** The same, told a second time while the reveal is still in flight. */
  async function toldTwice(secret: string, tell: () => void): Promise<void> {
    await endsInOrder(secret, async () => {
      tell()
      await app.logged('stopping')
      tell()
    })
    expect(await app.logged('stopped')).toMatchObject({ unfinished: 0 })
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('hands %s on: what is in flight is finished', async (signal) => {
    const secret = await startRevealing()
    await toldTwice(secret, () => process.kill(pid(), signal))
    expect(await app.ended()).toBe(0)
  })

  it('finishes what is in flight at Ctrl-C, which reaches npm and the program both', async () => {
    const secret = await startRevealing()
    await toldTwice(secret, () => process.kill(-pid(), 'SIGINT'))
    expect(await app.ended()).toBe(0)
  })

  it('finishes what is in flight at a hang-up, though npm dies of it', async () => {
    const secret = await startRevealing()
    await toldTwice(secret, () => process.kill(-pid(), 'SIGHUP'))
    await app.ended()
    expect(app.process.signalCode).toBe('SIGHUP')
  })

  it('finishes what is in flight when its terminal closes, and nothing can be printed any more', async () => {
    const secret = await startRevealing(['python3', terminal])
    await endsInOrder(secret, () => app.process.stdin?.end())
  })

  it.for(['SIGTERM', 'SIGINT'] as const)(
    'hands %s on as process 1 of a container: what is in flight is finished',
    async (signal, { skip }) => {
      skip(namespace === undefined, noNamespace)
      const secret = await startRevealing(namespace)
      const [npm = Number.NaN] = childrenOf(pid())
      expect(readFileSync(`/proc/${npm}/status`, 'utf8')).toMatch(/^NSpid:\t\d+\t1$/m)
      await toldTwice(secret, () => process.kill(npm, signal))
      expect(await app.ended()).toBe(0)
    },
  )

  it('need not be there: Sotto can be process 1 itself', async ({ skip }) => {
    skip(namespace === undefined, noNamespace)
    app = startApp({ SOTTO_DB: join(folder, 'sotto.db') }, undefined, namespace)
    await app.logged('started')
    const [sotto = Number.NaN] = childrenOf(pid())
    process.kill(sotto, 'SIGTERM')
    await app.logged('stopped')
    expect(await app.ended()).toBe(0)
  })
})

function childrenOf(pid: number): readonly number[] {
  const list = `/proc/${pid}/task/${pid}/children`
  return existsSync(list) ? readFileSync(list, 'utf8').split(' ').filter(Boolean).map(Number) : []
}
