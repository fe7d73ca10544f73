import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'sotto-types-'))

/** What the compiler says of a room with one more file in it, by that room's own settings: a line for each mistake. */
function mistakes(room: string, broken: string): Promise<readonly string[]> {
  const name = room.replaceAll('/', '-')
  const file = join(folder, `${name}.mts`)
  const project = join(folder, `${name}.json`)
  writeFileSync(file, broken)
  const include = [file, join(root, room)]
  writeFileSync(project, JSON.stringify({ extends: join(root, room, 'tsconfig.json'), include, exclude: [] }))
  return new Promise((found) => {
    execFile(join(root, 'node_modules/.bin/tsc'), ['-p', project, '--pretty', 'false'], (_, stdout) =>
      found(stdout.split('\n').filter((line) => line.includes('error TS'))),
    )
  })
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['src/core/format', 'src/web/pages'])('%s, which runs in the browser', (room) => {
  it('knows nothing of Node: its Buffer, its process and its modules are mistakes (counter-example)', async () => {
    const found = await mistakes(
      room,
      [
        "import { readFileSync } from 'node:fs'",
        "export const bytes = Buffer.from('x')",
        'export const id = process.pid',
        'export const read = readFileSync',
      ].join('\n'),
    )
    expect(found.map((line) => /'(node:fs|Buffer|process)'/.exec(line)?.[1])).toEqual([
      'node:fs',
      'Buffer',
      'process',
    ])
  })

  it('is checked by npm run check', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: { readonly check: string }
    }
    expect(scripts.check.split(' && ')).toContain(`tsc -p ${room}`)
  })
})
