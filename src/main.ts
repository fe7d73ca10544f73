import { stderr } from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 15)) {
  stderr.write(
    `Sotto needs Node 24.15 or newer, and this is ${process.versions.node}. "npm start" brings its own.\n`,
  )
  process.exit(2)
}

// Imported only now: an older Node could not even read these files, and would say so less plainly.
const { start } = await import('./app/start.ts')
// At the end nothing is waited for: a platform that never answers would keep the process alive.
process.exit(await start(process.env))
