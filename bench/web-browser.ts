import type { Page } from 'playwright-core'
import { openBrowser } from '../doubles/run/browser.ts'
import { openSite } from '../doubles/run/site.ts'
import { printToken } from '../src/core/format/token.ts'
import { median, ms, type Row } from './measure.ts'

const times = 5

/** A phone of some years ago, as Chromium's own tools imitate one: this many times slower on the page's thread. */
const slowdown = 4

/** From the address to the button that works, and from the press to the secret. */
export async function browserRows(): Promise<readonly Row[]> {
  const site = await openSite()
  const { visitor, close } = await openBrowser()

  async function open(page: Page, passphrase?: string): Promise<number> {
    const { token } = await site.keep('postgres://app:secret@db/app', passphrase)
    await page.goto('about:blank')
    await page.goto(`${site.url}/s#${printToken(token)}`)
    await page.waitForFunction(`!document.querySelector('[data-view=cover]').hidden`)
    return (await page.evaluate('globalThis.interactiveAt')) as number
  }

  async function reveal(page: Page, passphrase: string): Promise<number> {
    await open(page, passphrase)
    await page.locator('#passphrase').fill(passphrase)
    return (await page.evaluate(`new Promise((resolve) => {
      const began = performance.now()
      new MutationObserver(() => resolve(performance.now() - began))
        .observe(document.querySelector('#text'), { childList: true })
      document.querySelector('#show').click()
    })`)) as number
  }

  async function medianOf(rate: number, act: (page: Page) => Promise<number>): Promise<number> {
    const { page, context, close: leave } = await visitor()
    // The moment at which the button is there, as the page itself sees it, from the start of its navigation.
    await context.addInitScript(`
      addEventListener('DOMContentLoaded', () => {
        const cover = document.querySelector('[data-view=cover]')
        if (cover === null) return
        new MutationObserver((_, observer) => {
          if (cover.hidden) return
          observer.disconnect()
          globalThis.interactiveAt = performance.now()
        }).observe(cover, { attributes: true })
      })`)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate })
    const taken: number[] = []
    for (let time = 0; time <= times; time++) taken.push(await act(page))
    await leave()
    return median(taken.slice(1))
  }

  const rows: Row[] = [
    { what: 'reveal page: time to interactive', figure: ms(await medianOf(1, (page) => open(page))) },
    {
      what: `reveal page: time to interactive, CPU ${slowdown} × slower`,
      figure: ms(await medianOf(slowdown, (page) => open(page))),
    },
    {
      what: 'passphrase reveal (Argon2id, 64 MiB, t=3): press to secret',
      figure: ms(await medianOf(1, (page) => reveal(page, 'correct horse battery'))),
    },
  ]
  await close()
  await site.close()
  return rows
}
