import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from '../../doubles/run/app.ts'
import { asPlainUser, mayMount, onDisk } from '../../doubles/run/confined.ts'
import { freshKeys } from '../../doubles/run/wired.ts'

const keys = freshKeys()
const put = `printf '%s\\n' '${keys}' >`
const readOnly = 'mount -o remount,ro "$0"'

let data: string
let secrets: string

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'sotto-data-'))
  secrets = mkdtempSync(join(tmpdir(), 'sotto-secrets-'))
})
afterEach(() => {
  for (const folder of [data, secrets]) rmSync(folder, { recursive: true, force: true })
})

function start(through: readonly string[], env: Readonly<Record<string, string>> = {}): App {
  const file = join(secrets, 'keys')
  return startApp(
    { SOTTO_DB: join(data, 'sotto.db'), SOTTO_KEYS_FILE: file, ...env },
    undefined,
    through.length === 0 ? [] : [...through, ...asPlainUser],
  )
}

/** What an accepted start says of the key file; undefined when it says nothing. */
async function accepted(through: readonly string[]): Promise<unknown> {
  const app = start(through)
  await app.logged('started')
  expect(await app.stop()).toBe(0)
  expect(app.output()).not.toContain(keys.slice(3))
  return app.log.find(({ msg }) => msg === 'finding')?.['text']
}

async function refused(through: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const app = start(through, env)
  expect(await app.ended()).toBe(2)
  return app
    .output()
    .split('\n')
    .find((line) => line.startsWith('SOTTO_KEYS: '))
}

/** As Kubernetes' kubelet writes a volume: each name a link through `..data`. */
const linked = (mode: string) =>
  `mkdir ..2026 && ${put}..2026/keys && chmod ${mode} ..2026/keys && ln -s ..2026 ..data && ln -s ..data/keys keys`

describe.skipIf(!mayMount() || getuid?.() !== 0)('keys that an orchestrator mounted', () => {
  const disk = (prepare: string) => onDisk(secrets, 'size=1m', prepare)

  it('are taken as Docker mounts them: 0444, another user’s, read-only; and the start says so', async () => {
    const docker = `${put}keys && chmod 444 keys && ${readOnly}`
    expect(await accepted(disk(docker))).toBe(
      `${secrets}/keys (mode 0444, user 0) can be read by others: accepted, because ${secrets} is mounted read-only`,
    )
  })

  it('are taken as Kubernetes mounts them: links within a read-only mount, 0644 or for a group', async () => {
    for (const [mode, owner] of [
      ['644', '0:0'],
      ['440', '4711:0'],
      ['400', '0:0'],
    ] as const) {
      const kubernetes = `${linked(mode)} && chown ${owner} ..2026/keys && ${readOnly}`
      const said = await accepted(disk(kubernetes))
      if (mode === '400') expect(said).toBeUndefined()
      else expect(said).toContain(`${secrets}/..2026/keys (mode 0${mode}, `)
    }
  })

  it('are taken from a volume whose group is ours, another user’s, that can be written', async () => {
    for (const mode of ['440', '660'])
      expect(await accepted(disk(`${put}keys && chmod ${mode} keys && chown 4711:0 keys`))).toMatch(
        /gave it to another user and us the group$/,
      )
  })

  it('are refused where the operator chose the mode, though on a mount of its own', async () => {
    const said = `SOTTO_KEYS: ${secrets}/keys: is open to others (mode 0644); run: chmod 600 ${secrets}/keys`
    expect(await refused(disk(`${put}keys && chmod 644 keys`))).toBe(said)
    expect(await refused(disk(`${put}keys && chmod 644 keys && chown 4711:0 keys`))).toBe(said)
  })

  it('are refused when everyone may write them', async () => {
    expect(await refused(disk(`${put}keys && chmod 666 keys && ${readOnly}`))).toMatch(/open to others/)
  })

  it('are refused on the mount of the secrets themselves', async () => {
    const env = { SOTTO_DB: join(secrets, 'sotto.db') }
    expect(await refused(disk(`${put}keys && chmod 440 keys && chown 4711:0 keys`), env)).toMatch(
      /open to others/,
    )
  })

  it('are refused as a link that leads out of the mount', async () => {
    const outside = join(data, 'keys')
    writeFileSync(outside, keys, { mode: 0o600 })
    expect(await refused(disk(`ln -s ${outside} keys && ${readOnly}`))).toMatch(
      /cannot be opened as a plain file/,
    )
  })
})

describe('a key file on the system’s own mount', () => {
  it('is refused when others may read it, and as a link', async () => {
    writeFileSync(join(secrets, 'keys'), keys)
    chmodSync(join(secrets, 'keys'), 0o444)
    expect(await refused([])).toMatch(/is open to others \(mode 0444\); run: chmod 600/)
    chmodSync(join(secrets, 'keys'), 0o600)
    symlinkSync(join(secrets, 'keys'), join(data, 'link'))
    expect(await refused([], { SOTTO_KEYS_FILE: join(data, 'link') })).toMatch(/as a plain file \(ELOOP\)/)
  })
})
