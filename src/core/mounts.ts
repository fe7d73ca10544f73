import { readFile } from 'node:fs/promises'

/** Where a file system is mounted. */
export interface Mount {
  readonly point: string
  readonly readOnly: boolean
}

/** The mount that a path without links is on, from the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5)); undefined when none is listed. */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  return mountinfo
    .split('\n')
    .map(parse)
    .filter((mount): mount is Mount => mount !== undefined && holds(mount.point, path))
    .reduce<Mount | undefined>(
      // Of two at the same place the later one covers the earlier.
      (deepest, mount) => (deepest && deepest.point.length > mount.point.length ? deepest : mount),
      undefined,
    )
}

/** The mounts that this process sees; none where the system does not list them. */
export function mountsHere(): Promise<string> {
  return readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
}

function parse(line: string): Mount | undefined {
  const fields = line.split(' ')
  const [point, options] = [fields[4], fields[5]]
  if (point === undefined || options === undefined) return undefined
  const ofAll = fields.at(-1) ?? ''
  return {
    point: point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
    readOnly: [options, ofAll].some((list) => list.split(',').includes('ro')),
  }
}

function holds(point: string, path: string): boolean {
  return path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`)
}
