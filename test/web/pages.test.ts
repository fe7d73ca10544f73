import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildPages, builtPages } from '../../src/web/build.ts'

const read = (name: string) => readFileSync(join(builtPages, name), 'utf8')

describe('the built pages', () => {
  let html: readonly (readonly [name: string, text: string])[]

  beforeAll(async () => {
    await buildPages()
    html = readdirSync(builtPages)
      .filter((name) => name.endsWith('.html'))
      .map((name) => [name, read(name)] as const)
  })

  const loaded = (text: string) => [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)" integrity="([^"]+)"/g)]

  it('load one script of at most 60 kB each, gzipped, and one style', () => {
    expect(html).toHaveLength(5)
    for (const [name, text] of html) {
      const scripts = loaded(text).filter(([, file = '']) => file.endsWith('.js'))
      expect([name, scripts.length]).toEqual([name, name === 'error.html' ? 0 : 1])
      for (const [, file = ''] of scripts) expect(gzipSync(read(file)).length).toBeLessThan(60_000)
    }
  })

  it('say the hash of everything that they load', () => {
    for (const [, text] of html) {
      for (const [, file = '', integrity] of loaded(text)) {
        const hash = createHash('sha384').update(read(file)).digest('base64')
        expect(integrity).toBe(`sha384-${hash}`)
      }
      expect(text.match(/<script(?![^>]*integrity)/)).toBeNull()
    }
  })

  it('have nothing inline, and nothing from anywhere else', () => {
    for (const [, text] of html) {
      expect(text).not.toMatch(/ style=| on\w+=|<style|<script(?![^>]*src=)|javascript:/)
      expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//)
    }
  })

  it('take the fragment out of the address bar before they do anything else', () => {
    for (const [name, text] of html.filter(([name]) => name !== 'error.html')) {
      const script = read(loaded(text).find(([, file = '']) => file.endsWith('.js'))?.[1] ?? '')
      const at = script.indexOf('history.replaceState(')
      expect([name, at > 0]).toEqual([name, true])
      for (const waiting of ['await ', 'fetch(', 'setTimeout(', '.then(']) {
        const first = script.indexOf(waiting)
        if (first >= 0) expect([name, waiting, at < first]).toEqual([name, waiting, true])
      }
    }
  })
})
