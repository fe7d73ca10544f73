import { afterEach, beforeEach, expect, it } from 'vitest'
import { post, silence } from '../../../doubles/discord/message.ts'
import type { Person } from '../../../doubles/discord/person.ts'
import { type Stage, sends, stage } from './stage.ts'

let on: Stage

beforeEach(async () => {
  on = await stage()
})

afterEach(() => on.close())

it('"Seal what I just typed" takes a message of whoever presses, and nobody else’s', async () => {
  const { discord } = on
  const { anna, ben } = discord.people
  const { general } = discord.channels
  const canary = `canary-${crypto.randomUUID()}`
  const typed = post(discord.world, { channel: general, author: anna.user }, { ...silence, content: canary })
  await sends(anna, { in: general, secret: 'for whoever is first' })
  const card = discord.world.history.findLast(({ message }) => message.channel === general)?.message
  if (!card) throw new Error('no card')
  const press = async (who: Person) => {
    await discord.forgePress(who, `c1:seal-typed:${typed.id}`, card)
    const { text } = await who.untilModal('Send a secret')
    who.closesModal()
    return text
  }
  expect(await press(ben)).not.toContain(canary)
  expect(discord.outboundWith(canary)).toEqual([])
  expect(await press(anna)).toContain(canary)
})
