import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../../../doubles/discord/discord-double.ts'
import { fails } from '../../../../doubles/discord/faults.ts'
import { commands } from '../../../../src/bots/discord/commands.ts'
import { hash, register } from '../../../../src/bots/discord/transport/register.ts'
import { discordRest, type Rest } from '../../../../src/bots/discord/transport/rest.ts'

let discord: DiscordDouble
let rest: Rest

beforeEach(async () => {
  discord = await discordDouble()
  rest = discordRest({ token: discord.token, apiUrl: discord.url })
})

afterEach(async () => {
  rest.close()
  await discord.close()
})

describe('the commands', () => {
  it('are put once, and again only when they differ from what is registered', async () => {
    expect(await register(rest, discord.applicationId)).toBe('put')
    expect(await register(rest, discord.applicationId)).toBe('same')
    expect(discord.callsTo('commands.put')).toHaveLength(1)
    const translated = commands({ secret: { de: 'geheimnis' } })
    expect(await register(rest, discord.applicationId, translated)).toBe('put')
    expect(await register(rest, discord.applicationId, translated)).toBe('same')
    discord.world.commands.clear()
    expect(await register(rest, discord.applicationId, translated)).toBe('put')
  })

  it('say where they are: in servers, in the bot’s conversation, and between people', async () => {
    await register(rest, discord.applicationId)
    for (const command of discord.world.commands.values()) {
      expect(command).toMatchObject({ integration_types: [0, 1], contexts: [0, 1, 2] })
    }
    expect([...discord.world.commands.values()].map(({ type, name }) => [type, name])).toEqual([
      [1, 'secret'],
      [1, 'secrets'],
      [1, 'secret-request'],
      [1, 'secret-link'],
      [2, 'Send a secret'],
    ])
  })

  it('are not put over what could not be read', async () => {
    discord.faults.next('commands.list', fails(50_001, 403))
    expect(await register(rest, discord.applicationId)).toMatchObject({ code: '50001' })
    expect(discord.callsTo('commands.put')).toHaveLength(0)
  })

  it('are the same whatever Discord adds to them, and another when a word changes', () => {
    const [secret, ...others] = commands()
    const registered = [
      ...others,
      { ...secret, id: '1', version: '2', nsfw: false, name_localizations: null, contexts: [2, 0, 1] },
    ]
    expect(hash(registered)).toBe(hash(commands()))
    expect(hash([{ ...secret, description: 'x' }, ...others])).not.toBe(hash(commands()))
    expect(hash([{ ...secret, contexts: [0] }, ...others])).not.toBe(hash(commands()))
    expect(hash(others)).not.toBe(hash(commands()))
  })
})
