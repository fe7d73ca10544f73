import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type Visitors } from '../../doubles/run/browser.ts'
import { argon2, openSite, type Site } from '../../doubles/run/site.ts'
import { Secret } from '../../src/core/format/secret.ts'
import { printToken } from '../../src/core/format/token.ts'
import { safeName } from '../../src/core/format/web-content.ts'
import { sealForLink } from '../../src/web/pages/sealing.ts'
import { payloads } from './hostile.ts'

const reports = 'globalThis.reports ?? []'

/** Counts what a policy refused, in the page itself. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(`
    globalThis.reports = []
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => reports.push(violatedDirective))`)
}

describe('hostile text', () => {
  let site: Site
  let visitors: Visitors

  beforeAll(async () => {
    site = await openSite()
    visitors = await openBrowser()
  })
  afterAll(async () => {
    await visitors.close()
    await site.close()
  })

  async function harmless(page: Page, complaints: readonly string[]): Promise<void> {
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined()
    expect(await page.evaluate(reports)).toEqual([])
    expect(complaints).toEqual([])
    expect(new URL(page.url()).origin).toBe(site.url)
  }

  it('is shown byte for byte, and does nothing, 300 times', { timeout: 600_000 }, async () => {
    expect(new Set(payloads).size).toBe(300)
    const { page, complaints, close } = await visitors.visitor()
    await page.goto(`${site.url}/s`)
    await watch(page)
    for (const payload of payloads) {
      const { token } = await site.keep(payload)
      // A link pasted over the last one: the same page begins anew.
      const text = await page.evaluate(
        `new Promise((resolve) => {
          const text = document.querySelector('#text')
          new MutationObserver((_, observer) => {
            if (text.textContent === '') return
            observer.disconnect()
            resolve(text.textContent)
          }).observe(text, { childList: true })
          const show = document.querySelector('#show')
          const cover = document.querySelector('[data-view=cover]')
          new MutationObserver((_, observer) => {
            if (cover.hidden) return
            observer.disconnect()
            show.click()
          }).observe(cover, { attributes: true })
          location.hash = '${printToken(token)}'
        })`,
      )
      if (text !== payload) expect({ payload, text }).toEqual({ payload, text: payload })
    }
    await harmless(page, complaints)
    await close()
  })

  it('as a file’s name is shown as text and saved under something harmless', async () => {
    const { page, complaints, close } = await visitors.visitor()
    await page.goto(`${site.url}/s`)
    await watch(page)
    for (const name of payloads.filter((_, at) => at % 25 === 0)) {
      const expiresAt = (await site.vault.now()) + 86_400_000
      const sealed = await sealForLink(
        { what: 'file', name, bytes: Secret.fromText('x').bytes() },
        { expiresAt, argon2 },
      )
      await site.post('/api/v1/files', sealed.body)
      await page.evaluate(`location.hash = '${printToken(sealed.token)}'`)
      await page.locator('#show').click()
      await page.locator('#file-name:not(:empty)').waitFor()
      const shown = (await page.locator('#file-name').textContent()) ?? ''
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}/\\:*?"<>|]|^\./u)
      expect(shown.length).toBeGreaterThan(0)
    }
    await harmless(page, complaints)
    await close()
  })

  it('as who asks and what for is shown as text on the drop page', async () => {
    const { page, complaints, close } = await visitors.visitor()
    await page.goto(`${site.url}/d`)
    await watch(page)
    for (const payload of payloads.filter((payload, at) => at % 20 === 1 && payload.length < 300)) {
      const { token } = await site.ask({ from: payload, note: payload })
      await page.evaluate(`location.hash = '${printToken(token)}'`)
      await expect.poll(() => page.locator('#note').evaluate((note) => note.textContent)).toBe(payload)
      // Chat keeps a name on one line.
      const name = payload.replaceAll('\n', ' ')
      expect(await page.locator('#from').evaluate((from) => from.textContent)).toBe(name)
    }
    await harmless(page, complaints)
    await close()
  })

  it('would be stopped and reported even by a page that took it for HTML (counter-example)', async () => {
    const { page, close } = await visitors.visitor()
    await page.goto(`${site.url}/s`)
    await watch(page)
    const outcome = await page.evaluate(`(() => {
      try {
        document.querySelector('#text').innerHTML = '<img src=x onerror="globalThis.pwned=1">'
        return 'taken'
      } catch {
        return 'refused'
      }
    })()`)
    expect(outcome).toBe('refused')
    expect(await page.evaluate(reports)).toEqual(['require-trusted-types-for'])
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined()
    await close()
  })

  it.each([
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..', 'file'],
    ['', 'file'],
    ['\u202Efdp.exe', 'fdp.exe'],
    ['a\u0000b\nc.txt', 'abc.txt'],
    ['C:\\windows\\x.ps1', 'C__windows_x.ps1'],
    ['.bashrc', 'bashrc'],
    ['plain name.txt', 'plain name.txt'],
  ])('%j is saved as %j', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })
})
