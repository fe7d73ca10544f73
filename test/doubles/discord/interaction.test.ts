import { REST } from '@discordjs/rest'
import {
  InteractionResponseType as Answer,
  type APIMessage,
  MessageFlags,
  Routes,
} from 'discord-api-types/v10'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'
import type { Interaction } from '../../../doubles/discord/interaction.ts'
import { everywhere } from './tiny-bot.ts'

const button = { type: 1, components: [{ type: 2, style: 1, label: 'Reveal', custom_id: 'c1' }] }
const modal = {
  custom_id: 'm',
  title: 'Open',
  components: [{ type: 18, label: 'Passphrase', component: { type: 4, custom_id: 'p', style: 1 } }],
}
const hidden = MessageFlags.Ephemeral

let discord: DiscordDouble
let rest: REST
let now: number

beforeEach(async () => {
  now = 1_800_000_000_000
  discord = await discordDouble({ clock: { now: () => now } })
  rest = new REST({ api: discord.url, retries: 0, timeout: 60_000 }).setToken(discord.token)
  await rest.put(Routes.applicationCommands(discord.applicationId), {
    body: [{ type: 1, name: 'secret', description: 'Send a secret', ...everywhere }],
  })
})

afterEach(() => discord.close())

/** Starts an act without waiting for its answer: these tests give it by hand. */
function types(person = discord.people.anna, channel = discord.channels.general): Interaction {
  void person.types('/secret', {}, { channel })
  const begun = [...discord.interactions.pending].at(-1)
  if (!begun) throw new Error('nothing is pending')
  return begun
}

async function presses(person = discord.people.ben): Promise<Interaction> {
  const body = { content: 'A card', components: [button] }
  await rest.post(Routes.channelMessages(discord.channels.general.id), { body })
  void person.presses('Reveal')
  const begun = [...discord.interactions.pending].at(-1)
  if (!begun) throw new Error('nothing is pending')
  return begun
}

const answers = ({ id, token }: Interaction, type: Answer, data?: object) =>
  rest.post(Routes.interactionCallback(id, token), { auth: false, body: { type, ...(data && { data }) } })
const webhook = (token: string, message?: string) =>
  message
    ? Routes.webhookMessage(discord.applicationId, token, message)
    : Routes.webhook(discord.applicationId, token)
const edits = ({ token }: Interaction, body: object, message = '@original') =>
  rest.patch(webhook(token, message), { auth: false, body }) as Promise<APIMessage>
const deletes = ({ token }: Interaction, message = '@original') =>
  rest.delete(webhook(token, message), { auth: false })
const follows = ({ token }: Interaction, body: object) =>
  rest.post(webhook(token), { auth: false, body }) as Promise<APIMessage>

describe('an interaction', () => {
  it('can be answered within three seconds and not later', async () => {
    const inTime = types()
    now += 3_000
    await answers(inTime, Answer.ChannelMessageWithSource, { content: 'Here', flags: hidden })
    const late = types()
    now += 3_001
    await expect(answers(late, Answer.ChannelMessageWithSource, { content: 'Here' })).rejects.toMatchObject({
      code: 10062,
      status: 404,
    })
    await discord.advance(3_001)
    expect(discord.people.anna.notices).toEqual(['The application did not respond'])
  })

  it('takes one first response; the second is 40060 and changes nothing', async () => {
    const interaction = types()
    await answers(interaction, Answer.ChannelMessageWithSource, { content: 'First' })
    await expect(
      answers(interaction, Answer.ChannelMessageWithSource, { content: 'Second' }),
    ).rejects.toMatchObject({
      code: 40060,
      status: 400,
    })
    expect(discord.people.ben.sees()).toContain('First')
    expect(discord.people.ben.sees()).not.toContain('Second')
  })

  it('lends its token for fifteen minutes, once it was answered', async () => {
    const interaction = types()
    await expect(edits(interaction, { content: 'x' })).rejects.toMatchObject({ code: 10015 })
    await expect(follows(interaction, { content: 'x' })).rejects.toMatchObject({ code: 10015 })
    await answers(interaction, Answer.DeferredChannelMessageWithSource, { flags: hidden })
    now += 15 * 60_000
    await edits(interaction, { content: 'Still' })
    now += 1
    await expect(edits(interaction, { content: 'Late' })).rejects.toMatchObject({ code: 50027, status: 401 })
    await expect(deletes(interaction)).rejects.toMatchObject({ code: 50027 })
    expect(discord.people.anna.sees()).toContain('Still')
    await expect(edits({ ...interaction, token: 'stolen' }, { content: 'x' })).rejects.toMatchObject({
      code: 50027,
    })
    await expect(
      rest.patch(Routes.webhookMessage(discord.people.ben.id, interaction.token), { body: {} }),
    ).rejects.toMatchObject({
      code: 10015,
    })
  })

  it('shows an ephemeral to one person, and no route but its token reaches it', async () => {
    const { anna, ben } = discord.people
    const { general } = discord.channels
    const interaction = types(anna)
    await answers(interaction, Answer.DeferredChannelMessageWithSource, { flags: hidden })
    expect(anna.sees()).toContain('Sotto is thinking…')
    const message = await edits(interaction, { content: 'For your eyes' })
    expect(message.flags).toBe(hidden)
    expect(anna.sees()).toContain('Sotto (only you can see this): For your eyes')
    expect(ben.sees()).not.toContain('For your eyes')
    await expect(rest.get(Routes.channelMessage(general.id, message.id))).rejects.toMatchObject({
      code: 10008,
    })
    await expect(rest.delete(Routes.channelMessage(general.id, message.id))).rejects.toMatchObject({
      code: 10008,
    })
    expect(await rest.get(Routes.channelMessages(general.id))).toEqual([])
    await deletes(interaction)
    expect(anna.sees()).not.toContain('For your eyes')
    await expect(edits(interaction, { content: 'again' })).rejects.toMatchObject({ code: 10008 })
    expect(JSON.stringify(discord.export())).not.toContain('For your eyes')
    expect(discord.exportEphemerals().map(({ what }) => what)).toEqual(['posted', 'edited', 'deleted'])
  })

  it('means the pressed message by @original after an update, and then deletes the public message', async () => {
    const { ben, carla } = discord.people
    const interaction = await presses(ben)
    await answers(interaction, Answer.UpdateMessage, { content: 'Opened', components: [] })
    const followUp = await follows(interaction, { content: 'The secret', flags: hidden })
    expect(carla.sees()).toContain('Opened')
    expect(carla.sees()).not.toContain('The secret')
    await deletes(interaction, followUp.id)
    expect(ben.sees()).not.toContain('The secret')
    await deletes(interaction)
    expect(carla.sees()).not.toContain('Opened')
  })

  it('fills the deferred message with the first follow-up, ephemeral or not as it was deferred', async () => {
    const { anna, ben } = discord.people
    const interaction = types(anna)
    await answers(interaction, Answer.DeferredChannelMessageWithSource, { flags: hidden })
    const first = await follows(interaction, { content: 'One' })
    const second = await follows(interaction, { content: 'Two' })
    expect(first.flags).toBe(hidden)
    expect(second.flags).toBe(0)
    expect(ben.sees()).toContain('Two')
    expect(ben.sees()).not.toContain('One')
    const other = types(anna)
    await answers(other, Answer.ChannelMessageWithSource, { content: 'x' })
    await expect(edits(other, { content: 'x' }, second.id)).rejects.toMatchObject({ code: 10008 })
  })

  it('gives an application that is only installed to an account five follow-ups', async () => {
    const { anna, felix } = discord.people
    const interaction = types(anna, discord.channels.lobby)
    await answers(interaction, Answer.ChannelMessageWithSource, { content: 'Zero' })
    for (const content of ['1', '2', '3', '4', '5']) await follows(interaction, { content })
    await expect(follows(interaction, { content: '6' })).rejects.toMatchObject({ code: 40094 })
    expect(felix.sees()).toContain('Sotto: 5')
    discord.guilds.elsewhere.externalApps = false
    const muted = types(anna, discord.channels.lobby)
    await answers(muted, Answer.ChannelMessageWithSource, { content: 'Not in public' })
    expect(felix.sees()).not.toContain('Not in public')
    expect(anna.sees()).toContain('Not in public')
  })

  it('opens a form as the first response, never in answer to a form', async () => {
    const { ben } = discord.people
    const interaction = await presses(ben)
    await answers(interaction, Answer.Modal, modal)
    await expect(edits(interaction, { content: 'x' })).rejects.toMatchObject({ code: 10008 })
    await ben.fills('Passphrase', 'tea')
    void ben.submits()
    const submitted = [...discord.interactions.pending].at(-1)
    if (!submitted) throw new Error('nothing was submitted')
    expect(submitted.payload).toMatchObject({
      type: 5,
      message: { content: 'A card' },
      data: {
        custom_id: 'm',
        components: [{ type: 18, component: { type: 4, custom_id: 'p', value: 'tea' } }],
      },
    })
    await expect(answers(submitted, Answer.Modal, modal)).rejects.toMatchObject({ code: 50035 })
    expect(ben.seesModal()?.title).toBe('Open')
    await answers(submitted, Answer.UpdateMessage, { content: 'Opened', components: [] })
    expect(ben.seesModal()).toBeUndefined()
  })

  it('updates only messages that were there: a command has none', async () => {
    const interaction = types()
    await expect(answers(interaction, Answer.UpdateMessage, { content: 'x' })).rejects.toMatchObject({
      rawError: { code: 50035, errors: { type: { _errors: [{ code: 'BASE_TYPE_CHOICES' }] } } },
    })
    await answers(interaction, Answer.ChannelMessageWithSource, { content: 'x' })
  })

  it('tells with_response which message it became', async () => {
    const interaction = types()
    const answer = await rest.post(Routes.interactionCallback(interaction.id, interaction.token), {
      auth: false,
      query: new URLSearchParams({ with_response: 'true' }),
      body: { type: 4, data: { content: 'Here', flags: hidden } },
    })
    expect(answer).toMatchObject({
      interaction: { id: interaction.id, response_message_ephemeral: true, response_message_loading: false },
      resource: { type: 4, message: { content: 'Here' } },
    })
  })
})
