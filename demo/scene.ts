import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Prints one scene of a demo. */
export function scene(title: string): void {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 90 - title.length))}`)
}

export function say(...lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}

/** What a thief of the database would find: every row, with the bytes that are not zero counted, and whether `content` is readable anywhere. */
export function storeHolds(folder: string, content: string): readonly string[] {
  const db = new DatabaseSync(join(folder, 'sotto.db'), { readOnly: true })
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[]
  const rows = tables.map(({ name }) => {
    const all = db.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[]
    const bytes = all
      .flatMap(Object.values)
      .reduce<number>(
        (sum, value) => sum + (value instanceof Uint8Array ? value.filter(Boolean).length : 0),
        0,
      )
    return `  table ${name}: ${all.length} ${all.length === 1 ? 'row' : 'rows'}, ${bytes} bytes that are not zero`
  })
  db.close()
  const files = readdirSync(folder).filter((name) => name.startsWith('sotto.db') && !name.endsWith('.key'))
  const found = files.filter((name) => readFileSync(join(folder, name)).includes(content))
  return [
    'the store holds',
    ...rows,
    `  “${content}” can be read in ${found.length} of its files (${files.join(', ')})`,
  ]
}
