import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { argv, pid, stdout } from 'node:process'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const root = resolve(import.meta.dirname, '../..')
const pagesFolder = join(root, 'src/web/pages')

/** Where the built pages are, for `readAssets`. */
export const builtPages = join(root, 'dist/web')

const stampName = '.sources'
const pages = ['index', 's', 'r', 'd', 'error']
const partial = /<!-- (head|top|foot) -->/g

/**
 * Builds the browser's pages with Vite, each into one script of its own: what a page runs can be read whole, and its
 * hash in the page covers all of it. Does nothing when `dist/web` was built from the same sources.
 */
export async function buildPages(): Promise<'built' | 'fresh'> {
  const stamp = join(builtPages, stampName)
  const sources = await hashOfSources()
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === sources) return 'fresh'
  const { build } = await import('vite')
  // Beside it, and then in its place: whoever reads the pages meanwhile finds them whole.
  const outDir = `${builtPages}.${pid}`
  for (const page of pages) {
    await build({
      root: pagesFolder,
      configFile: false,
      logLevel: 'warn',
      build: {
        outDir,
        emptyOutDir: false,
        target: 'es2022',
        modulePreload: false,
        assetsInlineLimit: 0,
        rolldownOptions: { input: join(pagesFolder, `${page}.html`) },
      },
      plugins: [
        {
          name: 'partials',
          transformIndexHtml: { order: 'pre', handler: (html: string) => withPartials(html) },
        },
      ],
    })
  }
  for (const page of pages) await addIntegrity(outDir, `${page}.html`)
  for (const name of await readdir(outDir, { recursive: true })) await compress(join(outDir, name))
  await writeFile(join(outDir, stampName), sources)
  await rm(builtPages, { recursive: true, force: true })
  await rename(outDir, builtPages)
  return 'built'
}

async function withPartials(html: string): Promise<string> {
  const parts = new Map<string, string>()
  for (const [, name = ''] of html.matchAll(partial))
    parts.set(name, (await readFile(join(pagesFolder, `${name}.html`), 'utf8')).trim())
  return html.replaceAll(partial, (_, name: string) => parts.get(name) ?? '')
}

/** Subresource integrity for everything that the page loads by itself. */
async function addIntegrity(folder: string, name: string): Promise<void> {
  const path = join(folder, name)
  const html = await readFile(path, 'utf8')
  const hashes = new Map<string, string>()
  for (const [, file = ''] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const digest = createHash('sha384')
      .update(await readFile(join(folder, file)))
      .digest('base64')
    hashes.set(file, `sha384-${digest}`)
  }
  const withHashes = html.replaceAll(
    /((?:src|href)="(\/assets\/[^"]+)")/g,
    (_, attribute: string, file: string) => `${attribute} integrity="${hashes.get(file) ?? ''}"`,
  )
  await writeFile(path, withHashes)
}

/** Beside every text its gzip and Brotli form: made once here, not at every start. */
async function compress(path: string): Promise<void> {
  if (!/\.(html|js|css|svg|txt)$/.test(path)) return
  const plain = await readFile(path)
  await writeFile(`${path}.gz`, gzipSync(plain, { level: 9 }))
  await writeFile(`${path}.br`, brotliCompressSync(plain))
}

/** Of everything that can end up in a page: the browser's code, the core, and the versions of what they import. */
async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of ['src/web', 'src/core']) {
    const names = (await readdir(join(root, folder), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
    for (const name of names) hash.update(name.slice(root.length)).update(await readFile(name))
  }
  hash.update(await readFile(join(root, 'package-lock.json')))
  return hash.digest('hex')
}

if (argv[1] === import.meta.filename) {
  const began = performance.now()
  const result = await buildPages()
  if (result === 'built') stdout.write(`Built the pages in ${Math.round(performance.now() - began)} ms.\n`)
}
