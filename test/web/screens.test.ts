import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type Visitor, type Visitors } from '../../doubles/run/browser.ts'
import { argon2, openSite, type Site } from '../../doubles/run/site.ts'
import { printReceiptToken } from '../../src/core/format/receipt-token.ts'
import { derive } from '../../src/core/format/suite1.ts'
import { printToken } from '../../src/core/format/token.ts'
import { sealForLink } from '../../src/web/pages/sealing.ts'

const folder = resolve(import.meta.dirname, '../.artifacts')
const axe = readFileSync(resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly unknown[]
  }[]
}

/** axe runs in a page that our policy leaves as it is: through the debugger, not as a script of the page. */
async function audit(page: Page, options = '{}'): Promise<readonly string[]> {
  await page.evaluate(axe)
  const result = (await page.evaluate(`axe.run(${options})`)) as AxeResult
  return result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} × ${nodes.length}`)
}

describe('every page, as people see it', () => {
  let site: Site
  let visitors: Visitors

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    site = await openSite()
    visitors = await openBrowser()
  })
  afterAll(async () => {
    await visitors.close()
    await site.close()
  })

  const heading = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor()

  const screens: Record<string, (page: Page) => Promise<void>> = {
    async compose(page) {
      await page.goto(site.url)
      await heading(page, 'Send a secret, once')
    },
    async 'compose-generator'(page) {
      await page.goto(site.url)
      await page.getByText('Need a new password?').click()
      await page.locator('#made:not(:empty)').waitFor()
    },
    async 'compose-file'(page) {
      await page.goto(site.url)
      await page.locator('label', { hasText: 'A file' }).click()
    },
    async 'compose-error'(page) {
      await page.goto(site.url)
      await page.getByRole('button', { name: 'Seal it' }).click()
      await page.getByText('Type a secret first.').waitFor()
    },
    async link(page) {
      await page.goto(site.url)
      await page.getByLabel('Secret', { exact: true }).fill('correct horse battery staple')
      await page.getByLabel('Passphrase').fill('swordfish')
      await page.getByRole('button', { name: 'Seal it' }).click()
      await heading(page, 'Sealed. Here is the link')
      await page.getByText('Show it as a QR code').click()
    },
    async cover(page) {
      const { token } = await site.keep('a secret')
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await heading(page, 'Someone sent you a secret')
    },
    async 'cover-wrong'(page) {
      const { token } = await site.keep('a secret', 'swordfish')
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await page.getByLabel('Passphrase').fill('marlin')
      await page.getByRole('button', { name: 'Show the secret' }).click()
      await page.getByText('That is not the passphrase.').waitFor()
    },
    async text(page) {
      const { token } = await site.keep('postgres://app:Z7#kq!pX@db.internal:5432/app\nvalid until Friday')
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await page.getByRole('button', { name: 'Show the secret' }).click()
      await heading(page, 'Your secret')
    },
    async file(page) {
      const expiresAt = (await site.vault.now()) + 86_400_000
      const bytes = new Uint8Array(48_213)
      const { body, token } = await sealForLink(
        { what: 'file', name: 'deploy-key (production).pem', bytes },
        { expiresAt, argon2 },
      )
      await site.post('/api/v1/files', body)
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await page.getByRole('button', { name: 'Show the secret' }).click()
      await heading(page, 'Your file')
    },
    async hidden(page) {
      const { token } = await site.keep('a secret')
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await page.getByRole('button', { name: 'Show the secret' }).click()
      await page.getByRole('button', { name: 'I have it, hide it now' }).click()
      await heading(page, 'Hidden')
    },
    async opening(page) {
      const { token, body } = await site.keep('a secret')
      const proof = derive(token).unlock().proof()
      await site.vault.claim({ id: body.id, proof, claimId: new Uint8Array(16) })
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await heading(page, 'It is being opened somewhere else')
    },
    async gone(page) {
      const { token, receipt } = await site.keep('a secret')
      await site.vault.burn(receipt.id, receipt.proof)
      await page.goto(`${site.url}/s#${printToken(token)}`)
      await heading(page, 'This secret cannot be opened')
    },
    async incomplete(page) {
      await page.goto(`${site.url}/s`)
      await heading(page, 'The link is not complete')
    },
    async receipt(page) {
      const { receipt } = await site.keep('a secret')
      await page.goto(`${site.url}/r#${printReceiptToken(receipt)}`)
      await heading(page, 'Sealed, not opened yet')
    },
    async 'receipt-burn'(page) {
      const { receipt } = await site.keep('a secret')
      await page.goto(`${site.url}/r#${printReceiptToken(receipt)}`)
      await page.getByRole('button', { name: 'Burn it now' }).click()
    },
    async 'receipt-burned'(page) {
      const { receipt } = await site.keep('a secret')
      await site.vault.burn(receipt.id, receipt.proof)
      await page.goto(`${site.url}/r#${printReceiptToken(receipt)}`)
      await heading(page, 'Burned unread')
    },
    async drop(page) {
      const { token } = await site.ask({
        from: 'Ada Lovelace',
        note: 'The root password of the staging database',
      })
      await page.goto(`${site.url}/d#${printToken(token)}`)
      await heading(page, 'Ada Lovelace asks you for a secret')
    },
    async 'drop-done'(page) {
      const { token } = await site.ask({ from: 'Ada Lovelace' })
      await page.goto(`${site.url}/d#${printToken(token)}`)
      await page.getByLabel('Secret', { exact: true }).fill('from outside')
      await page.getByRole('button', { name: 'Seal it and hand it over' }).click()
      await heading(page, 'Handed over')
    },
    async 'drop-closed'(page) {
      await page.goto(`${site.url}/d#d1.${'A'.repeat(43)}`)
      await heading(page, 'This link is closed')
    },
    async 'not-found'(page) {
      await page.goto(`${site.url}/nothing`)
      await heading(page, 'There is nothing at this address')
    },
  }

  it('fits, reads well to axe in both themes and says nothing to the console', {
    timeout: 600_000,
  }, async () => {
    const { page, complaints, close }: Visitor = await visitors.visitor({ reducedMotion: 'reduce' })
    for (const [name, open] of Object.entries(screens)) {
      await page.goto('about:blank')
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width: 320, height: 600 })
      await open(page)
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect(overflow, `${name}: wider than 320 px`).toBe(0)
      expect(await audit(page), `${name}: axe`).toEqual([])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        for (const width of [360, 1280]) {
          await page.setViewportSize({ width, height: 800 })
          const path = join(folder, `${name}-${width}-${colorScheme}.jpg`)
          await page.screenshot({ path, fullPage: true, quality: 85 })
        }
      }
      // What a theme can break is its colours.
      expect(await audit(page, `{ runOnly: ['color-contrast'] }`), `${name}: axe in dark`).toEqual([])
    }
    expect(complaints).toEqual([])
    await close()
  })

  it('would be told by axe of a button without a name (counter-example)', async () => {
    const { page, close } = await visitors.visitor()
    await page.goto(site.url)
    await page.evaluate(`document.querySelector('#seal').textContent = ''`)
    expect(await audit(page)).toEqual(['button-name × 1'])
    await close()
  })
})
