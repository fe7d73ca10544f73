import { constants } from 'node:fs'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { print as printBase64url } from './format/base64url.ts'
import { SottoError } from './format/errors.ts'
import { type Random, random as systemRandom } from './format/random.ts'
import { type Keyring, parseKeyring } from './keyring.ts'

/** The keys of a file, and whether this start made it. */
interface Keyfile {
  readonly keyring: Keyring
  /** True: it was not there before, and the operator should hear where it is. */
  readonly created: boolean
}

/**
 * The server key beside the embedded database: made on first start as 0600, exclusively and durably, so that of several
 * processes that start at once all use the same one. Same text as `SOTTO_KEYS`, one key a line.
 * @throws SottoError `unsafe-key-file` when it is no plain file or others may read it, `bad-keys` when its text is wrong
 */
export async function keyfile(path: string, random: Random = systemRandom): Promise<Keyfile> {
  const existing = await read(path)
  if (existing !== undefined) return { keyring: parseKeyring(existing), created: false }
  const created = await create(path, `k1:${printBase64url(random(32))}\n`)
  return { keyring: parseKeyring((await read(path)) ?? ''), created }
}

async function read(path: string): Promise<string | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined
      throw new SottoError('unsafe-key-file', `${path}: cannot be opened as a plain file (${cause.code})`, {
        cause,
      })
    },
  )
  if (handle === undefined) return undefined
  try {
    const { mode, size } = await handle.stat()
    const problem =
      (mode & constants.S_IFMT) !== constants.S_IFREG
        ? 'is not a plain file'
        : (mode & 0o077) !== 0
          ? `is open to others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}); run: chmod 600 ${path}`
          : size > 64 * 1024
            ? 'is too long for a key file'
            : undefined
    if (problem !== undefined) throw new SottoError('unsafe-key-file', `${path}: ${problem}`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** Written whole under another name and then linked: nobody ever sees half a key, and only one process can be first. */
async function create(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${printBase64url(systemRandom(9))}`
  await mkdir(dirname(path), { recursive: true })
  const handle = await open(draft, 'wx', 0o600)
  try {
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(draft, path)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  } finally {
    await unlink(draft)
    await syncFolder(dirname(path))
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
