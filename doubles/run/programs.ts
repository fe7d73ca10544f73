import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** The package managers that we know, in the order in which they are looked for, and how each installs. */
export const managers = {
  'apt-get': 'apt-get install',
  dnf: 'dnf install',
  apk: 'apk add',
  pacman: 'pacman -S',
  brew: 'brew install',
} as const

export type Manager = keyof typeof managers

/** A program that tests and benches start, and that no npm package brings. */
export interface Program {
  /** What it may be called, or where it may be; the first that is there runs. */
  readonly names: readonly string[]
  /** What it comes with. */
  readonly packages: Readonly<Record<Manager, string>>
}

export const programs = {
  redis: {
    names: ['redis-server'],
    packages: { 'apt-get': 'redis-server', dnf: 'redis', apk: 'redis', pacman: 'redis', brew: 'redis' },
  },
  chromium: {
    names: [
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    packages: {
      'apt-get': 'chromium',
      dnf: 'chromium',
      apk: 'chromium',
      pacman: 'chromium',
      brew: 'google-chrome',
    },
  },
  python: {
    names: ['python3'],
    packages: { 'apt-get': 'python3', dnf: 'python3', apk: 'python3', pacman: 'python', brew: 'python' },
  },
} as const satisfies Record<string, Program>

/** Where the first of these names is that can be run: absolute, or in the folders of `path`. Absent: nowhere. */
export function find(
  names: readonly string[],
  path: string | undefined = process.env['PATH'],
): string | undefined {
  const folders = path?.split(delimiter).filter((folder) => folder !== '') ?? []
  const places = names.flatMap((name) =>
    isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)),
  )
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
