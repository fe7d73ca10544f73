import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqlite } from '../../doubles/run/stores.ts'
import { freshKeys, wired } from '../../doubles/run/wired.ts'
import type { Failure, Platform } from '../../src/bots/adapter/platform.ts'
import { conversation } from '../../src/bots/conversation.ts'
import { printId } from '../../src/core/format/id.ts'
import { type Stage, stage } from './stage.ts'

let here: Stage

beforeEach(async () => {
  here = await stage()
  await here.send('anna', ['ben'], 'hunter2')
})

afterEach(() => here.close())

/** Lives so long, with a round every second; what was wiped meanwhile, with the second. */
async function live(seconds: number): Promise<readonly string[]> {
  const wiped: string[] = []
  here.script()
  for (let second = 0; second < seconds; second++) {
    await here.round()
    wiped.push(
      ...here
        .script()
        .filter((row) => row.startsWith('wiped'))
        .map((row) => `${second}: ${row}`),
    )
    here.later(1_000)
  }
  return wiped
}

const down: Failure = { why: 'ambiguous', code: 'http_503' }
const limited: Failure = { why: 'definitive', code: '429', afterMs: 20_000 }

describe('a process that stops', () => {
  it('hears from another that lives and has its platform, and from no other', async () => {
    const keys = freshKeys()
    const opened = await sqlite.open()
    const platform = { name: 'slack' } as Platform
    const wiringOf = (platforms: readonly Platform[]) =>
      wired({ store: opened.another(), log: () => {}, platforms, env: { SOTTO_KEYS: keys } })
    const [leaver, other, without] = await Promise.all([[platform], [platform], []].map(wiringOf))
    const id = printId(new Uint8Array(16))
    const talk = leaver && conversation(leaver.talk(platform))
    expect(await talk?.callOthers(id)).toBe(true)
    expect(await without?.errands.round()).toBe(0)
    expect(await talk?.othersAnswered(id)).toBe(false)
    expect(await talk?.callOthers(id)).toBe(true)
    expect(await other?.errands.round()).toBe(1)
    expect(await talk?.othersAnswered(id)).toBe(true)
    await Promise.all([leaver, other, without].map((each) => each?.limiter.close()))
    await opened.close()
  })
})

describe('what stands on a screen when its process is gone', () => {
  it('is wiped by whichever process lives when its minute is over, once', async () => {
    await here.press('ben', 'open')
    expect(await live(300)).toEqual(['62: wiped for ben'])
  })

  it('is wiped when a minute of bad gateways is over', async () => {
    await here.press('ben', 'open')
    here.wipes.push(...Array.from({ length: 5 }, () => down))
    const wiped = await live(300)
    expect(wiped).toHaveLength(1)
    expect(here.wipes).toEqual([])
    expect(Number.parseInt(wiped[0] ?? '', 10)).toBeLessThan(62 + 90)
  })

  it('is not tried again before the platform wants to be asked', async () => {
    await here.press('ben', 'open')
    here.wipes.push(limited)
    const [wiped = '', ...more] = await live(300)
    expect(more).toEqual([])
    expect(Number.parseInt(wiped, 10)).toBeGreaterThanOrEqual(82)
    expect(Number.parseInt(wiped, 10)).toBeLessThanOrEqual(88)
  })

  it('is given up when its surface cannot be reached any more by anybody, with one line', async () => {
    await here.press('ben', 'open')
    here.wipes.push(...Array.from({ length: 1_000 }, () => down))
    await live(3_700)
    const given = here.log.filter(({ event }) => event === 'errand-given-up')
    expect(given).toEqual([expect.objectContaining({ name: 'wipe' })])
  })

  it('is nothing when it was given back, or never won', async () => {
    here.shows.push({ why: 'definitive', code: 'rate_limited' })
    await here.press('ben', 'open')
    await here.press('ben', 'open')
    expect(await live(300)).toHaveLength(1)
    await here.press('ben', 'open')
    expect(await live(300)).toEqual([])
  })
})
