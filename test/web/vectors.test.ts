import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type Visitors } from '../../doubles/run/browser.ts'
import { type Ran, runVectors, type VectorFile } from './vector-run.ts'

interface Known extends VectorFile {
  readonly accepts: readonly (VectorFile['accepts'][number] & {
    readonly expect: Readonly<Record<string, unknown>>
  })[]
  readonly rejects: readonly (VectorFile['rejects'][number] & { readonly why: string })[]
}

const file = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/suite1-v1.json'), 'utf8')) as Known

/** Suite 1 as Vite builds it for the browser, in one script. */
async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-vectors-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      target: 'es2022',
      lib: {
        entry: join(import.meta.dirname, 'vector-run.ts'),
        formats: ['iife'],
        name: 'suite1',
        fileName: () => 'run.js',
      },
    },
  })
  const script = readFileSync(join(folder, 'run.js'), 'utf8')
  rmSync(folder, { recursive: true })
  return script
}

describe('suite 1 in Chromium', () => {
  let visitors: Visitors

  beforeAll(async () => {
    visitors = await openBrowser()
  })
  afterAll(() => visitors.close())

  it('agrees with Node and with the vector file on every value and every refusal', async () => {
    const { page, close } = await visitors.visitor()
    await page.evaluate(`${await bundle()}; globalThis.suite1 = suite1`)
    const inBrowser = (await page.evaluate(`suite1.runVectors(${JSON.stringify(file)})`)) as Ran
    const inNode = await runVectors(file)
    expect(inBrowser).toEqual(inNode)
    for (const { name, expect: known } of file.accepts) {
      const ran = inBrowser.accepts[name]!
      for (const field of [
        'id',
        'key',
        'commitment',
        'proof',
        'proofHash',
        'answerProof',
        'recipient',
        'kdf',
      ])
        expect([name, field, ran[field]]).toEqual([name, field, known[field]])
      expect(ran['stretched']).toBe(known['stretched'] ?? '')
    }
    expect(inBrowser.rejects).toEqual(Object.fromEntries(file.rejects.map(({ name, why }) => [name, why])))
    await close()
  })

  it('would be seen to differ by one bit (counter-example)', async () => {
    const [vector] = file.accepts
    const altered = { ...vector!, nonce: `00${vector!.nonce.slice(2)}` }
    const ran = await runVectors({ accepts: [altered], rejects: [] })
    const right = await runVectors({ accepts: [vector!], rejects: [] })
    expect(ran).not.toEqual(right)
  })
})
