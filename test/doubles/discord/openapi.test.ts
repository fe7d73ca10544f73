import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { discordDouble } from '../../../doubles/discord/discord-double.ts'
import { judgeFrom, specification } from '../../../doubles/discord/openapi.ts'
import { type RouteName, routes } from '../../../doubles/discord/routes.ts'

const there = existsSync(specification)
const route = (name: RouteName) => {
  const found = routes.find((one) => one.name === name)
  if (!found) throw new Error(name)
  return found
}

describe('without Discord’s document', () => {
  it('the double works and objects to nothing', async () => {
    const nowhere = new URL('nowhere.json', specification)
    expect(judgeFrom(nowhere).request(route('message.create'), { content: 1 })).toBeUndefined()
    const discord = await discordDouble({ specification: nowhere })
    const headers = {
      authorization: `Bot ${discord.token}`,
      'user-agent': 'DiscordBot (https://example.org, 1)',
    }
    const answer = await fetch(`${discord.url}/v10/users/@me`, { headers })
    expect(answer.status).toBe(200)
    await discord.close()
  })
})

// Needs ../shared/specs/discord-openapi.json and says that it skipped where that is missing.
describe.skipIf(!there)('Discord’s own document', () => {
  const judge = judgeFrom()

  it('takes what discord.js sends', () => {
    const components = [{ type: 1, components: [{ type: 2, style: 1, label: 'x', custom_id: 'c' }] }]
    const message = {
      content: 'x',
      tts: false,
      enforce_nonce: false,
      embeds: [{ description: 'x' }],
      components,
    }
    expect(judge.request(route('message.create'), message)).toBeUndefined()
    expect(judge.request(route('original.edit'), message)).toBeUndefined()
    expect(judge.request(route('callback'), { type: 4, data: message })).toBeUndefined()
    expect(judge.request(route('callback'), { type: 6 })).toBeUndefined()
  })

  it.each([
    ['a number for a text', 'message.create', { content: 1 }],
    ['a key that does not exist', 'message.create', { content: 'x', contents: 'x' }],
    ['a component that does not exist', 'message.create', { components: [{ type: 99 }] }],
    ['a callback type that does not exist', 'callback', { type: 3 }],
    ['a modal without a title', 'callback', { type: 9, data: { custom_id: 'm', components: [] } }],
    ['a command without a name', 'commands.put', [{ description: 'x' }]],
  ] as const)('objects to %s', (_, name, body) => {
    expect(judge.request(route(name), body)).toBeTypeOf('string')
  })

  it('objects to an answer of the double that is not Discord’s', () => {
    expect(judge.answer(route('gateway'), 200, { url: 'ws://x' })).toContain('required')
    expect(
      judge.answer(route('message.create'), 403, { message: 'Missing Access', code: 50001 }),
    ).toBeUndefined()
    expect(judge.answer(route('message.create'), 403, { message: 'Missing Access' })).toContain('code')
    expect(judge.answer(route('message.create'), 429, { message: 'x', code: 0 })).toContain('retry_after')
  })

  it('fails the test in which the double or the bot was against it', async () => {
    const discord = await discordDouble()
    const headers = {
      authorization: `Bot ${discord.token}`,
      'user-agent': 'DiscordBot (https://example.org, 1)',
    }
    await fetch(`${discord.url}/v10/channels/${discord.channels.general.id}/messages`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x', contents: 'y' }),
    })
    await expect(discord.close()).rejects.toThrow('contents')
  })
})
