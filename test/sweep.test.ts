import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../doubles/run/app.ts'
import { type RedisServer, redisServer } from '../doubles/run/redis-server.ts'
import { fails, resetAfter } from '../doubles/slack/faults.ts'
import { type SlackDouble, slackDouble } from '../doubles/slack/slack-double.ts'
import { logLevels } from '../src/app/config.ts'
import { canary, contains } from './fixtures/canary.ts'

const program = 'test/fixtures/crash-app.ts'
const anHourMs = 3_600_000

/** Everything that one run left behind or sent. */
interface Traces {
  readonly output: string
  /** The store's files and whatever else the process wrote, by path. */
  readonly files: ReadonlyMap<string, Buffer>
  readonly slack: SlackDouble
  readonly secrets: readonly string[]
  readonly passphrase: string
  readonly tokens: readonly string[]
  readonly key: string
}

function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return new Map(paths.filter((path) => statSync(path).isFile()).map((path) => [path, readFileSync(path)]))
}

function tokensIn(slack: SlackDouble): readonly string[] {
  const seen = JSON.stringify(slack.outbound.map(({ decoded }) => decoded)).matchAll(/c1\.[\w-]{43}/g)
  return [...new Set([...seen].map(([token]) => token))]
}

describe.each(['SQLite', 'Redis'] as const)('a whole life on %s', (kind) => {
  describe.each(logLevels)('with the log at %s', (level) => {
    let folder: string
    let slack: SlackDouble
    let redis: RedisServer | undefined
    let traces: Traces

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sotto-sweep-'))
      for (const name of ['tmp', 'redis']) mkdirSync(join(folder, name))
      redis = kind === 'Redis' ? await redisServer({ args: ['--dir', join(folder, 'redis')] }) : undefined
      slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../manifest.yml') })
      traces = await live()
    })
    afterAll(async () => {
      await slack.close()
      await redis?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    async function live(): Promise<Traces> {
      const key = randomBytes(32).toString('base64')
      const env = {
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.url,
        SOTTO_KEYS: `k1:${key}`,
        SOTTO_WEB: 'off',
        LOG_LEVEL: level,
        TMPDIR: join(folder, 'tmp'),
        ...(redis ? { REDIS_URL: redis.url } : { SOTTO_DB: join(folder, 'sotto.db') }),
      }
      const passphrase = canary()
      const secrets: string[] = []
      const { anna, ben, carla } = slack.people
      const { general } = slack.channels

      async function send(fields: Readonly<Record<string, string>> = {}, to = '@ben'): Promise<string> {
        const secret = canary()
        secrets.push(secret)
        await anna.types(`/secret ${to}`, { channel: general })
        await anna.untilModal('Send a secret')
        await anna.fills('Secret', secret)
        for (const [label, value] of Object.entries(fields)) await anna.fills(label, value)
        await anna.submits()
        await anna.untilModal(/Sealed|could not/)
        await anna.dismissesModal()
        return secret
      }
      async function open(passwords: readonly string[] = []): Promise<void> {
        await ben.until(() => ben.seesButton('Reveal', ben.dm))
        await ben.presses('Reveal', { in: ben.dm })
        await ben.untilModal('You can open it once')
        for (const password of passwords) {
          await ben.fills('Passphrase', password)
          await ben.submits()
          await ben.untilModal(/tries left|Your secret/)
        }
        if (passwords.length === 0) await ben.submits()
      }

      let app: App = startApp(env, program)
      await slack.connected()
      // Created, guessed at, revealed, wiped.
      const first = await send({ Passphrase: passphrase, 'What is it for?': 'the note' })
      await open([canary(), passphrase])
      await ben.untilModal(first)
      await ben.presses('I have it, wipe now')
      await ben.untilModal('Wiped')
      await ben.dismissesModal()
      // Revealed to the first person in the channel.
      const place = await send({}, '')
      await carla.until(() => carla.seesButton('Reveal', general))
      await carla.presses('Reveal', { in: general })
      await carla.untilModal('You can open it once')
      await carla.submits()
      await carla.untilModal(place)
      await carla.dismissesModal()
      // Burned.
      await send()
      await anna.presses('Burn', { in: anna.dm })
      await anna.untilSees('Burned unread')
      // Not posted at all.
      slack.faults.next('chat.postMessage', fails('fatal_error'), fails('fatal_error'))
      slack.faults.next('conversations.open', fails('user_not_found'))
      await send()
      slack.faults.clear()
      // Shown, but never confirmed.
      const doubtful = await send()
      slack.faults.when(
        'views.update',
        (args) => JSON.stringify(args).includes(JSON.stringify(doubtful).slice(1, -1)),
        resetAfter(),
        3,
      )
      await open()
      await anna.untilSees('may have been shown')
      await ben.dismissesModal()
      // Expired.
      await send({ 'Expires after': '10 minutes' })
      let output = app.output()
      await app.stop()
      app = startApp({ ...env, CLOCK_AHEAD_MS: `${anHourMs}` }, program)
      await slack.connected()
      await anna.untilSees('expired unopened')
      await app.stop()
      output += app.output()
      return { output, files: filesIn(folder), slack, secrets, passphrase, tokens: tokensIn(slack), key }
    }

    it('leaves no content and no passphrase in any output, file or call but the reveal', () => {
      expect(traces.secrets).toHaveLength(6)
      for (const text of [...traces.secrets, traces.passphrase]) {
        expect(contains(traces.output, text)).toBe(false)
        for (const [path, bytes] of traces.files) expect([path, contains(bytes, text)]).toEqual([path, false])
        const carriers = slack.outbound.filter(
          ({ body, decoded }) => contains(body, text) || contains(decoded, text),
        )
        expect(carriers.filter(({ name }) => name !== 'views.update')).toEqual([])
        expect(contains(JSON.stringify(slack.export()), text)).toBe(false)
      }
    })

    it('shows only what was revealed, each on one surface', () => {
      const surfaces = traces.secrets.map(
        (text) =>
          new Set(
            slack
              .callsTo('views.update')
              .filter(({ args }) => contains(JSON.stringify(args), text))
              .map(({ args }) => args['view_id']),
          ).size,
      )
      expect(surfaces.filter((count) => count > 1)).toEqual([])
      expect(surfaces.reduce((sum, count) => sum + count, 0)).toBe(3)
    })

    it('leaves no token, key or credential in any output or file', () => {
      expect(traces.tokens.length).toBeGreaterThanOrEqual(6)
      for (const token of traces.tokens) {
        const bytes = Buffer.from(token.slice(3), 'base64url')
        expect(traces.output).not.toContain(token.slice(3))
        for (const [path, file] of traces.files) {
          const found =
            file.includes(bytes) || file.includes(token.slice(3)) || file.includes(bytes.toString('hex'))
          expect([path, found]).toEqual([path, false])
        }
      }
      const { botToken, appToken, signingSecret } = slack
      for (const credential of [traces.key, botToken, appToken, signingSecret]) {
        expect(contains(traces.output, credential)).toBe(false)
        for (const [path, file] of traces.files)
          expect([path, contains(file, credential)]).toEqual([path, false])
      }
    })

    it('takes the token out of every card when the secret has ended', () => {
      const standing = Object.values(slack.people)
        .map((person) => person.sees())
        .join('\n')
      expect(standing).toContain('Opened')
      const latest = new Map(
        slack.export().map(({ what, channel, message }) => {
          const { ts, blocks } = message as { ts: string; blocks: unknown }
          return [`${channel}/${ts}`, what === 'deleted' ? '' : JSON.stringify(blocks)]
        }),
      )
      const messages = [...latest.values()]
      expect(messages.filter((blocks) => /c1\.[\w-]{43}/.test(blocks))).toEqual([])
    })

    it('would find a log that prints what it was given (counter-example)', () => {
      const [text = ''] = traces.secrets
      const line = JSON.stringify({ level: 20, body: { state: { values: { secret: text } } } })
      expect(contains(traces.output + line, text)).toBe(true)
      expect(contains(Buffer.from(`x${Buffer.from(`!${text}!`).toString('base64')}`), text)).toBe(true)
    })
  })
})
