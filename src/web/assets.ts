import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type Surface, securityHeaders } from './server/headers.ts'

/** Everything static, by its path; read once at start, so that nothing on the disk can be asked for. */
export interface Assets {
  /** The answer to a GET of this path, or undefined. `status` for error pages. */
  serve(path: string, acceptEncoding: string, status?: number): Response | undefined
  readonly paths: readonly string[]
}

interface Asset {
  readonly surface: Surface
  readonly type: string
  readonly plain: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
  readonly brotli: Uint8Array<ArrayBuffer>
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
}

/** The page that answers where there is nothing. */
export const errorPage = '/error'

/**
 * Reads the built pages: `s.html` answers at `/s`, `index.html` at `/`.
 * @throws when the folder is not there: the pages are built with `npm run build`
 */
export function readAssets(folder: string, publicUrl: string): Assets {
  const assets = new Map<string, Asset>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[name.slice(name.lastIndexOf('.') + 1)]
    if (type === undefined) continue
    const path = join(folder, name)
    assets.set(pathOf(name), {
      surface: surfaceOf(name),
      type,
      plain: read(path),
      gzip: read(`${path}.gz`),
      brotli: read(`${path}.br`),
    })
  }

  return {
    paths: [...assets.keys()],
    serve(path, acceptEncoding, status = 200) {
      const asset = assets.get(path)
      if (asset === undefined) return undefined
      const { surface, type, plain, gzip, brotli } = asset
      const encoding = /\bbr\b/.test(acceptEncoding) ? 'br' : /\bgzip\b/.test(acceptEncoding) ? 'gzip' : ''
      const body = encoding === 'br' ? brotli : encoding === 'gzip' ? gzip : plain
      return new Response(body, {
        status,
        headers: {
          ...securityHeaders(surface, publicUrl),
          'content-type': type,
          'content-length': String(body.length),
          vary: 'accept-encoding',
          ...(encoding !== '' && { 'content-encoding': encoding }),
        },
      })
    },
  }
}

function read(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path))
}

function pathOf(name: string): string {
  const path = `/${name.split(sep).join('/')}`
  return path === '/index.html' ? '/' : path.replace(/\.html$/, '')
}

function surfaceOf(name: string): Surface {
  if (name.endsWith('.html')) return 'page'
  if (!name.startsWith('assets')) return 'data'
  return /worker[^/]*\.js$/.test(name) ? 'worker' : 'asset'
}
