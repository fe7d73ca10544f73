import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { find } from '../doubles/run/programs.ts'
import { installPrograms } from './install-programs.ts'

/** An apt-get that keeps its arguments and the policy of that moment, and installs an empty program for each package. */
const apt = `#!/bin/sh
cd "$(dirname "$0")/.."
echo "$@" >>calls
cp policy-rc.d policy-then
case "$*" in *install*)
  for package in redis-server chromium python3; do
    case "$*" in *" $package"*) printf '#!/bin/sh\\n' >bin/$package && chmod +x bin/$package ;; esac
  done
esac
`

describe('the programs that the tests start', () => {
  let folder: string
  let said: string[]

  beforeEach(() => {
    said = []
    folder = mkdtempSync(join(tmpdir(), 'sotto-programs-'))
    mkdirSync(join(folder, 'bin'))
    for (const name of ['sh', 'timeout', 'grep', 'mv', 'rm', 'cp', 'chmod', 'dirname', 'sleep'])
      symlinkSync(find([name]) ?? '', join(folder, 'bin', name))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const policy = () => join(folder, 'policy-rc.d')
  const machine = () => ({
    path: join(folder, 'bin'),
    asRoot: [],
    policy: policy(),
    say: (line: string) => said.push(line),
  })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  function program(name: string, text = '#!/bin/sh\n'): void {
    const path = join(folder, 'bin', name)
    // Never through a link: it leads to the machine's own program.
    rmSync(path, { force: true })
    writeFileSync(path, text, { mode: 0o755 })
  }

  it('are left alone where they are there, under whatever name', () => {
    for (const name of ['redis-server', 'google-chrome', 'python3']) program(name)
    program('apt-get', '#!/bin/sh\nexit 1\n')
    expect(installPrograms(machine())).toBeUndefined()
  })

  it('are installed by root where they are missing, and no service is started', () => {
    program('apt-get', apt)
    program('python3')
    expect(installPrograms(machine())).toBeUndefined()
    const [update, install] = read('calls').trim().split('\n')
    expect(update).toMatch(/ update$/)
    expect(install).toMatch(/ install --no-install-recommends redis-server chromium$/)
    const verdict = spawnSync('sh', [join(folder, 'policy-then')])
    expect(verdict.status).toBe(101)
    expect(existsSync(policy())).toBe(false)
    expect(said).toEqual([
      'Installing what the tests need, which takes a minute or two: redis-server, chromium',
    ])
  })

  it('leave the machine the policy that it had, after a failure too', () => {
    writeFileSync(policy(), 'its own', { mode: 0o750 })
    program('apt-get', apt)
    expect(installPrograms(machine())).toBeUndefined()
    expect(read('policy-then')).toContain('exit 101')
    expect(read('policy-rc.d')).toBe('its own')
    for (const name of ['redis-server', 'chromium']) rmSync(join(folder, 'bin', name))
    program('apt-get', `${apt}exit 100\n`)
    expect(installPrograms(machine())).toBeDefined()
    expect(read('policy-rc.d')).toBe('its own')
  })

  it('get the policy back that a killed install had put aside', () => {
    writeFileSync(`${policy()}.before-sotto`, 'its own')
    writeFileSync(policy(), '# While programs for the tests of Sotto are installed.')
    program('apt-get', apt)
    expect(installPrograms(machine())).toBeUndefined()
    expect(read('policy-rc.d')).toBe('its own')
    expect(existsSync(`${policy()}.before-sotto`)).toBe(false)
  })

  it('say in one sentence why apt-get could not install them', () => {
    program('python3')
    for (const [says, reason] of [
      ['E: Unable to locate package chromium', 'Unable to locate package chromium'],
      [
        "W: Failed to fetch http://deb.test/InRelease  Temporary failure resolving 'deb.test'\nE: Unable to locate package chromium",
        "Temporary failure resolving 'deb.test'",
      ],
    ]) {
      program('apt-get', `#!/bin/sh\nprintf '%s\\n' "${says}" >&2\nexit 100\n`)
      expect(installPrograms(machine())).toBe(
        `apt-get could not install redis-server, chromium: ${reason}. By hand: sudo apt-get install redis-server chromium`,
      )
    }
    program('timeout', '#!/bin/sh\nexit 124\n')
    expect(installPrograms(machine())).toContain('it took too long')
  })

  it('are named with their packages where nobody may install them', () => {
    const { asRoot: _, ...unprivileged } = machine()
    expect(installPrograms(unprivileged)).toBe(
      'The tests need redis-server, chromium, python3. Install them, and run the tests again.',
    )
    for (const [manager, words] of [
      ['brew', 'brew install redis google-chrome python'],
      ['pacman', 'sudo pacman -S redis chromium python'],
      ['apk', 'sudo apk add redis chromium python3'],
      ['dnf', 'sudo dnf install redis chromium python3'],
      ['apt-get', 'sudo apt-get install redis-server chromium python3'],
    ] as const) {
      program(manager)
      expect(installPrograms(unprivileged)).toBe(
        `The tests need redis-server, chromium, python3. Install them, and run the tests again: ${words}`,
      )
    }
  })
})
