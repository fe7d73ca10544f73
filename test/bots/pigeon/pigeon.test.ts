import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { doubleClock } from '../../../doubles/discord/clock.ts'
import { type OpenedStore, sqlite } from '../../../doubles/run/stores.ts'
import { pigeonBot } from './bot.ts'
import { readMarkup } from './double/markup.ts'
import type { Person } from './double/person.ts'
import type { PigeonDouble } from './double/pigeon-double.ts'
import { show } from './double/verbs.ts'
import { classify } from './errors.ts'
import { bounds } from './limits.ts'
import { confirm, reveal, type Stage, send, stage } from './stage.ts'

const never = new Promise<never>(() => {})

describe('Sotto in Pigeon', () => {
  let opened: OpenedStore
  let on: Stage | undefined

  beforeEach(async () => {
    opened = await sqlite.open()
  })
  afterEach(async () => {
    await on?.close()
    on = undefined
    await opened.close()
  })

  async function begin(...options: Parameters<typeof stage> | []): Promise<PigeonDouble> {
    on = await stage(options[0] ?? opened, options[1])
    return on.pigeon
  }

  const posts = ({ calls }: PigeonDouble) => calls.filter(({ verb }) => verb === 'post').length

  it('opens its forms without a word from the store', async () => {
    const working = await begin()
    await send(working.people.anna, { to: [working.people.ben], secret: 'x', passphrase: 'y' })
    const { button } = await working.people.ben.until(() => working.people.ben.seesButton('Reveal'))
    await on?.close()
    const silent = { ...opened.store, first: () => never, look: () => never, claim: () => never }
    const { people, world } = await begin({ store: silent })
    const typed = people.anna.types('')
    await people.anna.until(() => typed.form?.title === 'Send a secret')
    const card = show(world, { room: 'r1', body: { lines: [{ text: '', buttons: [button] }] } })
    const asked = people.ben.pressesAs(card.id, button.press)
    await people.ben.until(() => asked.form?.title === 'Open a secret')
  })

  it('does what was filled in once, however often it is delivered', async () => {
    const pigeon = await begin()
    const { anna, ben } = pigeon.people
    const typed = anna.types(`@${ben.id}`)
    await anna.until(() => typed.form)
    const filled = anna.fills(typed, { secret: 'hunter2' })
    await anna.untilSees('Sealed for')
    const before = posts(pigeon)
    pigeon.repeat(filled)
    await handled(anna)
    expect(posts(pigeon)).toBe(before)
    expect(anna.sees()).toContain('Sealed for')
    const shown = await confirm(ben, await pressed(pigeon))
    await ben.untilSees('hunter2')
    pigeon.repeat(shown)
    await anna.untilSees('opened your secret')
    await handled(anna)
    expect(pigeon.callsWith('hunter2')).toBe(1)
    expect(ben.sees()).toContain('hunter2')
  })

  /** Whatever was delivered before has been answered as far as it will be. */
  async function handled(who: Person): Promise<void> {
    const asked = who.types('help')
    await who.until(() => asked.message)
  }

  async function pressed({ people: { ben } }: PigeonDouble) {
    await ben.until(() => ben.seesButton('Reveal'))
    return ben.presses('Reveal')
  }

  it('takes a secret off the screen after a minute, or when its reader has it', async () => {
    const clock = doubleClock()
    const { people } = await begin(opened, { clock })
    const { anna, ben } = people
    for (const secret of ['first', 'second']) await send(anna, { to: [ben], secret })
    await reveal(ben)
    await ben.untilSees('second')
    clock.advance(60_000)
    await ben.untilSees('Wiped.')
    expect(ben.sees()).not.toContain('second')
    await ben.untilSees('Opened · ')
    await reveal(ben)
    await ben.untilSees('first')
    ben.presses('I have it, wipe now')
    await ben.until(() => !ben.sees().includes('first'))
    clock.stop()
  })

  it('takes a secret off the screen when it stops', async () => {
    const { people } = await begin()
    const { anna, ben } = people
    await send(anna, { to: [ben], secret: 'on the screen' })
    await reveal(ben)
    await ben.untilSees('on the screen')
    await ben.untilSees('Opened · ')
    expect(await on?.stop()).toBe(0)
    expect(ben.sees()).toContain('Wiped early')
    expect(ben.sees()).not.toContain('on the screen')
  })

  it('says once that Pigeon is away, and does what was asked meanwhile when it is back', async () => {
    const pigeon = await begin()
    const { anna } = pigeon.people
    await pigeon.outage()
    const typed = anna.types('')
    pigeon.recover()
    await anna.until(() => typed.form)
    expect(on?.log.map(({ event }) => event)).toEqual(['platform-down', 'platform-up'])
  })

  it('seals what was typed for whoever typed it, and for nobody else', async () => {
    const pigeon = await begin()
    const { anna, ben } = pigeon.people
    anna.says('hunter2')
    await anna.untilSees('Shall I seal that for someone?')
    const asked = anna.presses('Seal what I just typed')
    const form = await anna.until(() => asked.form)
    expect(form.fields.find(({ name }) => name === 'secret')?.value).toBe('hunter2')
    const { message, button } = await anna.until(() => anna.seesButton('Seal what I just typed'))
    const stolen = ben.pressesAs(message, button.press)
    const other = await ben.until(() => stolen.form)
    expect(other.fields.find(({ name }) => name === 'secret')?.value).toBeUndefined()
  })

  it('knows no button with the ids of another platform', async () => {
    const { people } = await begin()
    const { anna, ben } = people
    await send(anna, { to: [ben], secret: 'x' })
    const { message } = await ben.until(() => ben.seesButton('Reveal'))
    ben.pressesAs(message, 'c1:new:U0000000001')
    await ben.untilSees('too old or damaged')
  })

  it('says sorry when something fails that nobody thought of', async () => {
    const { people } = await begin(opened, {
      twist: (conversation) => ({ ...conversation, answer: () => Promise.reject(new Error('a bug')) }),
    })
    people.anna.types('help')
    await people.anna.untilSees('Something went wrong here')
  })

  it('fits ten secrets with the longest notes on a page, every character escaped', async () => {
    const { people } = await begin()
    const { anna, ben, carla } = people
    const note = '*'.repeat(bounds.maxNoteChars)
    for (let sent = 0; sent < 10; sent += 2) await send(anna, { to: [ben, carla], secret: 'x', note })
    const list = anna.types('list')
    await anna.until(() => list.message?.body.lines.length === 12)
    expect(anna.sees()).toContain(note)
  })
})

describe('Pigeon’s errors', () => {
  it('prove that nothing was done when Pigeon says so, and nothing otherwise', () => {
    expect(classify('slow_down')).toEqual({ why: 'definitive', code: 'slow_down' })
    expect(classify('blocked')).toEqual({ why: 'definitive', code: 'blocked', gone: true })
    expect(classify('frobnicated')).toEqual({ why: 'ambiguous', code: 'frobnicated' })
    expect(classify('what you typed')).toEqual({ why: 'ambiguous', code: 'unknown' })
  })

  it('are all known that the double answers with', () => {
    const verbs = readFileSync(resolve(import.meta.dirname, 'double/verbs.ts'), 'utf8')
    const codes = [...verbs.matchAll(/refuse\('(\w+)'\)/g)].map(([, code = '']) => code)
    expect(codes.length).toBeGreaterThan(5)
    expect(codes.filter((code) => classify(code).why === 'ambiguous')).toEqual([])
  })
})

describe('the double', () => {
  it('sees what is alive in a text that nobody escaped (counter-example)', () => {
    const note = '@everyone @p1 http://x.example *b* \\@p2'
    expect(readMarkup(note)).toEqual({
      shown: '@everyone @p1 http://x.example b @p2',
      alive: ['everyone', 'p1', 'http://x.example'],
    })
  })
})

describe('the adapter', () => {
  it('could stand in src/bots: it needs nothing of the program but its bots and its core', () => {
    const folder = import.meta.dirname
    const src = resolve(folder, '../../../src')
    const own = readdirSync(folder).filter((name) => !/test\.ts$|^stage\.ts$|^double$/.test(name))
    const reached = own.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/from '(\.[^']+)'/g)]
        .map(([, path = '']) => resolve(folder, path))
        .map((path) => (path.startsWith(folder) ? relative(folder, path) : relative(src, path))),
    )
    const isFine = (path: string) =>
      own.includes(path) || /^(bots\/(adapter\/)?[\w-]+\.ts|core\/.*)$/.test(path)
    expect(own.length).toBeGreaterThan(10)
    expect(reached.filter((path) => !isFine(path))).toEqual([])
  })
})

describe('docs/add-a-platform.md', () => {
  const folder = import.meta.dirname
  const page = readFileSync(resolve(folder, '../../../docs/add-a-platform.md'), 'utf8')

  it('quotes the example as it is', () => {
    const code = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && name !== 'pigeon.test.ts')
      .map((name) => readFileSync(join(folder, name), 'utf8'))
    const quotes = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, quote = '']) => quote)
    expect(quotes.length).toBeGreaterThan(10)
    expect(quotes.filter((quote) => !code.some((text) => text.includes(quote)))).toEqual([])
  })

  it('says of each method what it must not get wrong, and of each shared rule what it gives', () => {
    const store = { first: () => never, forget: () => never }
    const bot = pigeonBot({ port: 0, token: '', store, log: () => {}, maxTtlSeconds: 60 })
    const rules = readdirSync(resolve(folder, '../../../src/bots/adapter'))
    const parts = ['bot.ts', 'event.ts', 'platform.ts', 'view.ts']
    const named = [
      ...Object.keys(bot.platform),
      ...Object.keys(bot).filter((name) => name !== 'platform'),
      ...['prepare', 'show', 'replaceCard'],
      ...rules.filter((name) => !parts.includes(name)),
    ]
    expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})
