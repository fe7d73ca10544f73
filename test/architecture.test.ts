import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')

interface Import {
  /** Relative to src. */
  readonly from: string
  /** Relative to src, or a package's name. */
  readonly to: string
  readonly names: string
}

function sources(): readonly string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
}

function importsOf(path: string, text: string): readonly Import[] {
  const statement =
    /(?:^|\n)\s*(?:import|export)\s+([^'"]*?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
  return [...text.matchAll(statement)].map(([, names = '', fixed, lazy]) => {
    const target = fixed ?? lazy ?? ''
    return {
      from: path,
      to: target.startsWith('.') ? relative(src, resolve(src, dirname(path), target)) : target,
      names,
    }
  })
}

/** Every folder of an adapter; `adapter` itself is what they share. */
const platforms = readdirSync(join(src, 'bots'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'adapter')
  .map(({ name }) => `bots/${name}`)

/** Rooms within rooms: what they may reach differs from their neighbours. */
const inner = [...platforms, 'core/format']

/** The room of a file: its folder, with `root` for what only starts the rest. */
function room(path: string): string {
  const within = inner.find((name) => path.startsWith(`${name}/`))
  return within ?? (path.includes('/') ? path.slice(0, path.indexOf('/')) : 'root')
}

const arrows: Readonly<Record<string, readonly string[]>> = {
  root: ['app'],
  app: ['app', 'bots', ...platforms, 'core', 'core/format', 'store', 'web'],
  ...Object.fromEntries(platforms.map((each) => [each, [each, 'bots', 'core', 'core/format']])),
  bots: ['bots', 'core', 'core/format'],
  store: ['store', 'core', 'core/format'],
  web: ['web', 'core', 'core/format'],
  core: ['core', 'core/format'],
  'core/format': ['core/format'],
}

/** The packages that one room alone may load. */
const owners: Readonly<Record<string, string>> = {
  '@slack/': 'bots/slack',
  'discord.js': 'bots/discord',
  'discord-api-types': 'bots/discord',
  '@discordjs/': 'bots/discord',
  ioredis: 'store',
  'node:sqlite': 'store',
  hono: 'web',
  '@hono/': 'web',
}

function crossings(imports: readonly Import[]): readonly string[] {
  return imports.flatMap(({ from, to }) => {
    const owner = Object.entries(owners).find(
      ([name]) => to === name || to.startsWith(name.endsWith('/') ? name : `${name}/`),
    )
    if (owner && owner[1] !== room(from)) return [`${from} loads ${to}`]
    if (!to.endsWith('.ts')) return []
    return arrows[room(from)]?.includes(room(to)) ? [] : [`${from} reaches into ${to}`]
  })
}

const files = sources().map((path) => ({ path, text: readFileSync(join(src, path), 'utf8') }))
const imports = files.flatMap(({ path, text }) => importsOf(path, text))

describe('the structure', () => {
  it('follows the arrows of ARCHITECTURE.md', () => {
    expect(imports.length).toBeGreaterThan(50)
    expect(platforms).toContain('bots/slack')
    expect(crossings(imports)).toEqual([])
  })

  it('would see an arrow that is not there (counter-example)', () => {
    const broken = importsOf(
      'core/vault.ts',
      "import { App } from '@slack/bolt'\nimport type { Bot } from '../bots/adapter/bot.ts'\n",
    )
    expect(crossings(broken)).toEqual([
      'core/vault.ts loads @slack/bolt',
      'core/vault.ts reaches into bots/adapter/bot.ts',
    ])
  })

  it('opens the outer layer after a claim alone, and the inner one in the vault of chat', () => {
    const openers = imports
      .filter(({ to, names }) => to === 'core/outer.ts' && /\bopenOuter\b/.test(names))
      .map(({ from }) => from)
    expect(openers).toEqual(['core/claim.ts'])
    const claimers = imports
      .filter(({ to, names }) => to === 'core/claim.ts' && /\bclaim\b/.test(names))
      .map(({ from }) => from)
    expect(claimers).toEqual(['core/vault.ts', 'core/web-vault.ts'])
    const inner = imports.filter(
      ({ from, to, names }) =>
        to === 'core/format/suite1.ts' && /\bopen\b/.test(names) && !from.startsWith('web/'),
    )
    expect(inner.map(({ from }) => from)).toEqual(['core/vault.ts'])
  })

  it('reads the environment in config.ts and hands it over in main.ts', () => {
    const readers = files.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ path }) => path)
    expect(readers).toEqual(['main.ts'])
  })

  it('writes to no console', () => {
    expect(files.filter(({ text }) => /\bconsole\./.test(text)).map(({ path }) => path)).toEqual([])
  })

  it('draws no randomness that can be guessed', () => {
    expect(files.filter(({ text }) => /Math\.random/.test(text)).map(({ path }) => path)).toEqual([])
  })

  it('names a platform nowhere but in its room, and where old receipts are read', () => {
    const names = platforms.map((each) => each.slice('bots/'.length)).join('|')
    const quoted = new RegExp(`(['"\`])(${names})\\1`)
    const namers = files.filter(({ path, text }) => !platforms.includes(room(path)) && quoted.test(text))
    expect(namers.map(({ path }) => path)).toEqual(['bots/about.ts'])
  })

  it('loads a platform’s library only behind an import() of its bot', () => {
    const eager = imports.filter(
      ({ from, names, to }) => room(from) === 'app' && platforms.includes(room(to)) && names !== '',
    )
    expect(eager).toEqual([])
  })
})

/** What stands beside `src`, and which of it each may use; all of it may use `src`. */
const beside: Readonly<Record<string, readonly string[]>> = {
  doubles: [],
  demo: ['doubles'],
  bench: ['doubles'],
  mutate: [],
  test: ['doubles', 'demo', 'mutate'],
}

/** Imports from one folder beside `src` into another that it may not use. */
function strays(imports: readonly Import[]): readonly string[] {
  const folder = (path: string) => path.split('/')[1] ?? ''
  return imports.flatMap(({ from, to }) => {
    const [own, other] = [folder(from), folder(to)]
    const allowed = own === other || !(other in beside) || beside[own]?.includes(other)
    return allowed || !to.startsWith('../') ? [] : [`${from} reaches into ${to}`]
  })
}

describe('what stands beside src', () => {
  const root = resolve(src, '..')
  const imports = Object.keys(beside).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path))
      .flatMap((path) => importsOf(join('..', path), readFileSync(join(root, path), 'utf8'))),
  )

  it('never mixes: bench and tests, doubles and demo stand on nothing of one another but the doubles', () => {
    expect(imports.length).toBeGreaterThan(500)
    expect(strays(imports)).toEqual([])
  })

  it('would be seen mixing (counter-examples)', () => {
    const broken = [
      ...importsOf('../bench/chat.ts', "import { stage } from '../test/bots/discord/stage.ts'"),
      ...importsOf('../test/some.test.ts', "export { measure } from '../bench/measure.ts'"),
      ...importsOf('../doubles/slack/world.ts', "import '../../demo/play.ts'"),
      ...importsOf('../bench/chat.ts', "import { cast } from '../doubles/slack/cast.ts'"),
    ]
    expect(strays(broken)).toEqual([
      '../bench/chat.ts reaches into ../test/bots/discord/stage.ts',
      '../test/some.test.ts reaches into ../bench/measure.ts',
      '../doubles/slack/world.ts reaches into ../demo/play.ts',
    ])
  })
})

/** The rooms of ARCHITECTURE.md's map with the files that it names in them. */
function mapOf(page: string): ReadonlyMap<string, readonly string[]> {
  const [, map = ''] = page.split('## Where things are\n\n```\n')
  const rooms = new Map<string, string[]>()
  let room = ''
  for (const row of (map.split('\n```')[0] ?? '').split('\n')) {
    const [, path, rest = ''] = /^(\S+)\s*(.*)$/.exec(row) ?? []
    if (path !== undefined) {
      room = path
      rooms.set(room, [])
    }
    const names = path === undefined ? (row.trim().split(/ {2,}/)[0] ?? '') : (rest.split(': ').at(-1) ?? '')
    if (/^[\w-]+( · [\w-]+)*$/.test(names) && (path === undefined || names.includes(' · ')))
      rooms.get(room)?.push(...names.split(' · '))
  }
  return rooms
}

describe('the map in ARCHITECTURE.md', () => {
  const root = resolve(src, '..')
  const map = mapOf(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))
  const rooms = new Set(files.map(({ path }) => `src/${dirname(path)}/`.replace('/./', '/')))
  // Each of the browser's pages is a file or two, named after it.
  const open = ['src/', 'src/web/pages/']

  it('names every room of src, and none that is not there', () => {
    const named = [...map.keys()].filter((path) => path.startsWith('src/') && path.endsWith('/'))
    expect(named.sort()).toEqual([...rooms].filter((room) => room !== 'src/').sort())
    for (const path of map.keys()) expect(existsSync(join(root, path)), path).toBe(true)
  })

  it.each([...rooms].filter((room) => !open.includes(room)))('names every file of %s', (room) => {
    const there = readdirSync(join(root, room)).filter((name) => name.endsWith('.ts'))
    expect([...(map.get(room) ?? [])].sort()).toEqual(there.map((name) => name.replace(/\.ts$/, '')).sort())
  })
})
