import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** What the tests read beside the project, where it is there. */
const beside = 'shared'

/**
 * Copies the project's own files into `folder`, as they are now. Its packages are linked and not copied, each by itself, so
 * that whatever a run keeps in `node_modules` stays in the copy.
 */
export function copyProject(root: string, folder: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  for (const path of listed.split('\0')) {
    // A file that was removed and not yet committed is listed all the same.
    if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path))
  }
  linkPackages(join(root, 'node_modules'), join(folder, 'node_modules'))
  const shared = resolve(root, '..', beside)
  const link = join(dirname(folder), beside)
  if (existsSync(shared) && !existsSync(link)) symlinkSync(realpathSync(shared), link)
}

function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (name.startsWith('@')) linkPackages(join(from, name), join(to, name))
    else if (name === '.bin' || !name.startsWith('.')) symlinkSync(join(from, name), join(to, name))
  }
}
