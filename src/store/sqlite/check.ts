import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Finding } from '../../core/store.ts'
import { code } from '../codes.ts'

/** Filesystem types (statfs(2)) without the shared memory and locks that WAL needs: NFS, SMB, SMB2, CIFS, 9P. */
const remote = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997])

/** The key ids that secrets wait under now. Looks at every row: once, at the start. */
export function usedKeys(db: DatabaseSync, now: number): readonly string[] {
  const select = db.prepare('SELECT DISTINCT kid FROM secret WHERE state BETWEEN ? AND ? AND expires > ?')
  return select.all(code.staged, code.claimed, now).map(({ kid }) => String(kid))
}

/** What is wrong with the file as it lies on the disk, and with how it is opened. */
export function checkDatabase(db: DatabaseSync, path: string): Finding[] {
  const findings: Finding[] = []
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file) && (statSync(file).mode & 0o077) !== 0)
      findings.push({ level: 'refuse', text: `${file} can be read by others: chmod 600 ${file}` })
  }
  const folder = dirname(path)
  // Where the sticky bit is set only an owner may rename or remove what is there.
  const { mode } = statSync(folder)
  const writers = (mode & 0o1000) !== 0 ? 0 : mode & 0o022
  if ((writers & 0o002) !== 0)
    findings.push({
      level: 'refuse',
      text: `${folder} can be written by everyone, so ${path} can be replaced`,
    })
  else if (writers !== 0)
    findings.push({
      level: 'warn',
      text: `${folder} can be written by its group, so ${path} can be replaced by everyone in it: chmod g-w ${folder}`,
    })
  if (remote.has(statfsSync(folder).type))
    findings.push({
      level: 'refuse',
      text: `${folder} is on a network filesystem, on which locks do not hold`,
    })
  for (const [pragma, wanted] of [
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['secure_delete', 1],
  ] as const) {
    const [value] = Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})
    if (value !== wanted)
      findings.push({ level: 'refuse', text: `${path}: ${pragma} is ${value}, and must be ${wanted}` })
  }
  return findings
}
