import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = resolve(import.meta.dirname, '../scripts/own-node.mjs')
const own = `node-${process.platform}-${process.arch}`

describe('an install', () => {
  let project: string

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'sotto-install-'))
    for (const folder of ['scripts', 'node_modules/.bin', `node_modules/${own}/bin`])
      mkdirSync(join(project, folder), { recursive: true })
    copyFileSync(script, join(project, 'scripts/own-node.mjs'))
    symlinkSync(process.execPath, join(project, 'node_modules', own, 'bin/node'))
  })
  afterEach(() => rmSync(project, { recursive: true }))

  const link = () => join(project, 'node_modules/.bin/node')

  /** What the script says under an npm that runs on this Node, and its exit code. */
  function install(version: string): { readonly status: number | null; readonly said: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/own-node.mjs'], {
      cwd: project,
      env: { npm_config_user_agent: `npm/10.8.2 node/v${version} linux x64 workspaces/false` },
      encoding: 'utf8',
    })
    return { status, said: stdout + stderr }
  }

  it('links the Node that it brought, which many an npm leaves out where two packages bring one', () => {
    expect(install('20.0.0')).toEqual({ status: 0, said: '' })
    expect(readlinkSync(link())).toBe(`../${own}/bin/node`)
  })

  it('leaves a link that is there', () => {
    symlinkSync('elsewhere', link())
    expect(install('22.1.0')).toEqual({ status: 0, said: '' })
    expect(readlinkSync(link())).toBe('elsewhere')
  })

  it('refuses an older Node in one sentence', () => {
    expect(install('18.20.4')).toEqual({
      status: 1,
      said: 'Sotto needs Node 20 or newer, and this is 18.20.4.\n',
    })
    expect(existsSync(link())).toBe(false)
  })

  it('needs the Node that it runs on where it brings none', () => {
    rmSync(join(project, 'node_modules', own), { recursive: true })
    expect(install('24.14.0')).toEqual({
      status: 1,
      said: 'Sotto needs Node 24.15 or newer on this system, where it brings none, and this is 24.14.0.\n',
    })
    for (const version of ['24.15.0', '26.0.0']) expect(install(version)).toEqual({ status: 0, said: '' })
    expect(existsSync(link())).toBe(false)
  })
})
