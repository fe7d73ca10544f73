import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

interface Source {
  /** Relative to the project. */
  readonly path: string
  readonly text: string
}

interface Export {
  readonly path: string
  readonly name: string
  readonly documented: boolean
}

function sources(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** What a file exports, and whether a docstring stands right before it. What it only passes on has its docstring elsewhere. */
function exportsOf({ path, text }: Source): readonly Export[] {
  const declared =
    /(?<doc>\/\*\*(?:(?!\*\/).)*\*\/\n)?^export (?:declare |abstract |async )*(?:function\*?|const|let|class|interface|type|enum) (?<name>\w+)/gms
  // The docstring of a function stands before the first of its overloads.
  const documented = new Map<string, boolean>()
  for (const { groups } of text.matchAll(declared)) {
    const { name = '', doc } = groups ?? {}
    if (!documented.has(name)) documented.set(name, doc !== undefined)
  }
  const own = [...documented].map(([name, documented]) => ({ path, name, documented }))
  const passedOn = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
    namesIn(list).map((name) => ({ path, name, documented: true })),
  )
  return [...own, ...passedOn]
}

function namesIn(list: string): readonly string[] {
  return list.split(',').flatMap((each) => /^\s*(?:type\s+)?(\w+)/.exec(each)?.[1] ?? [])
}

/** `path name` of everything that a file takes from other files of the project. */
function importsOf({ path, text }: Source): readonly string[] {
  const target = (from: string) => relative(root, resolve(root, dirname(path), from))
  const fixed = [
    ...text.matchAll(/(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/g),
  ].flatMap(([, list = '', from = '']) => namesIn(list).map((name) => `${target(from)} ${name}`))
  // Of a module that is loaded later, or whole, every word of this file may be meant.
  const later = [...text.matchAll(/(?:import\(|\* as \w+ from )\s*'(\.[^']+)'/g)].flatMap(([, from = '']) =>
    [...new Set(text.match(/\w+/g))].map((name) => `${target(from)} ${name}`),
  )
  return [...fixed, ...later]
}

const everywhere = ['src', 'test', 'bench', 'doubles', 'demo', 'mutate'].flatMap(sources)
const covered = everywhere.filter(({ path }) => path.startsWith(join('src', '/')))

function undocumented(files: readonly Source[]): readonly string[] {
  return files
    .flatMap(exportsOf)
    .flatMap(({ path, name, documented }) => (documented ? [] : [`${path} ${name}`]))
}

function unused(files: readonly Source[], importers: readonly Source[]): readonly string[] {
  const imported = new Set(importers.flatMap(importsOf))
  return files
    .flatMap(exportsOf)
    .map(({ path, name }) => `${path} ${name}`)
    .filter((each) => !imported.has(each))
}

describe('every export', () => {
  it('has a docstring', () => {
    expect(covered.length).toBeGreaterThan(50)
    expect(undocumented(covered)).toEqual([])
  })

  it('is for another file: what only its own file uses is not exported', () => {
    expect(unused(covered, everywhere)).toEqual([])
  })

  it('would be found without one, or without use (counter-examples)', () => {
    const broken: Source = {
      path: 'src/core/counter-example.ts',
      text: [
        '/** Documented. */',
        'export const used = 1',
        'export async function bare() {}',
        '/** Of something else. */',
        'const inner = 2',
        'export interface Alone {}',
        '/** Of both. */',
        'export function twice(one: string): string',
        'export function twice(one: number): number',
        'export function twice(one: unknown) {}',
        '',
      ].join('\n'),
    }
    const importer = {
      path: 'test/some.ts',
      text: "import { bare, twice, used as other } from '../src/core/counter-example.ts'",
    }
    expect(undocumented([broken])).toEqual([
      'src/core/counter-example.ts bare',
      'src/core/counter-example.ts Alone',
    ])
    expect(unused([broken], [importer])).toEqual(['src/core/counter-example.ts Alone'])
    const later = {
      path: 'src/later.ts',
      text: "const { Alone } = await import('./core/counter-example.ts')",
    }
    expect(unused([broken], [importer, later])).toEqual([])
  })
})
