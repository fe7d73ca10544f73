import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
} from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'
import { everywhere, ready, tinyBot } from './tiny-bot.ts'

const to = { type: 6, name: 'to', description: 'Whom', description_localizations: { de: 'Wem' } }
const commands = [
  { type: 1, name: 'secret', description: 'Send a secret', options: [to], ...everywhere },
  { type: 1, name: 'secrets', name_localizations: { de: 'geheimnisse' }, description: 'Mine', ...everywhere },
  { type: 1, name: 'here', description: 'Servers only', integration_types: [0], contexts: [0] },
  { type: 2, name: 'Send a secret', ...everywhere },
  { type: 3, name: 'Seal this', ...everywhere },
]

const form = () =>
  new ModalBuilder()
    .setCustomId('form')
    .setTitle('Send a secret')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('To whom?')
        .setUserSelectMenuComponent(new UserSelectMenuBuilder().setCustomId('to').setMaxValues(5)),
      new LabelBuilder()
        .setLabel('Secret')
        .setTextInputComponent(
          new TextInputBuilder().setCustomId('words').setStyle(TextInputStyle.Paragraph).setMaxLength(50),
        ),
      new LabelBuilder()
        .setLabel('Expires')
        .setStringSelectMenuComponent(
          new StringSelectMenuBuilder()
            .setCustomId('ttl')
            .addOptions(
              { label: 'In an hour', value: '3600' },
              { label: 'In three days', value: '259200', default: true },
            ),
        ),
    )

const button = (customId: string, label: string) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId(customId).setLabel(label).setStyle(ButtonStyle.Primary),
  )

const ephemeral = { flags: MessageFlags.Ephemeral } as const

async function act(interaction: Interaction): Promise<void> {
  if (interaction.isChatInputCommand() && interaction.commandName !== 'secret') {
    const { guildLocale, locale, context, authorizingIntegrationOwners: owners } = interaction
    await interaction.reply({
      content: JSON.stringify({ guildLocale, locale, context, owners }),
      ...ephemeral,
    })
  } else if (interaction.isCommand()) await interaction.showModal(form())
  else if (interaction.isModalSubmit()) {
    await interaction.deferReply(ephemeral)
    const words = interaction.fields.getTextInputValue('words')
    const [ttl] = interaction.fields.getStringSelectValues('ttl')
    const card = { content: `You got a secret for ${ttl} s.`, components: [button(`c1|${words}`, 'Reveal')] }
    await interaction.editReply('Sealed.')
    for (const user of interaction.fields.getSelectedUsers('to')?.values() ?? [])
      await user.send(card).catch(() => interaction.followUp({ ...card, content: `For <@${user.id}>` }))
  } else if (interaction.isButton() && interaction.customId.startsWith('c1|')) {
    await interaction.deferReply(ephemeral)
    await interaction.editReply({
      embeds: [{ description: `\`\`\`\n${interaction.customId.slice(3)}\n\`\`\`` }],
    })
    await interaction.message.edit({ content: 'Opened', components: [] })
  } else if (interaction.isButton())
    await interaction.reply({ content: 'This button is too old.', ...ephemeral })
}

let discord: DiscordDouble
let bot: Client
let heard: string[]

beforeEach(async () => {
  discord = await discordDouble()
  bot = tinyBot(discord)
  heard = []
  bot.on('interactionCreate', act)
  bot.on('messageCreate', async (message) => {
    heard.push(`${message.author.username}: ${message.content}`)
    if (!message.author.bot) await message.reply('Hello.')
  })
  await ready(bot, discord.token)
  await bot.rest.put(`/applications/${discord.applicationId}/commands`, { body: commands })
})

afterEach(async () => {
  await bot.destroy()
  await discord.close()
})

async function annaSends(words: string): Promise<void> {
  const { anna, ben } = discord.people
  await anna.types('/secret', { to: ben }, { channel: discord.channels.general })
  await anna.fills('To whom?', [ben])
  await anna.fills('Secret', words)
  expect(await anna.submits()).toMatchObject({ ok: true })
  await anna.untilSees('Sealed.')
  await ben.until(() => ben.seesButton('Reveal'))
}

describe('an unmodified discord.js bot', () => {
  it('gets a command, opens a form, sends a card and reveals what was typed to one person', async () => {
    const { anna, ben, mallory } = discord.people
    await annaSends('correct horse\n@everyone')
    expect(anna.seesModal()).toBeUndefined()
    expect(ben.seesMessages()).toContain('You got a secret for 259200 s.')
    await ben.presses('Reveal')
    await ben.untilSees('correct horse\n@everyone')
    expect(ben.reads().at(-1)).toMatchObject({
      onlyYou: true,
      codeBlocks: ['correct horse\n@everyone'],
      pinged: [],
    })
    await ben.untilSees('Opened')
    expect(mallory.sees()).toBe('')
    expect(anna.sees()).not.toContain('correct horse')
    expect(discord.transcript.lines().join('\n')).toContain('ben presses “Reveal”')
    expect(JSON.stringify(discord.export())).not.toContain('```')
    expect(JSON.stringify(discord.exportEphemerals())).toContain('correct horse')
    const carrying = discord.outboundWith('correct horse\n@everyone')
    expect(carrying.map(({ route, privateTo }) => [route, privateTo])).toEqual([
      ['message.create', undefined],
      ['original.edit', ben.id],
    ])
  })

  it('shows the form that was announced, and the client checks what is typed into it', async () => {
    const { anna, ben } = discord.people
    await anna.usesUserMenu('Send a secret', ben, { channel: discord.channels.general })
    expect(anna.seesModal()).toMatchObject({
      title: 'Send a secret',
      fields: ['To whom?', 'Secret', 'Expires'],
      text: 'To whom?: \nSecret: \nExpires: In three days',
    })
    expect(await anna.submits()).toMatchObject({ ok: false, error: 'client_validation' })
    await anna.fills('Secret', 'x'.repeat(51))
    await anna.fills('To whom?', [ben, anna])
    await anna.fills('Expires', 'In an hour')
    expect(await anna.submits()).toMatchObject({ error: 'client_validation' })
    expect(anna.seesModal()?.errors).toEqual({ Secret: 'Must be 50 or fewer' })
    await expect(anna.fills('Expires', 'Never')).rejects.toThrow('no option “Never”')
    anna.closesModal()
    expect(anna.seesModal()).toBeUndefined()
    expect(discord.sent.filter(({ t }) => t === 'INTERACTION_CREATE')).toHaveLength(1)
  })

  it('offers commands only where they are registered, for whom they are installed, in the reader’s language', async () => {
    const { anna, ben } = discord.people
    const { lobby, annaAndBen, general, group } = discord.channels
    const owners = (person: typeof anna) => JSON.parse(person.sees().split(': ').slice(1).join(': '))
    await anna.types('/secrets', {}, { channel: lobby })
    expect(owners(anna)).toMatchObject({ context: 0, owners: { 1: anna.id } })
    anna.reload()
    await anna.types('/secrets', {}, { channel: group })
    expect(owners(anna)).toMatchObject({ context: 2, owners: { 1: anna.id }, guildLocale: null })
    anna.reload()
    await anna.types('/secrets')
    expect(owners(anna)).toMatchObject({ context: 1, owners: { 0: '0', 1: anna.id } })
    ben.user.locale = 'de'
    await ben.types('/geheimnisse', {}, { channel: general })
    expect(owners(ben)).toMatchObject({ locale: 'de', owners: { 0: discord.guilds.acme.id } })
    expect(() => ben.types('/secrets', {}, { channel: annaAndBen })).toThrow('offers no “secrets”')
    expect(() => anna.types('/here')).toThrow('offers no “here”')
    expect(() => anna.types('/secret', { whom: ben })).toThrow('no option “whom”')
    expect(() => discord.people.mallory.types('/secrets', {}, { channel: discord.channels.leads })).toThrow(
      'not in',
    )
  })

  it('is told of a first direct message through Partials.Channel, and hears its own ephemerals with their text', async () => {
    const { ben } = discord.people
    await ben.messagesBot('Hi there')
    await ben.untilSees('Hello.')
    expect(heard).toContain('ben: Hi there')
    const echoed = new Promise<string>((resolve) => {
      bot.on('messageCreate', (message) => message.flags.has('Ephemeral') && resolve(message.content))
    })
    await ben.types('/secrets', {}, { channel: discord.channels.general })
    expect(await echoed).toContain('"context":0')
    const echo = discord.lastSent('MESSAGE_CREATE')
    expect(echo.d).toMatchObject({ flags: MessageFlags.Ephemeral })
    expect(echo.d).not.toHaveProperty('guild_id')
  })

  it('cannot write to the closed and the unacquainted, and sees where it is no member only through the interaction', async () => {
    const { anna, nora, felix } = discord.people
    const { lobby } = discord.channels
    const send = (id: string) => bot.users.send(id, 'Hello')
    await expect(send(nora.id)).rejects.toMatchObject({ code: 50007 })
    await expect(send(felix.id)).rejects.toMatchObject({ code: 50278 })
    await expect(bot.channels.fetch(lobby.id)).rejects.toMatchObject({ code: 50001 })
    await anna.types('/secret', {}, { channel: lobby })
    await anna.fills('To whom?', [felix])
    await anna.fills('Secret', 'far away')
    await anna.submits()
    await felix.untilSees('For @felix')
    expect(felix.reads(lobby).at(-1)?.pinged).toEqual([])
    expect(discord.sent.every(({ d }) => !JSON.stringify(d).includes('"content":"For'))).toBe(true)
  })

  it('is pressed by someone else, by nobody’s button and twice, when a test wants that', async () => {
    const { ben, mallory } = discord.people
    await annaSends('canary')
    const pressed = await discord.impersonatePress(mallory, ben, 'Reveal')
    expect(pressed.payload.user).toMatchObject({ id: mallory.id })
    await mallory.untilSees('canary')
    const card = discord.world.messages.get(ben.reads()[0]?.id ?? '')
    if (!card) throw new Error('there is no card')
    await discord.forgePress(mallory, 'v0-of-long-ago', card)
    await mallory.untilSees('This button is too old.')
    discord.replay(discord.lastSent('INTERACTION_CREATE'))
    await discord.until(() => discord.callsTo('callback').at(-1)?.answer?.status === 400)
    expect(discord.callsTo('callback').at(-1)?.answer?.body).toMatchObject({ code: 40060 })
  })

  it('finds a message through the context menu, with what it says', async () => {
    const { anna, mallory } = discord.people
    const { general } = discord.channels
    await mallory.types('hunter2', {}, { channel: general })
    const message = [...general.messages.values()][0]
    if (!message) throw new Error('nothing was said')
    await anna.usesMessageMenu('Seal this', message)
    expect(discord.lastSent('INTERACTION_CREATE').d).toMatchObject({
      data: { target_id: message.id, resolved: { messages: { [message.id]: { content: 'hunter2' } } } },
    })
    expect(heard).toEqual([])
  })

  it('takes the hundredth person no slower than the first', async () => {
    const people = Array.from({ length: 100 }, (_, index) => discord.addPerson(`person${index}`))
    const outcomes = await Promise.all(
      people.map((one) => one.types('/secrets', {}, { channel: discord.channels.general })),
    )
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(3_000)
  })
})
