import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(resolve(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The files and folders of the project that a document names in code marks or links to. */
function named(document: string): readonly string[] {
  const text = readFileSync(resolve(root, document), 'utf8')
  const marked = [
    ...text.matchAll(/`((?:src|test|bench|docs|doubles|demo|scripts|mutate|\.ci)\/[\w./-]+)`/g),
  ].map(([, path = '']) => path)
  const folder = document.startsWith('docs/') ? document.slice(0, document.lastIndexOf('/') + 1) : ''
  const linked = [...text.matchAll(/\]\((?!https?:)([\w./-]+)\)/g)].map(([, path = '']) => folder + path)
  return [...marked, ...linked]
}

describe('the documents', () => {
  it.each(documents)('%s names only files that are there', (document) => {
    expect(named(document).filter((path) => !existsSync(resolve(root, path)))).toEqual([])
  })

  it('start Sotto directly just as npm does', () => {
    const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
    expect(readFileSync(resolve(root, 'docs/operations.md'), 'utf8')).toContain(`\n${scripts.start}\n`)
  })

  it('name the tests that hold their promises', () => {
    expect(named('SECURITY.md').filter((path) => path.startsWith('test/')).length).toBeGreaterThan(20)
  })
})
