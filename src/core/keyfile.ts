import { constants } from 'node:fs'
import { type FileHandle, link, mkdir, open, realpath, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { getuid } from 'node:process'
import { print as printBase64url } from './format/base64url.ts'
import { SottoError } from './format/errors.ts'
import { type Random, random as systemRandom } from './format/random.ts'
import { type Keyring, parseKeyring } from './keyring.ts'
import { type Mount, mountOf, mountsHere } from './mounts.ts'

/** The keys of a file, and how they were found. */
interface Keyfile {
  readonly keyring: Keyring
  /** True: it was not there before, and the operator should hear where it is. */
  readonly created: boolean
  /** Why it was taken although others may read it, in words. */
  readonly accepted?: string
}

/**
 * The server key beside the embedded database: made on first start as 0600, exclusively and durably, so that of several
 * processes that start at once all use the same one. Same text as `SOTTO_KEYS`, one key a line.
 * @throws SottoError `unsafe-key-file` when it is no plain file or others may read it, `bad-keys` when its text is wrong
 */
export async function keyfile(path: string, random: Random = systemRandom): Promise<Keyfile> {
  const existing = await read(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (existing !== undefined) return { keyring: parseKeyring(existing.text), created: false }
  const created = await create(path, `k1:${printBase64url(random(32))}\n`)
  return { keyring: parseKeyring((await read(path)).text), created }
}

/** What tells whether a file's mode is the operator's choice. */
interface Surroundings {
  /** Where the secrets are, whole; absent when they are on another machine. */
  readonly dataFolder?: string
  /** As in `/proc/self/mountinfo`; what this process sees when left out. */
  readonly mountinfo?: string
}

/**
 * Keys that somebody else put there, as an orchestrator's mounted secret is. Others may be allowed to read it where the
 * mount chose that and nothing here can change it: on a mount of its own, which can only be read or is another user's.
 * There it may be a link within that mount, as Kubernetes makes them.
 * @throws SottoError `unsafe-key-file` when others may read it elsewhere, `bad-keys` when its text is wrong; the system's
 *   own error when it is not there
 */
export async function mountedKeys(path: string, surroundings: Surroundings = {}): Promise<Keyfile> {
  const { text, accepted } = await read(path, surroundings)
  return { keyring: parseKeyring(text), created: false, ...(accepted !== undefined && { accepted }) }
}

interface KeyText {
  readonly text: string
  readonly accepted?: string
}

async function read(path: string, surroundings?: Surroundings): Promise<KeyText> {
  const handle = await openPlain(path, surroundings)
  try {
    const { mode, size, uid } = await handle.stat()
    const accepted =
      (mode & 0o077) !== 0 && surroundings !== undefined
        ? whyAccepted(await realpath(path), mode, uid, await ownMount(path, surroundings))
        : undefined
    const problem =
      (mode & constants.S_IFMT) !== constants.S_IFREG
        ? 'is not a plain file'
        : (mode & 0o077) !== 0 && accepted === undefined
          ? `is open to others (mode ${octal(mode)}); run: chmod 600 ${path}`
          : size > 64 * 1024
            ? 'is too long for a key file'
            : undefined
    if (problem !== undefined) throw new SottoError('unsafe-key-file', `${path}: ${problem}`)
    const text = await handle.readFile('utf8')
    return { text, ...(accepted !== undefined && { accepted }) }
  } finally {
    await handle.close()
  }
}

/** The open file. A link is followed only within a mount of its own. */
async function openPlain(path: string, surroundings?: Surroundings): Promise<FileHandle> {
  const plainly = constants.O_RDONLY | constants.O_NOFOLLOW
  try {
    return await open(path, plainly)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw cause
    if (code === 'ELOOP' && surroundings && (await ownMount(path, surroundings))) {
      return await open(await realpath(path), plainly)
    }
    throw new SottoError('unsafe-key-file', `${path}: cannot be opened as a plain file (${code})`, { cause })
  }
}

/** The mount that `path` and what it links to are on, when it is neither the system's own nor that of the secrets. */
async function ownMount(path: string, { dataFolder, mountinfo }: Surroundings): Promise<Mount | undefined> {
  const mounts = mountinfo ?? (await mountsHere())
  const name = mountOf(join(await realpath(dirname(path)), basename(path)), mounts)
  const file = mountOf(await realpath(path), mounts)
  const data =
    dataFolder === undefined ? undefined : mountOf(await realpath(dataFolder).catch(() => dataFolder), mounts)
  const isOwn = file && file.point === name?.point && file.point !== '/' && file.point !== data?.point
  return isOwn ? file : undefined
}

/** Where nothing but an orchestrator's secrets is. */
const secretsFolders = ['/run/secrets/', '/run/credentials/']

/** Why a mode that lets others in is not the operator's to change; undefined when it is. */
function whyAccepted(
  path: string,
  mode: number,
  owner: number,
  mount: Mount | undefined,
): string | undefined {
  if (mount === undefined || (mode & 0o002) !== 0) return undefined
  const said = `${path} (mode ${octal(mode)}, user ${owner}) can be read by others`
  if (mount.readOnly) return `${said}: accepted, because ${mount.point} is mounted read-only`
  if ((mode & 0o022) === 0 && secretsFolders.some((folder) => path.startsWith(folder)))
    return `${said}: accepted, because it is mounted where orchestrators put secrets`
  // With an ACL, or for a group that the mount was made for, the group's bits are what lets us in.
  if ((mode & 0o007) === 0 && owner !== getuid?.())
    return `${said}: accepted, because whoever mounted ${mount.point} gave it to another user and us the group`
  return undefined
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
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
