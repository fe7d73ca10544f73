import { REST } from '@discordjs/rest'
import { InteractionResponseType as Answer, MessageFlags, Routes } from 'discord-api-types/v10'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DiscordDouble, discordDouble } from '../../../doubles/discord/discord-double.ts'

const long = (length: number) => 'x'.repeat(length)
const button = (over: object = {}) => ({ type: 2, style: 1, label: 'Press', custom_id: 'c', ...over })
const row = (...components: object[]) => ({ type: 1, components })
const buttons = (count: number) =>
  row(...Array.from({ length: count }, (_, index) => button({ custom_id: `c${index}` })))
const option = (value: string) => ({ label: 'One', value })
const options = (count: number) => Array.from({ length: count }, (_, index) => option(String(index)))
const select = (over: object = {}) => ({ type: 3, custom_id: 's', options: options(2), ...over })
const modern = (...components: object[]) => ({ flags: MessageFlags.IsComponentsV2, components })
const texts = (count: number, length = 1) =>
  Array.from({ length: count }, () => ({ type: 10, content: long(length) }))

let discord: DiscordDouble
let rest: REST

beforeAll(async () => {
  discord = await discordDouble()
  rest = new REST({ api: discord.url, retries: 0 }).setToken(discord.token)
  const body = [{ type: 1, name: 'secret', description: 'Send a secret' }]
  await rest.put(Routes.applicationCommands(discord.applicationId), { body })
})

afterAll(() => discord.close())

/** The paths and codes of what is wrong with it; nothing when it is taken. */
async function wrongWith(attempt: Promise<unknown>): Promise<string[]> {
  try {
    await attempt
    return []
  } catch (error) {
    const { rawError } = error as { rawError: { code: number; errors?: object } }
    return rawError.errors ? [...paths(rawError.errors)] : [String(rawError.code)]
  }
}

function* paths(errors: object, at = ''): Generator<string> {
  for (const [key, inner] of Object.entries(errors)) {
    if (key === '_errors') for (const { code } of inner) yield `${at}: ${code}`
    else yield* paths(inner, at ? `${at}.${key}` : key)
  }
}

describe('a message', () => {
  const posts = (body: object) =>
    wrongWith(rest.post(Routes.channelMessages(discord.channels.general.id), { body }))

  it.each([
    ['2,000 characters', { content: long(2000) }],
    ['ten embeds of 600', { embeds: Array.from({ length: 10 }, () => ({ description: long(600) })) }],
    ['a description of 4,096', { embeds: [{ description: long(4096) }] }],
    [
      'five rows of five buttons',
      {
        components: [0, 5, 10, 15, 20].map((from) =>
          row(...[0, 1, 2, 3, 4].map((n) => button({ custom_id: `b${from + n}` }))),
        ),
      },
    ],
    [
      'a custom id of 100 and a label of 80',
      { components: [row(button({ custom_id: long(100), label: long(80) }))] },
    ],
    ['a link', { components: [row(button({ style: 5, url: 'https://example.org', custom_id: undefined }))] }],
    ['25 options', { components: [row(select({ options: options(25) }))] }],
    ['40 components in the new layout', modern(...texts(40))],
  ])('may have %s', async (_, body) => {
    expect(await posts({ ...('flags' in body ? {} : { content: 'x' }), ...body })).toEqual([])
  })

  it.each([
    ['nothing', {}, ['50006']],
    ['only white space', { content: ' \n ' }, ['50006']],
    ['2,001 characters', { content: long(2001) }, ['content: BASE_TYPE_MAX_LENGTH']],
    [
      '2,000 characters of which one is a pair',
      { content: `${long(1999)}🔑` },
      ['content: BASE_TYPE_MAX_LENGTH'],
    ],
    ['eleven embeds', { embeds: Array(11).fill({ title: 'x' }) }, ['embeds: BASE_TYPE_BAD_LENGTH']],
    [
      'a description of 4,097',
      { embeds: [{ description: long(4097) }] },
      ['embeds.0.description: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      '6,001 characters of embeds',
      { embeds: [{ description: long(4096) }, { description: long(1905) }] },
      ['embeds: MAX_EMBED_SIZE_EXCEEDED'],
    ],
    [
      'six rows',
      { components: Array(6).fill(row(button())) },
      expect.arrayContaining(['components: BASE_TYPE_BAD_LENGTH']),
    ],
    ['six buttons in a row', { components: [buttons(6)] }, ['components.0.components: BASE_TYPE_BAD_LENGTH']],
    ['an empty row', { components: [row()] }, ['components.0.components: BASE_TYPE_BAD_LENGTH']],
    [
      'the same custom id twice',
      { components: [row(button(), button())] },
      ['components.0.components.1.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED'],
    ],
    [
      'a custom id of 101',
      { components: [row(button({ custom_id: long(101) }))] },
      ['components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'no custom id',
      { components: [row(button({ custom_id: undefined }))] },
      ['components.0.components.0.custom_id: BASE_TYPE_REQUIRED'],
    ],
    [
      'a label of 81',
      { components: [row(button({ label: long(81) }))] },
      ['components.0.components.0.label: BASE_TYPE_MAX_LENGTH'],
    ],
    [
      'a button without label',
      { components: [row(button({ label: '' }))] },
      ['components.0.components.0: BUTTON_COMPONENT_INVALID_LABEL'],
    ],
    [
      'a link with a custom id',
      { components: [row(button({ style: 5, url: 'https://example.org' }))] },
      ['components.0.components.0.custom_id: BUTTON_COMPONENT_CUSTOM_ID_FORBIDDEN'],
    ],
    [
      'a select beside a button',
      { components: [row(select(), button())] },
      ['components.0.components: COMPONENT_LAYOUT_WIDTH_EXCEEDED'],
    ],
    [
      '26 options',
      { components: [row(select({ options: options(26) }))] },
      ['components.0.components.0.options: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'the same option twice',
      { components: [row(select({ options: [option('1'), option('1')] }))] },
      ['components.0.components.0.options.1.value: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED'],
    ],
    [
      '41 components in the new layout',
      modern({ type: 17, components: texts(40) }),
      ['components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED'],
    ],
    [
      '4,001 characters in the new layout',
      modern(...texts(2, 2001)),
      ['components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED'],
    ],
    [
      'content in the new layout',
      { ...modern(...texts(1)), content: 'x' },
      ['content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'],
    ],
    ['text in the old layout', { components: texts(1) }, ['components.0.type: BASE_TYPE_CHOICES']],
    ['flags that are Discord’s', { flags: MessageFlags.Loading }, ['flags: MESSAGE_FLAGS_INVALID']],
    [
      'mentions that contradict each other',
      { allowed_mentions: { parse: ['users'], users: ['1'] } },
      ['allowed_mentions: MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE'],
    ],
    [
      'a nonsense mention',
      { allowed_mentions: { parse: ['me'] } },
      ['allowed_mentions.parse.0: BASE_TYPE_CHOICES'],
    ],
  ])('may not have %s', async (_, body, problems) => {
    const filler =
      'content' in body || 'flags' in body || Object.keys(body).length === 0 ? {} : { content: 'x' }
    expect(await posts({ ...filler, ...body })).toEqual(problems)
  })
})

describe('a form', () => {
  const input = (over: object = {}) => ({ type: 4, custom_id: 'p', style: 1, ...over })
  const label = (component: object, over: object = {}) => ({ type: 18, label: 'Field', component, ...over })
  const form = (components: object[], over: object = {}) => ({
    custom_id: 'm',
    title: 'Form',
    components,
    ...over,
  })

  async function opens(data: object): Promise<string[]> {
    const { anna } = discord.people
    anna.user.modal && anna.closesModal()
    void anna.types('/secret', {}, { channel: discord.channels.general })
    const { id, token } = [...discord.interactions.pending].at(-1) ?? { id: '', token: '' }
    const body = { type: Answer.Modal, data }
    const wrong = await wrongWith(rest.post(Routes.interactionCallback(id, token), { auth: false, body }))
    await discord.advance(3_001)
    return wrong.map((one) => one.replace(/^data\./, ''))
  }

  it.each([
    ['five labels', form([1, 2, 3, 4, 5].map((n) => label(input({ custom_id: `p${n}` }))))],
    [
      'a title of 45, an input of 4,000',
      form(
        [label(input({ max_length: 4000, value: long(4000) }), { label: long(45), description: long(100) })],
        { title: long(45) },
      ),
    ],
    ['an input in a row, as it used to be', form([row(input({ label: 'Old' }))])],
    [
      'radio buttons, ticks and text',
      form([
        { type: 10, content: 'Read' },
        label({ type: 21, custom_id: 'r', options: options(2) }),
        label({ type: 22, custom_id: 'g', options: options(2) }),
        label({ type: 23, custom_id: 'k' }),
      ]),
    ],
    [
      'people to choose',
      form([label({ type: 5, custom_id: 'u', max_values: 25, required: false, min_values: 0 })]),
    ],
  ])('may have %s', async (_, data) => {
    expect(await opens(data)).toEqual([])
  })

  it.each([
    ['no fields', form([]), ['components: BASE_TYPE_BAD_LENGTH']],
    [
      'six labels',
      form([1, 2, 3, 4, 5, 6].map((n) => label(input({ custom_id: `p${n}` })))),
      ['components: BASE_TYPE_BAD_LENGTH'],
    ],
    ['a title of 46', form([label(input())], { title: long(46) }), ['title: BASE_TYPE_BAD_LENGTH']],
    [
      'a label of 46',
      form([label(input(), { label: long(46) })]),
      ['components.0.label: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'a description of 101',
      form([label(input(), { description: long(101) })]),
      ['components.0.description: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'an input of 4,001',
      form([label(input({ max_length: 4001 }))]),
      ['components.0.component.max_length: NUMBER_TYPE_RANGE'],
    ],
    [
      'a label in a label',
      form([label(input({ label: 'x' }))]),
      ['components.0.component.label: FIELD_FORBIDDEN'],
    ],
    [
      'a value longer than its maximum',
      form([label(input({ max_length: 2, value: 'abc' }))]),
      ['components.0.component.value: BASE_TYPE_MAX_LENGTH'],
    ],
    ['a button', form([label(button())]), ['components.0.component.type: BASE_TYPE_CHOICES']],
    [
      'the same custom id twice',
      form([label(input()), label(input())]),
      ['components.1.component.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED'],
    ],
    [
      'a custom id of 101',
      form([label(input())], { custom_id: long(101) }),
      ['custom_id: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'one radio button',
      form([label({ type: 21, custom_id: 'r', options: options(1) })]),
      ['components.0.component.options: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'a required choice of none',
      form([label({ type: 5, custom_id: 'u', min_values: 0 })]),
      ['components.0.component.min_values: SELECT_COMPONENT_REQUIRED_MIN_ZERO'],
    ],
  ])('may not have %s', async (_, data, problems) => {
    expect(await opens(data)).toEqual(problems)
  })
})

describe('commands', () => {
  const command = (over: object = {}) => ({ type: 1, name: 'secret', description: 'Send a secret', ...over })
  const puts = (body: object[]) =>
    wrongWith(rest.put(Routes.applicationCommands(discord.applicationId), { body }))
  const user = (over: object = {}) => ({ type: 6, name: 'to', description: 'Whom', ...over })

  it('keep their ids when they are put again, and their versions when nothing changed', async () => {
    const body = [command({ integration_types: [0, 1], contexts: [0, 1, 2] })]
    const put = () =>
      rest.put(Routes.applicationCommands(discord.applicationId), { body }) as Promise<object[]>
    const first = await put()
    expect(await put()).toEqual(first)
    Object.assign(body[0] ?? {}, { description: 'Send a sealed secret' })
    expect(await put()).not.toEqual(first)
    expect(await rest.get(Routes.applicationCommands(discord.applicationId))).toMatchObject([
      { name: 'secret' },
    ])
  })

  it.each([
    ['a name in capitals', [command({ name: 'Secret' })], ['0.name: APPLICATION_COMMAND_INVALID_NAME']],
    ['a name of 33', [command({ name: long(33) })], expect.arrayContaining(['0.name: BASE_TYPE_BAD_LENGTH'])],
    ['a name twice', [command(), command()], ['1.name: APPLICATION_COMMANDS_DUPLICATE_NAME']],
    ['no description', [command({ description: undefined })], ['0.description: BASE_TYPE_REQUIRED']],
    ['a description of 101', [command({ description: long(101) })], ['0.description: BASE_TYPE_BAD_LENGTH']],
    [
      'a described menu',
      [{ type: 2, name: 'Send', description: 'x' }],
      ['0.description: APPLICATION_COMMAND_DESCRIPTION_FORBIDDEN'],
    ],
    ['a context that is none', [command({ contexts: [3] })], ['0.contexts.0: BASE_TYPE_CHOICES']],
    ['no installation', [command({ integration_types: [] })], ['0.integration_types: BASE_TYPE_MIN_LENGTH']],
    [
      'a language that is none',
      [command({ name_localizations: { xx: 'a' } })],
      ['0.name_localizations.xx: BASE_TYPE_CHOICES'],
    ],
    [
      'a translation in capitals',
      [command({ name_localizations: { de: 'Geheim' } })],
      ['0.name_localizations.de: APPLICATION_COMMAND_INVALID_NAME'],
    ],
    [
      '26 options',
      [command({ options: Array.from({ length: 26 }, (_, n) => user({ name: `o${n}` })) })],
      ['0.options: BASE_TYPE_BAD_LENGTH'],
    ],
    [
      'a required option last',
      [command({ options: [user(), user({ name: 'b', required: true })] })],
      ['0.options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID'],
    ],
    [
      '16 menus',
      Array.from({ length: 16 }, (_, n) => ({ type: 2, name: `Menu ${n}` })),
      [': APPLICATION_COMMANDS_MAX'],
    ],
  ])('may not have %s', async (_, body, problems) => {
    expect(await puts(body)).toEqual(problems)
  })
})
