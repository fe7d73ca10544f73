import { afterEach, beforeEach, expect, it } from 'vitest'
import { resetAfter } from '../../../doubles/discord/faults.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage

beforeEach(async () => {
  on = await stage()
})

afterEach(() => on.close())

it('a secret is taken off the screen after its minute also when every answer to showing it was lost', async () => {
  const { discord } = on
  const { anna, ben } = discord.people
  const canary = `canary-${crypto.randomUUID()}`
  await sends(anna, { to: [ben], secret: canary })
  discord.faults.always('original.edit', resetAfter(), (body) => JSON.stringify(body).includes(canary))
  await ben.presses('Reveal')
  await anna.untilSees('may have been shown')
  expect(ben.sees()).toContain(canary)
  await discord.idle()
  await discord.advance(60_000)
  await ben.until(() => !ben.sees().includes(canary))
})
