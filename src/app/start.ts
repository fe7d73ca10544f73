import { url as inspectorUrl } from 'node:inspector'
import { stderr, stdout } from 'node:process'
import { codeOf, type Log } from '../core/log.ts'
import { type Chat, chats } from './bots.ts'
import { type Config, ConfigError, readConfig, secretVariables } from './config.ts'
import { doubtsOfEnvFile } from './doubts.ts'
import { jsonLog } from './json-log.ts'
import { RefusedError } from './refused.ts'
import { run } from './run.ts'
import { stopSignal } from './signals.ts'

const nothingConfigured = `Nothing is turned on yet. Set one of these and start again:

${chats.map(howToTurnOn).join('\n')}
  Links    SOTTO_WEB=on

README.md says it step by step. To look around without an account: npm run demo
`

/** How long the end waits for a slow reader of the log, ms. */
const lastLinesMs = 500

/** Starts Sotto from `env` and runs until it is told to stop; the exit code. */
export async function start(env: NodeJS.ProcessEnv): Promise<number> {
  // Nobody who reads what is printed may end the process by going away.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  let config: Config
  try {
    config = readConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    stderr.write(`${error.message}\n`)
    return 2
  }
  if (!chats.some((chat) => chat.isOn(config)) && !config.web) {
    stderr.write(nothingConfigured)
    return 2
  }
  const { log, written } = jsonLog(config.logLevel)
  for (const text of [...config.doubts, ...doubtsOfEnvFile('.env', secretVariables)])
    log({ event: 'finding', severity: 'warn', text })
  watchInspector(log)
  keepQuiet(log)
  // Heard from now on: a signal in the middle of the start ends it in order, too.
  const stopping = stopSignal()
  try {
    const running = await run(config, log)
    stderr.write(whatIsOn(config))
    await stopping
    await running.stop()
    return 0
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      stderr.write(`${where(error)}\n`)
      return 1
    }
    stderr.write(`${error.message}\n`)
    return 2
  } finally {
    await written(lastLinesMs)
  }
}

/** How often it is looked whether the inspector was opened, ms. */
const inspectorMs = 2_000

/** Says each time that it finds the inspector open: at the start, and whoever opens it later. */
function watchInspector(log: Log): void {
  let wasOpen = false
  const look = () => {
    const isOpen = inspectorUrl() !== undefined
    if (isOpen && !wasOpen) {
      const text = 'the inspector is open: whoever reaches it reads every secret'
      log({ event: 'finding', severity: 'warn', text })
    }
    wasOpen = isOpen
  }
  look()
  setInterval(look, inspectorMs).unref()
}

/** An error's code and where it came from, never its message: a library's may quote what it was given. */
function where(error: unknown): string {
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((row) => /^ +at /.test(row)) : []
  return [`Sotto failed: ${codeOf(error)}`, ...frames].join('\n')
}

/**
 * Node would print an unhandled error whole, with whatever a library put into it. A rejection that nobody waits for is
 * logged and costs nobody their secret; after anything else the process cannot be trusted, and ends.
 */
function keepQuiet(log: Log): void {
  const report = (what: string, error: unknown) =>
    log({ event: 'handler-failed', platform: 'process', what, code: codeOf(error) })
  process.on('unhandledRejection', (error) => report('unhandled-rejection', error))
  process.once('uncaughtException', (error) => {
    report('uncaught-exception', error)
    stderr.write(`${where(error)}\n`)
    process.exit(1)
  })
  // A terminal that has closed takes no more words: what is in flight goes on without them.
  stderr.on('error', () => {})
}

/** For the person at the terminal; the log says the same to machines. */
function whatIsOn(config: Config): string {
  const lines = [
    linksAre(config),
    ...chats.map((chat) => (chat.isOn(config) ? `${chat.name} is on.` : howItIsOff(chat))),
  ]
  return `${lines.join('\n')}\n`
}

function linksAre({ web, publicUrl, linksAreLocal }: Config): string {
  if (!web) return 'Links are off: SOTTO_WEB=on turns them on.'
  if (!linksAreLocal) return `Links are on: ${publicUrl}`
  return `Links are on for this machine alone: ${publicUrl} (PUBLIC_URL makes them everybody’s.)`
}

function howItIsOff({ name, variables }: Chat): string {
  const turnOn = variables.length === 1 ? 'turns it on' : 'turn it on'
  return `${name} is off: ${variables.join(' and ')} ${turnOn} (README.md, "Install on ${name}").`
}

function howToTurnOn({ name, variables, source }: Chat): string {
  return `  ${name.padEnd(9)}${variables.join(' and ')}\n${' '.repeat(11)}${source}`
}
