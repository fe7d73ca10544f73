import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, GatewayIntentBits, Partials } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'
import { fails, resetAfter, statusBefore } from '../../../doubles/discord/faults.ts'
import { spellings } from '../../../doubles/discord/recorder.ts'
import { startApp } from '../../../doubles/run/app.ts'
import { stores } from '../../../doubles/run/stores.ts'
import { type Stage, sends, serverKey, stage } from './stage.ts'

/** Whether anything that can be reached from `root` holds one of the texts. */
function reaches(root: unknown, texts: readonly string[]): boolean {
  const seen = new Set<unknown>()
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string' && texts.some((text) => value.includes(text))) return true
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value))
      continue
    seen.add(value)
    if (value instanceof Map) open.push(...value.keys(), ...value.values())
    else if (value instanceof Set) open.push(...value)
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key)
      if (property && 'value' in property) open.push(property.value)
    }
  }
  return false
}

function holds(where: Buffer | string, secret: string): boolean {
  const bytes = typeof where === 'string' ? Buffer.from(where) : where
  return spellings(secret).some((form) => bytes.includes(form))
}

/** Sends, reveals, mistypes, burns, blocks and fails; what was typed has the marks in it. */
async function live(discord: DiscordDouble, secret: string, passphrase: string): Promise<void> {
  const { anna, ben, nora } = discord.people
  const { general, annaAndBen } = discord.channels
  const lines = `${secret}\n“quoted” 'text' & <b>`
  await sends(anna, { to: [ben], secret: lines, passphrase, note: 'for the sweep', in: general })
  for (const words of ['not that', passphrase]) {
    await ben.presses('Reveal', { in: 'dm' })
    await ben.fills('Passphrase', words)
    await ben.submits()
    await ben.untilSees(words === passphrase ? secret : '9 tries left')
  }
  await anna.untilSees('opened your secret')
  await sends(anna, { to: [ben], secret: lines })
  await anna.presses('Burn')
  await anna.submits()
  await ben.untilSees('Burned unread')
  await sends(anna, { secret: lines, in: annaAndBen })
  discord.faults.next('original.edit', fails(99_999), resetAfter(), statusBefore(500))
  await ben.presses('Reveal', { in: annaAndBen })
  discord.faults.when('followup.edit', (body) => JSON.stringify(body).includes(secret), fails(99_999), 3)
  await sends(anna, { to: [nora], secret: lines })
  discord.faults.when('message.create', () => true, fails(50_035))
  await sends(anna, { to: [ben], secret: lines })
  discord.faults.clear()
  await ben.messagesBot(secret)
  await ben.untilSees('Shall I seal that')
  await ben.presses('Seal what I just typed')
  await ben.untilModal('Send a secret')
  ben.closesModal()
  await discord.idle()
}

describe.each(stores)('a whole run over $name', (store) => {
  let on: Stage
  let secret: string
  let passphrase: string
  let watcher: Client
  const logins = vi.spyOn(Client.prototype, 'login')

  beforeEach(async () => {
    logins.mockClear()
    secret = `canary-${crypto.randomUUID()}`
    passphrase = `words-${crypto.randomUUID()}`
    on = await stage({ on: store })
    watcher = new Client({
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages],
      partials: [Partials.Channel],
      rest: { api: on.discord.url },
    })
    await watcher.login(on.discord.token)
    await on.discord.connected(2)
    await live(on.discord, secret, passphrase)
  })

  afterEach(async () => {
    await watcher.destroy()
    await on.close()
  })

  it('leaves the secret and the passphrase nowhere but on the reader’s screen and in their own form', async () => {
    const { discord } = on
    const dump = await on.opened.dump()
    for (const mark of [secret, passphrase]) {
      expect(holds(dump, mark)).toBe(false)
      expect(holds(on.printed(), mark)).toBe(false)
      expect(discord.calls.some(({ path }) => holds(path, mark))).toBe(false)
    }
    expect(discord.outboundWith(passphrase)).toEqual([])
    const { ben } = discord.people
    for (const { route, applied, privateTo, body } of discord.outboundWith(secret)) {
      const inForm = route === 'callback' && body.includes('"type":9')
      const toReader = /^(original|followup)\.edit$/.test(route) && (!applied || privateTo === ben.id)
      expect(inForm || toReader).toBe(true)
    }
    expect(JSON.stringify(discord.export())).not.toContain(`${secret}\\n`)
  })

  it('leaves nothing readable in the library: not in its caches, and not in what it keeps of errors', async () => {
    const own = logins.mock.contexts.find((client) => client !== watcher)
    expect(own).toBeInstanceOf(Client)
    expect(reaches(own, [secret, passphrase])).toBe(false)
    // The counter-example: the library as it comes keeps the bot's own private messages, which the gateway brings back.
    expect(reaches(watcher, [secret])).toBe(true)
  })

  it('leaves tokens and keys where they belong', async () => {
    const { discord } = on
    const dump = await on.opened.dump()
    const cards = discord.calls.flatMap(({ body }) => body.match(/c1\.[\w-]{43}/g) ?? [])
    const interactions = [...discord.interactions.byToken.keys()]
    expect(cards.length).toBeGreaterThan(3)
    for (const mark of [...cards, ...interactions, discord.token, serverKey.toString('base64')]) {
      expect(holds(dump, mark)).toBe(false)
      expect(holds(on.printed(), mark)).toBe(false)
    }
    for (const { path, body } of discord.calls) {
      expect(cards.some((token) => path.includes(token))).toBe(false)
      expect(path.includes(discord.token) || body.includes(discord.token)).toBe(false)
    }
    const routes = new Set(
      discord.calls.filter(({ body }) => /c1\.[\w-]{43}/.test(body)).map(({ route }) => route),
    )
    expect([...routes].sort()).toEqual(['callback', 'followup.create', 'message.create'])
  })
})

describe('the real program, at its most talkative', () => {
  it('prints and stores nothing that was typed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sotto-sweep-'))
    const discord = await discordDouble()
    const app = startApp({
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      SOTTO_DB: join(folder, 'sotto.db'),
      SOTTO_WEB: 'off',
      LOG_LEVEL: 'debug',
      TMPDIR: folder,
    })
    try {
      await discord.connected()
      await discord.until(() => discord.world.commands.size > 0)
      const secret = `canary-${crypto.randomUUID()}`
      const passphrase = `words-${crypto.randomUUID()}`
      await live(discord, secret, passphrase)
      await discord.people.anna.untilSees('opened your secret')
      expect(await app.stop()).toBe(0)
      const marks = [secret, passphrase, ...discord.interactions.byToken.keys(), discord.token]
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      )
      expect(files.length).toBeGreaterThan(0)
      for (const mark of marks) {
        expect(holds(app.output(), mark)).toBe(false)
        for (const { parentPath, name } of files)
          expect(holds(readFileSync(join(parentPath, name)), mark)).toBe(false)
      }
      expect(app.output()).toContain('platform-call-failed')
    } finally {
      await app.stop('SIGKILL')
      await discord.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
