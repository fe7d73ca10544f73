import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { getuid } from 'node:process'

/** Takes from root what no other user has: reading and writing in spite of a file's permissions. */
const plainUser = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--']

/** What stands before a program that permissions must hold for, even where root runs the tests. */
export const asPlainUser: readonly string[] = getuid?.() === 0 ? plainUser : []

/**
 * What stands before a program that alone sees a new file system at `folder`: `options` as for a tmpfs, and then what
 * the shell does there.
 */
export function onDisk(folder: string, options: string, prepare: string): readonly string[] {
  const script = `mount -t tmpfs -o ${options} sotto "$0" && cd "$0" && ${prepare}; cd "$OLDPWD" && exec "$@"`
  return ['unshare', '--mount', 'sh', '-c', script, folder]
}

/** Whether this process may mount. */
export function mayMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'sotto', tmpdir()]).status === 0
}
