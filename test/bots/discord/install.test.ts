import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { GatewayIntentBits, PermissionFlagsBits } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commands } from '../../../src/bots/discord/commands.ts'
import { gatewayIntents, permissionBits, permissions, scopes } from '../../../src/bots/discord/install.ts'
import { type Stage, sends, stage } from './stage.ts'

const readme = readFileSync(resolve(import.meta.dirname, '../../../README.md'), 'utf8')
const links = (readme.match(/https:\/\/discord\.com\/oauth2\/authorize\?[^`]+/g) ?? []).map(
  (link) => new URL(link).searchParams,
)
const linkFor = (integrationType: string) =>
  links.find((link) => link.get('integration_type') === integrationType)

describe('README.md', () => {
  it('links to an installation with exactly the scopes and permissions that are used', () => {
    expect(links).toHaveLength(2)
    expect(linkFor('0')?.get('scope')?.split(' ')).toEqual([...scopes])
    expect(linkFor('0')?.get('permissions')).toBe(String(permissionBits))
    expect(linkFor('1')?.get('scope')).toBe('applications.commands')
    expect(linkFor('1')?.has('permissions')).toBe(false)
  })

  it('says what each of them is for', () => {
    for (const scope of scopes) expect(readme).toMatch(new RegExp(`^\\| \`${scope}\` \\| – \\| .+ \\|$`, 'm'))
    for (const [name, bit] of Object.entries(permissions)) expect(readme).toContain(`| ${name} | ${bit} | `)
    const rows = readme.match(/^\| [A-Z][\w ]+ \| \d+ \|/gm) ?? []
    expect(rows).toHaveLength(Object.keys(permissions).length)
  })

  it('names every command', () => {
    for (const { name } of commands()) expect(readme).toContain(name)
  })
})

it('nothing privileged is asked of the gateway', () => {
  const { GuildMembers, GuildPresences, MessageContent } = GatewayIntentBits
  for (const intent of [GuildMembers, GuildPresences, MessageContent]) {
    expect(gatewayIntents as readonly number[]).not.toContain(intent)
  }
})

describe('the permissions', () => {
  let on: Stage

  beforeEach(async () => {
    on = await stage()
  })

  afterEach(() => on.close())

  /** Sends to the first person in a channel where the bot may do just that, and burns it: whether the card changed. */
  async function burnsWith(botMay: bigint): Promise<boolean> {
    const { discord } = on
    const { anna, ben } = discord.people
    const channel = discord.addChannel(discord.guilds.acme, 'bare', { botMay })
    expect(await sends(anna, { secret: 'canary', in: channel })).toContain('Sealed for')
    await anna.presses('Burn')
    await anna.submits()
    await anna.untilSees('Burned. Nobody can open it any more.')
    await discord.idle()
    return !ben.seesButton('Reveal', channel)
  }

  it('are enough for a card in a channel, from the first to the last', async () => {
    const { discord } = on
    const { anna, ben } = discord.people
    const bare = discord.addChannel(discord.guilds.acme, 'bare', { botMay: permissionBits })
    await sends(anna, { secret: 'canary', in: bare })
    await ben.presses('Reveal', { in: bare })
    await ben.untilSees('canary')
    await ben.untilSees(/Opened by @ben/)
    expect(await burnsWith(permissionBits)).toBe(true)
    expect(discord.calls.filter(({ answer }) => answer?.status === 403)).toEqual([])
  })

  it.each(['ViewChannel', 'SendMessages'] as const)(
    'are all needed: without %s a card opens, but does not change by itself (counter-example)',
    async (name) => {
      expect(await burnsWith(permissionBits & ~PermissionFlagsBits[name])).toBe(false)
    },
  )
})
