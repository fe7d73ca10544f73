import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../../doubles/run/app.ts'
import { asPlainUser, mayMount, onDisk } from '../../doubles/run/confined.ts'
import { redisServer } from '../../doubles/run/redis-server.ts'
import { freshKeys } from '../../doubles/run/wired.ts'

const root = resolve(import.meta.dirname, '../..')

let folder: string
let db: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sotto-refusal-'))
  db = join(folder, 'sotto.db')
})
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

/** What the program says to whoever started it, beside its log, when it ends with 2. */
async function refusal(
  env: Readonly<Record<string, string>> = {},
  { through = [], program }: { readonly through?: readonly string[]; readonly program?: string } = {},
): Promise<readonly string[]> {
  const app = startApp({ SOTTO_DB: db, ...env }, program, through)
  const code = await app.ended()
  const said = app
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
  expect([code, said]).toEqual([2, said])
  return said
}

/** Text of this length that is no database. */
const noise = () => randomBytes(8_192)

describe('a start that is refused says in one line which variable helps:', () => {
  it('the data folder may not be written', async () => {
    chmodSync(folder, 0o500)
    expect(await refusal({}, { through: asPlainUser })).toEqual([
      `SOTTO_DB: the key file ${db}.key cannot be made: permission denied; put the database elsewhere, or set SOTTO_KEYS`,
    ])
    expect(await refusal({ SOTTO_KEYS: freshKeys() }, { through: asPlainUser })).toEqual([
      `SOTTO_DB: the database ${db} cannot be opened: permission denied`,
    ])
  })

  it('the key file may not be read, is open to others, is not there, or holds no keys', async () => {
    const path = join(folder, 'keys')
    const env = { SOTTO_KEYS: `file:${path}` }
    expect(await refusal(env)).toEqual([
      `SOTTO_KEYS: the key file ${path} cannot be read: there is no such file`,
    ])
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, 'k1:c2hvcnQ=\nk2')
    chmodSync(path, 0o644)
    expect(await refusal(env)).toEqual([
      `SOTTO_KEYS: ${path}: is open to others (mode 0644); run: chmod 600 ${path}`,
    ])
    chmodSync(path, 0o000)
    expect(await refusal(env, { through: asPlainUser })).toEqual([
      `SOTTO_KEYS: ${path}: cannot be opened as a plain file (EACCES)`,
    ])
    chmodSync(path, 0o600)
    expect(await refusal(env)).toEqual([
      `SOTTO_KEYS: ${path}: key 1: "k1" has 5 bytes, expected 32; make one with: openssl rand -base64 32`,
      `SOTTO_KEYS: ${path}: key 2: expected kid:<base64>`,
    ])
  })

  it('the file system is read-only', async ({ skip }) => {
    skip(!mayMount(), 'only root may mount')
    const through = onDisk(folder, 'size=1m', 'mount -o remount,ro "$0"')
    expect(await refusal({}, { through })).toEqual([
      `SOTTO_DB: the key file ${db}.key cannot be made: the file system is read-only; put the database elsewhere, or set SOTTO_KEYS`,
    ])
    expect(await refusal({ SOTTO_KEYS: freshKeys() }, { through })).toEqual([
      `SOTTO_DB: the database ${db} cannot be opened: the file system is read-only`,
    ])
  })

  it('the disk is full', async ({ skip }) => {
    skip(!mayMount(), 'only root may mount')
    const through = onDisk(folder, 'size=64k', 'head -c 1m /dev/zero >filler 2>&-')
    expect(await refusal({}, { through })).toEqual([
      `SOTTO_DB: the key file ${db}.key cannot be made: the disk is full; put the database elsewhere, or set SOTTO_KEYS`,
    ])
    expect(await refusal({ SOTTO_KEYS: freshKeys() }, { through })).toEqual([
      `SOTTO_DB: the database ${db} cannot be opened: the disk is full`,
    ])
  })

  it('the database is a folder, is not one, or is damaged inside', async () => {
    mkdirSync(db)
    expect(await refusal()).toEqual([`SOTTO_DB: the database ${db} cannot be opened: it is a folder`])
    rmSync(db, { recursive: true })
    writeFileSync(db, noise(), { mode: 0o600 })
    expect(await refusal()).toEqual([
      `SOTTO_DB: the database ${db} cannot be opened: it is damaged, or not a database`,
    ])
    rmSync(db)
    const app = startApp({ SOTTO_DB: db })
    await app.logged('started')
    await app.stop()
    // All pages but the first, which says what kind of file it is.
    const file = openSync(db, 'r+')
    writeSync(file, noise(), 0, undefined, 2_048)
    closeSync(file)
    expect(await refusal()).toEqual([expect.stringMatching(/^SOTTO_DB: the database .*: it is damaged/)])
  })

  it('Redis is not there, or does not let us in', async () => {
    const guarded = await redisServer({ args: ['--requirepass', 'right-password'] })
    const env = { SOTTO_KEYS: freshKeys(), SOTTO_DB: '' }
    const at = `127.0.0.1:${guarded.port}`
    try {
      expect(await refusal({ ...env, REDIS_URL: `redis://:wrong-password@${at}` })).toEqual([
        `REDIS_URL: Redis at ${at} cannot be used: it does not know this user name and password: WRONGPASS invalid username-password pair or user is disabled.`,
      ])
      expect(await refusal({ ...env, REDIS_URL: `redis://${at}` })).toEqual([
        expect.stringMatching(`^REDIS_URL: Redis at ${at} cannot be used: it wants a password, .*: NOAUTH `),
      ])
    } finally {
      await guarded.close()
    }
    expect(await refusal({ ...env, REDIS_URL: `redis://:wrong-password@${at}` })).toEqual([
      `REDIS_URL: Redis at ${at} cannot be used: nothing listens there: connect ECONNREFUSED ${at}`,
    ])
  })

  it('the certificates of Redis cannot be read, or are none', async () => {
    const path = join(folder, 'ca.pem')
    const env = { SOTTO_KEYS: freshKeys(), SOTTO_DB: '', REDIS_URL: 'rediss://127.0.0.1:1', REDIS_CA: path }
    expect(await refusal(env)).toEqual([`REDIS_CA: the file ${path} cannot be read: there is no such file`])
    writeFileSync(path, noise())
    expect(await refusal(env)).toEqual([`REDIS_CA: the file ${path} has no certificate in PEM in it`])
  })

  it('Redis would bring back what was opened, or drop what was not', async () => {
    const server = await redisServer({
      appendonly: false,
      save: '60 1',
      args: ['--maxmemory-policy', 'allkeys-lru'],
    })
    try {
      const said = await refusal({ REDIS_URL: server.url, SOTTO_KEYS: freshKeys(), SOTTO_DB: '' })
      expect(said).toEqual([
        expect.stringMatching(
          /^REDIS_URL: Redis: maxmemory-policy .* CONFIG SET maxmemory-policy noeviction/,
        ),
        expect.stringMatching(/^REDIS_URL: Redis: appendonly is off: .* CONFIG SET appendonly yes/),
      ])
    } finally {
      await server.close()
    }
  })

  it('the port is taken, or the address is another machine’s', async () => {
    const app = startApp({ SOTTO_DB: join(folder, 'first.db') })
    const { port } = await app.logged('listening')
    expect(await refusal({ PORT: `${port}` })).toEqual([
      `PORT: cannot listen on 127.0.0.1:${port} (EADDRINUSE): another program has this port`,
    ])
    await app.stop()
    expect(await refusal({ HOST: '203.0.113.1' })).toEqual([
      'HOST: cannot listen on 203.0.113.1:0 (EADDRNOTAVAIL): this machine has no such address',
    ])
  })

  it('the pages are not built', async () => {
    cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true })
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    expect(await refusal({}, { program: join(folder, 'src/main.ts') })).toEqual([
      'SOTTO_WEB: the pages are not built; run "npm run build", or turn links off with SOTTO_WEB=off',
    ])
  })
})
