import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type Visitor, type Visitors } from '../../doubles/run/browser.ts'
import { asker, openSite, type Site } from '../../doubles/run/site.ts'
import { argon2Queue } from '../../src/core/argon2-queue.ts'
import { printReceiptToken } from '../../src/core/format/receipt-token.ts'
import { printToken } from '../../src/core/format/token.ts'
import { vault } from '../../src/core/vault.ts'
import type { WebApp } from '../../src/web/api/app.ts'

const h1 = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
const press = (page: Page, name: string) => page.getByRole('button', { name }).click()
const shown = (page: Page) => page.locator('#text').evaluate((element) => element.textContent)

/** Serves altered scripts to one browser; its pages lose the hashes that would refuse them. */
async function mutate(context: BrowserContext, from: string, to: string): Promise<void> {
  await context.route('**/*', async (route) => {
    const type = route.request().resourceType()
    if (type !== 'document' && type !== 'script') return route.continue()
    const response = await route.fetch()
    const text = await response.text()
    const body = type === 'script' ? text.replaceAll(from, to) : text.replaceAll(/ integrity="[^"]+"/g, '')
    return route.fulfill({ response, body })
  })
}

describe('a one-time link, in Chromium', () => {
  let site: Site
  let visitors: Visitors
  let tear: ((request: Request) => boolean) | undefined

  /** Cuts an answer off in its middle, as a broken connection does. */
  const tearing = (app: WebApp): WebApp => ({
    async fetch(request, info) {
      const answer = await app.fetch(request, info)
      if (!tear?.(request)) return answer
      const text = await answer.text()
      const headers = new Headers(answer.headers)
      headers.set('content-length', String(text.length))
      headers.set('connection', 'close')
      return new Response(text.slice(0, text.length / 2), { status: answer.status, headers })
    },
  })

  beforeAll(async () => {
    site = await openSite({ around: tearing })
    visitors = await openBrowser()
  })
  afterAll(async () => {
    await visitors.close()
    await site.close()
  })

  async function linkTo(text: string, passphrase?: string): Promise<string> {
    const { token } = await site.keep(text, passphrase)
    return `${site.url}/s#${printToken(token)}`
  }

  async function compose(
    page: Page,
    text: string,
    passphrase = '',
  ): Promise<{ link: string; receipt: string }> {
    await page.goto(site.url)
    await page.getByLabel('Secret', { exact: true }).fill(text)
    await page.getByLabel('Passphrase').fill(passphrase)
    await press(page, 'Seal it and make a link')
    await h1(page, 'Sealed. Here is the link')
    const link = await page.getByLabel('Link to send').inputValue()
    return { link, receipt: await page.getByLabel('Link to keep for yourself').inputValue() }
  }

  async function visit(act: (visitor: Visitor) => Promise<void>): Promise<void> {
    const visitor = await visitors.visitor()
    await act(visitor)
    expect(visitor.complaints).toEqual([])
    await visitor.close()
  }

  it('goes from one browser to another once, with a receipt, and nothing secret in any address', async () => {
    const canary = `canary-${randomBytes(9).toString('hex')}\twith\n  spaces and 🗝`
    await visit(async (sender) => {
      const { link, receipt } = await compose(sender.page, canary)
      expect(link).toMatch(new RegExp(`^${site.url}/s#w1\\.[\\w-]{43}$`))
      const token = link.split('#w1.')[1]!
      await visit(async (reader) => {
        await reader.page.goto(link)
        await h1(reader.page, 'Someone sent you a secret')
        expect(reader.page.url()).toBe(`${site.url}/s`)
        expect(await reader.page.evaluate('history.length')).toBeLessThan(3)
        await press(reader.page, 'Show the secret')
        await h1(reader.page, 'Your secret')
        expect(await shown(reader.page)).toBe(canary)
        await reader.page.getByText('I have it, hide it now').click()
        await h1(reader.page, 'Hidden')
        expect(await reader.page.content()).not.toContain('canary-')
        expect([...reader.sent, ...sender.sent].filter((line) => line.includes(token))).toEqual([])
        expect([...reader.sent, ...sender.sent].filter((line) => line.includes('canary-'))).toEqual([])
        expect(
          await reader.page.evaluate('[...Object.keys(localStorage), ...Object.keys(sessionStorage)]'),
        ).toEqual([])
      })
      await visit(async (late) => {
        await late.page.goto(link)
        await h1(late.page, 'This secret cannot be opened')
      })
      await sender.page.goto(receipt)
      await h1(sender.page, 'Opened')
      expect(sender.page.url()).toBe(`${site.url}/r`)
    })
  })

  it('would be seen with its token in the address bar (mutant)', async () => {
    const visitor = await visitors.visitor()
    await mutate(visitor.context, 'history.replaceState(', '((..._)=>{})(')
    await visitor.page.goto(await linkTo('broken'))
    await h1(visitor.page, 'Someone sent you a secret')
    expect(visitor.page.url()).toContain('#w1.')
    await visitor.close()
  })

  it('opens with the passphrase alone, survives wrong ones, and is destroyed by the tenth', async () => {
    await visit(async ({ page }) => {
      const { link } = await compose(page, 'behind a passphrase', '  Ｓwordfish №1 ')
      await page.goto('about:blank')
      await page.goto(link)
      await page.getByLabel('Passphrase').fill('marlin')
      await press(page, 'Show the secret')
      await page.getByText('That is not the passphrase. The secret is still sealed; 9 more tries').waitFor()
      // Typed on another keyboard: NFKC makes them one, and the spaces around it go.
      await page.getByLabel('Passphrase').fill(' Swordfish No1  ')
      await press(page, 'Show the secret')
      await h1(page, 'Your secret')
      expect(await shown(page)).toBe('behind a passphrase')
    })
    await visit(async ({ page }) => {
      const sealed = await site.keep('guessed at', 'right')
      for (let tries = 0; tries < 8; tries++)
        await site.vault.claim({ id: sealed.body.id, proof: randomBytes(32), claimId: randomBytes(16) })
      await page.goto(`${site.url}/s#${printToken(sealed.token)}`)
      await page.getByText('There are 2 more tries.').waitFor()
      for (const guess of ['wrong', 'wronger']) {
        await page.getByLabel('Passphrase').fill(guess)
        await press(page, 'Show the secret')
        if (guess === 'wrong') await page.getByText('one more try before it is destroyed').waitFor()
      }
      await h1(page, 'This secret cannot be opened')
      await page.getByText('That was the tenth wrong passphrase').waitFor()
    })
  })

  it('carries a file byte for byte, under a name that is safe to save', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-file-'))
    const bytes = randomBytes(300_000)
    await writeFile(join(folder, 'key \u202Efdp.exe'), bytes)
    await visit(async ({ page }) => {
      await page.goto(site.url)
      await page.locator('label', { hasText: 'A file' }).click()
      await page.locator('#file').setInputFiles(join(folder, 'key \u202Efdp.exe'))
      await press(page, 'Seal it and make a link')
      await h1(page, 'Sealed. Here is the link')
      const link = await page.getByLabel('Link to send').inputValue()
      await page.goto('about:blank')
      await page.goto(link)
      await press(page, 'Show the secret')
      await h1(page, 'Your file')
      const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')])
      expect(download.suggestedFilename()).toBe('key fdp.exe')
      expect((await readFile(await download.path())).equals(bytes)).toBe(true)
    })
    rmSync(folder, { recursive: true })
  })

  it('says what is too large before it is sealed', async () => {
    await visit(async ({ page }) => {
      await page.goto(site.url)
      await page.getByLabel('Secret', { exact: true }).fill('x'.repeat(41_000))
      await press(page, 'Seal it and make a link')
      await page.getByText('That is too long for text').waitFor()
      await page.locator('label', { hasText: 'A file' }).click()
      await page.locator('#file').setInputFiles({
        name: 'large.bin',
        mimeType: 'application/octet-stream',
        buffer: Buffer.alloc(1024 * 1024 + 1),
      })
      await page.getByText('That file is too large').waitFor()
    })
  })

  it('starts with a day, and offers nothing longer, where the operator allows two', async () => {
    const brief = await openSite({ env: { SOTTO_MAX_TTL: '172800' } })
    await visit(async ({ page }) => {
      await page.goto(brief.url)
      const expiry = page.locator('#expiry')
      await expect
        .poll(() => expiry.locator('option').allTextContents())
        .toEqual(['10 minutes', '1 hour', '4 hours', '1 day'])
      expect(await expiry.inputValue()).toBe('86400')
      await page.getByLabel('Secret', { exact: true }).fill('for a day')
      await press(page, 'Seal it and make a link')
      await h1(page, 'Sealed. Here is the link')
    })
    await brief.close()
  })

  describe('when the answer is torn in the middle', () => {
    const claims = () => {
      let torn = 0
      tear = (request) => request.url.endsWith('/claim') && ++torn <= 2
    }

    it('resumes with its own claim id, and shows the secret', async () => {
      claims()
      await visit(async ({ page }) => {
        await page.goto(await linkTo('torn twice'))
        await press(page, 'Show the secret')
        await h1(page, 'Your secret')
        expect(await shown(page)).toBe('torn twice')
      })
      tear = undefined
    })

    it('would be told that somebody else has it, with a new claim id (counter-example)', async () => {
      claims()
      const { page, context, close } = await visitors.visitor()
      await context.route('**/claim', async (route) => {
        const body = route.request().postDataJSON() as object
        const claimId = randomBytes(16).toString('base64url')
        await route.continue({ postData: JSON.stringify({ ...body, claimId }) })
      })
      await page.goto(await linkTo('torn'))
      await press(page, 'Show the secret')
      await h1(page, 'It is being opened somewhere else')
      tear = undefined
      await close()
    })
  })

  describe('back, forward, reload and a second tab', () => {
    /** Comes back to a page in every way there is; what of `canary` can still be seen. */
    async function comeBack(visitor: Visitor, link: string, canary: string): Promise<readonly string[]> {
      const { page, context } = visitor
      const seen: string[] = []
      const look = async (how: string, on: Page = page) => {
        if ((await on.content()).includes(canary)) seen.push(how)
      }
      await page.goto(link)
      await press(page, 'Show the secret')
      await h1(page, 'Your secret')
      expect(await shown(page)).toBe(canary)
      const twin = await context.newPage()
      await twin.goto(page.url())
      await look('duplicate', twin)
      // What the back/forward cache does to a page, whether or not this browser keeps one for us.
      await page.evaluate(`dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`)
      await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`)
      await look('cache')
      await page.goto(`${site.url}/nothing`)
      await page.goBack()
      await look('back')
      await page.goForward()
      await page.goBack()
      await look('forward and back')
      await page.reload()
      await look('reload')
      return seen
    }

    it('never bring the secret back', async () => {
      await visit(async (visitor) => {
        expect(await comeBack(visitor, await linkTo('gone for good'), 'gone for good')).toEqual([])
        await h1(visitor.page, 'The link is not complete')
      })
    })

    it('would bring it back on a page that does not wipe (mutant)', async () => {
      const visitor = await visitors.visitor()
      await mutate(visitor.context, 'addEventListener(`page', 'addEventListener(`broken')
      expect(await comeBack(visitor, await linkTo('still there'), 'still there')).toEqual(['cache'])
      await visitor.close()
    })
  })

  it('is left alone by a browser that loads it, runs its scripts and waits', async () => {
    const sealed = await site.keep('not for crawlers')
    const state = async () => (await site.vault.receipt(sealed.receipt.id, sealed.receipt.proof))?.state
    await visit(async ({ page }) => {
      await page.goto(`${site.url}/s#${printToken(sealed.token)}`, { waitUntil: 'networkidle' })
      await page.mouse.move(100, 100)
      await page.mouse.wheel(0, 500)
      await h1(page, 'Someone sent you a secret')
      expect(await state()).toBe('sealed')
      // Counter-example: a page that opens by itself is one press of its own button away, and this test would see it.
      await page.evaluate(`document.querySelector('#show').click()`)
      await h1(page, 'Your secret')
      await expect.poll(state).toBe('revealed')
    })
  })

  it('can be burned from its receipt, with a second press to be sure', async () => {
    await visit(async ({ page }) => {
      const { link, receipt } = await compose(page, 'to be burned')
      await page.goto(receipt)
      await h1(page, 'Sealed, not opened yet')
      await press(page, 'Burn it now')
      await press(page, 'Keep it')
      await press(page, 'Burn it now')
      await press(page, 'Yes, burn it')
      await h1(page, 'Burned unread')
      await page.goto(link)
      await h1(page, 'This secret cannot be opened')
    })
  })

  it('takes a secret from outside through a drop link, for its asker alone', async () => {
    const asked = await site.ask({ from: 'Ada', note: 'the <b>root</b> password' })
    await visit(async ({ page, sent }) => {
      await page.goto(`${site.url}/d#${printToken(asked.token)}`)
      await h1(page, 'Ada asks you for a secret')
      expect(page.url()).toBe(`${site.url}/d`)
      expect(await page.locator('#note').textContent()).toBe('the <b>root</b> password')
      await page.getByLabel('Secret', { exact: true }).fill('from outside: 🗝')
      await press(page, 'Seal it and hand it over')
      await h1(page, 'Handed over')
      expect(
        sent.filter((line) => line.includes(printToken(asked.token).slice(3)) || line.includes('outside')),
      ).toEqual([])
      await page.goto(`${site.url}/d#${printToken(asked.token)}`)
      await h1(page, 'This link is closed')
    })
    const chat = vault({
      store: site.opened.store,
      keyring: site.keyring,
      argon2: argon2Queue().run,
      log: () => undefined,
    })
    const hold = await chat.reveal({
      token: asked.token,
      by: asker,
      claimId: randomBytes(16),
      leaseMs: 15_000,
    })
    expect(hold.why === 'opened' && hold.secret.text()).toBe('from outside: 🗝')
  })

  it('makes passwords and passphrases that it says the strength of', async () => {
    await visit(async ({ page }) => {
      await page.goto(site.url)
      await page.getByText('Need a new password?').click()
      const made = page.locator('#made')
      await expect.poll(() => made.textContent()).toMatch(/^\S{20}$/)
      await page.getByText('Very strong: 12').waitFor()
      await page.locator('label', { hasText: 'Words' }).click()
      await expect.poll(() => made.textContent()).toMatch(/^[a-z]+(-[a-z]+){5}$/)
      const words = await made.textContent()
      await press(page, 'Use it as the secret')
      expect(await page.getByLabel('Secret', { exact: true }).inputValue()).toBe(words)
      await press(page, 'Make one')
      expect(await page.getByLabel('Passphrase').inputValue()).toMatch(/^[a-z]+(-[a-z]+){3}$/)
    })
  })

  it('can be sealed and opened with the keyboard alone, told from heading to heading', async () => {
    await visit(async ({ page }) => {
      const focused = () =>
        page.evaluate(`document.activeElement.id || document.activeElement.textContent.trim()`)
      const walk = async (to: string) => {
        for (let steps = 0; steps < 12 && (await focused()) !== to; steps++) await page.keyboard.press('Tab')
        expect(await focused()).toBe(to)
      }
      await page.goto(site.url)
      await h1(page, 'Send a secret, once')
      expect(await focused()).toBe('Send a secret, once')
      await walk('secret')
      await page.keyboard.type('typed')
      await walk('seal')
      await page.keyboard.press('Enter')
      await h1(page, 'Sealed. Here is the link')
      expect(await focused()).toBe('Sealed. Here is the link')
      await walk('copy-link')
      const link = await page.getByLabel('Link to send').inputValue()
      await page.goto('about:blank')
      await page.goto(link)
      await h1(page, 'Someone sent you a secret')
      await walk('show')
      await page.keyboard.press('Enter')
      await h1(page, 'Your secret')
      expect(await focused()).toBe('Your secret')
      await walk('hide')
      await page.keyboard.press('Enter')
      await h1(page, 'Hidden')
    })
  })

  it('puts the link and the secret on the clipboard, exactly', async () => {
    const { page, context, close } = await visitors.visitor()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site.url })
    const clipboard = () => page.evaluate('navigator.clipboard.readText()')
    const { link } = await compose(page, 'copied: \t\u200b🗝')
    await press(page, 'Copy link')
    await page.getByText('Copied.').waitFor()
    expect(await clipboard()).toBe(link)
    await page.goto('about:blank')
    await page.goto(link)
    await press(page, 'Show the secret')
    await h1(page, 'Your secret')
    await press(page, 'Copy')
    await page.getByText('Copied.').waitFor()
    expect(await clipboard()).toBe('copied: \t\u200b🗝')
    await close()
  })

  it('tells whoever leaves the receipt open, when they asked for it', async () => {
    const { page, context, close } = await visitors.visitor()
    await context.grantPermissions(['notifications'], { origin: site.url })
    const sealed = await site.keep('watched')
    await page.addInitScript(`
      globalThis.told = []
      globalThis.Notification = class {
        static permission = 'granted'
        static requestPermission = async () => 'granted'
        constructor(title, { body }) { told.push(title + ': ' + body) }
      }`)
    await page.clock.install()
    await page.goto(`${site.url}/r#${printReceiptToken(sealed.receipt)}`)
    await h1(page, 'Sealed, not opened yet')
    await press(page, 'Notify me when this changes')
    await site.vault.burn(sealed.receipt.id, sealed.receipt.proof)
    await page.clock.runFor(11_000)
    await h1(page, 'Burned unread')
    expect(await page.evaluate('told')).toEqual(['Sotto: Your secret: Burned unread'])
    await close()
  })

  it('says when the server cannot be reached, and that the secret is still there', async () => {
    const { page, context, close } = await visitors.visitor()
    await page.goto(await linkTo('offline'))
    await h1(page, 'Someone sent you a secret')
    await context.route('**/claim', (route) => route.abort())
    await page.clock.install()
    await press(page, 'Show the secret')
    for (let at = 0; at < 6; at++) await page.clock.runFor(6_000)
    await h1(page, 'That did not work')
    await page.getByText('The server could not be reached.').waitFor()
    await context.unroute('**/claim')
    await press(page, 'Try again')
    await h1(page, 'Your secret')
    // And after a minute it is off the screen.
    await page.clock.runFor(61_000)
    await h1(page, 'Hidden')
    await close()
  })
})
