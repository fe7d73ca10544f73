import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { find, programs } from './programs.ts'

// A test machine without a network must not be asked for updates, and root needs no sandbox of its own.
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** When to give up waiting for what never shows, ms: far longer than a busy machine makes anything take. */
const patienceMs = 60_000

export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page complained of: errors, console, CSP reports. */
  readonly complaints: string[]
  /** Every request that left this browser: method, address, headers and body in one text. */
  readonly sent: string[]
  close(): Promise<void>
}

export interface Visitors {
  readonly browser: Browser
  /** Somebody with a browser profile of their own. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>
  close(): Promise<void>
}

/** A real Chromium. @throws when it is not installed */
export async function openBrowser(): Promise<Visitors> {
  const executablePath = find(programs.chromium.names)
  if (executablePath === undefined)
    throw new Error('there is no Chromium: "npm test" installs it or says how')
  const home = await mkdtemp(join(tmpdir(), 'sotto-chromium-'))
  const browser = await chromium.launch({
    executablePath,
    args,
    env: { ...process.env, HOME: home },
    timeout: patienceMs,
  })
  return {
    browser,
    async visitor(options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', ...options })
      context.setDefaultTimeout(patienceMs)
      const page = await context.newPage()
      const complaints: string[] = []
      const sent: string[] = []
      page.on('pageerror', (error) => complaints.push(`${error}`))
      page.on('console', (message) => {
        // Chromium itself prints every refusal of the API as an error; those are answers, not complaints.
        const answered = message.text().startsWith('Failed to load resource')
        if (!answered && message.type() !== 'debug') complaints.push(message.text())
      })
      context.on('request', (request) => {
        const headers = Object.entries(request.headers()).flat().join(' ')
        sent.push([request.method(), request.url(), headers, request.postData() ?? ''].join(' '))
      })
      return { page, context, complaints, sent, close: () => context.close() }
    },
    async close() {
      await browser.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
