import {
  ActionRowBuilder,
  ButtonBuilder,
  type ButtonInteraction,
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
import { type DiscordDouble, discordDouble } from './discord-double.ts'
import { everywhere, ready, tinyBot } from './tiny-bot.ts'

const commands = [
  {
    type: 1,
    name: 'secret',
    description: 'Send a secret',
    options: [{ type: 6, name: 'to', description: 'Whom' }],
    ...everywhere,
  },
  { type: 2, name: 'Send a secret', ...everywhere },
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
          new TextInputBuilder().setCustomId('words').setStyle(TextInputStyle.Paragraph).setMaxLength(4000),
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

const reveal = (words: string) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId(`c1|${words}`).setLabel('Reveal').setStyle(ButtonStyle.Primary),
  )

async function show(button: ButtonInteraction): Promise<void> {
  await button.deferReply({ flags: MessageFlags.Ephemeral })
  await button.editReply({ embeds: [{ description: `\`\`\`\n${button.customId.slice(3)}\n\`\`\`` }] })
  await button.message.edit({ content: 'Opened', components: [] })
}

async function act(interaction: Interaction): Promise<void> {
  if (interaction.isCommand()) await interaction.showModal(form())
  else if (interaction.isModalSubmit()) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral })
    const words = interaction.fields.getTextInputValue('words')
    for (const user of interaction.fields.getSelectedUsers('to')?.values() ?? [])
      await user.send({
        content: `You got a secret for ${interaction.fields.getStringSelectValues('ttl')} s.`,
        components: [reveal(words)],
      })
    await interaction.editReply('Sealed.')
  } else if (interaction.isButton()) await show(interaction)
}

let discord: DiscordDouble
let bot: Client

beforeEach(async () => {
  discord = await discordDouble()
  bot = tinyBot(discord)
  bot.on('interactionCreate', act)
  bot.on('messageCreate', async (message) => {
    if (!message.author.bot) await message.reply('Hello.')
  })
  await ready(bot, discord.token)
  await bot.rest.put(`/applications/${discord.applicationId}/commands`, { body: commands })
})

afterEach(async () => {
  await bot.destroy()
  await discord.close()
})

describe('an unmodified discord.js bot', () => {
  it('gets a command, opens a form, sends a card and reveals what was typed to one person', async () => {
    const { anna, ben, mallory } = discord.people
    await anna.types('/secret', { to: ben }, { channel: discord.channels.general })
    const modal = await anna.untilModal('Send a secret')
    expect(modal.fields).toEqual(['To whom?', 'Secret', 'Expires'])
    await anna.fills('To whom?', [ben])
    await anna.fills('Secret', 'correct horse\n@everyone')
    expect(await anna.submits()).toMatchObject({ ok: true })
    await anna.untilSees('Sealed.')
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
    expect(
      discord.outboundWith('correct horse\n@everyone').map(({ route, privateTo }) => [route, privateTo]),
    ).toEqual([
      ['message.create', undefined],
      ['original.edit', ben.id],
    ])
  })
})
