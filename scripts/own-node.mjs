/**
 * After every install: refuses a Node that is too old, in one sentence, and puts the Node that came with the packages where
 * npm's scripts find it. Runs on every Node since 12, so that the old ones can be refused.
 */
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { arch, argv, env, exit, platform, stderr, versions } from 'node:process'

const modules = join(dirname(dirname(argv[1])), 'node_modules')

/** The package that brings Node for this system, if there is one. */
const own = `node-${platform}-${arch}`

function runs() {
  try {
    execFileSync(join(modules, own, 'bin/node'), ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const brought = runs()
// Not our own version: where npm has linked it already, this file runs on the Node that it brought.
const [, installing] = /\bnode\/v(\S+)/.exec(env.npm_config_user_agent || '') || ['', versions.node]
const [major, minor] = installing.split('.').map(Number)

if (brought ? major < 20 : major < 24 || (major === 24 && minor < 15)) {
  const needed = brought ? 'Node 20 or newer' : 'Node 24.15 or newer on this system, where it brings none'
  stderr.write(`Sotto needs ${needed}, and this is ${installing}.\n`)
  exit(1)
}

if (brought) {
  try {
    symlinkSync(`../${own}/bin/node`, join(modules, '.bin/node'))
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}
