import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { argv, getuid, stderr, stdout } from 'node:process'
import { find, type Manager, managers, type Program, programs } from '../doubles/run/programs.ts'

const script = resolve(import.meta.dirname, 'apt-install.sh')

/** What decides whether we may install, and what becomes of it. */
export interface Machine {
  /** Where programs are, as in `PATH`. */
  readonly path: string
  /** What runs a command as root, empty for root itself. Absent: nothing does without a password. */
  readonly asRoot?: readonly string[]
  /** The file with which Debian is told to start no service. */
  readonly policy: string
  /** Takes the line that says what is being installed. */
  readonly say: (line: string) => void
}

/** Installs the programs that the tests start and this machine lacks, where it may; why they are still not there. */
export function installPrograms({ path, asRoot, policy, say }: Machine): string | undefined {
  const missing = lacking(path)
  if (missing.length === 0) return undefined
  const names = missing.map((program) => program.names[0]).join(', ')
  const manager = managerOf(path)
  if (manager === undefined) return `The tests need ${names}. Install them, and run the tests again.`
  const packages = missing.map((program) => program.packages[manager])
  const byHand = `${manager === 'brew' ? '' : 'sudo '}${managers[manager]} ${packages.join(' ')}`
  if (manager !== 'apt-get' || asRoot === undefined)
    return `The tests need ${names}. Install them, and run the tests again: ${byHand}`

  say(`Installing what the tests need, which takes a minute or two: ${packages.join(', ')}`)
  const [command = '', ...args] = [...asRoot, 'sh', script, policy, ...packages]
  const { status, output } = spawnSync(command, args, {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0 && lacking(path).length === 0) return undefined
  return `apt-get could not install ${packages.join(', ')}: ${reason(status, output.join('\n'))}. By hand: ${byHand}`
}

function lacking(path: string): readonly Program[] {
  return Object.values(programs).filter(({ names }) => find(names, path) === undefined)
}

function managerOf(path: string): Manager | undefined {
  return (Object.keys(managers) as Manager[]).find((name) => find([name], path) !== undefined)
}

/** What apt said first of what went wrong; that a list could not be fetched comes before what follows from it. */
function reason(status: number | null, output: string): string {
  if (status === 124 || status === 137) return 'it took too long'
  const [, unfetched] = /^W: Failed to fetch \S+ +(.+)$/m.exec(output) ?? []
  const [, failed] = /^E: (.+)$/m.exec(output) ?? []
  return (unfetched ?? failed ?? `it ended with ${status}`).trim().replace(/\.$/, '')
}

/** Root is asked for no password, and neither is whoever must not give one. */
function rootCommand(): readonly string[] | undefined {
  if (getuid?.() === 0) return []
  const sudo = ['sudo', '-n']
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore', timeout: 5_000 }).status === 0
    ? sudo
    : undefined
}

if (argv[1] === import.meta.filename) {
  const asRoot = rootCommand()
  const why = installPrograms({
    path: process.env['PATH'] ?? '',
    policy: '/usr/sbin/policy-rc.d',
    say: (line) => stdout.write(`${line}\n`),
    ...(asRoot && { asRoot }),
  })
  if (why !== undefined) {
    stderr.write(`${why}\n`)
    process.exitCode = 1
  }
}
