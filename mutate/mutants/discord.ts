import type { Mutant } from '../mutant.ts'

const parsing = 'test/bots/discord/parse.test.ts'
const typing = 'test/bots/discord/typed.test.ts'
const errors = 'test/bots/discord/errors.test.ts'
const once = 'test/bots/discord/dedupe.test.ts'
const sweep = 'test/bots/discord/sweep.test.ts'
const hostile = 'test/bots/discord/hostile.test.ts'
const rests = 'test/bots/discord/transport/rest.test.ts'
const typed = 'src/bots/discord/typed.ts'
const interactions = 'src/bots/discord/interactions.ts'
const rest = 'src/bots/discord/transport/rest.ts'
const client = 'src/bots/discord/transport/client.ts'

/** Discord: who is believed, what an answer proves, what is shown to whom. */
export const discord: readonly Mutant[] = [
  {
    name: 'discord-mentions-ping',
    file: 'src/bots/discord/render.ts',
    search: 'export const noMentions = { parse: [] } as const',
    replace:
      "export const noMentions = { parse: ['everyone', 'users', 'roles'] } as never as { parse: readonly [] }",
    killers: [hostile],
  },
  {
    name: 'discord-answers-itself',
    file: typed,
    search: 'if (author.bot || webhookId',
    replace: 'if (webhookId',
    killers: [typing, parsing],
  },
  {
    name: 'discord-answers-in-servers',
    file: typed,
    search: 'guildId !== null ||',
    replace: '',
    killers: [parsing],
  },
  {
    name: 'discord-seals-what-others-typed',
    file: typed,
    search: 'author?.id === by.id ?',
    replace: 'author ?',
    killers: ['test/bots/discord/author.test.ts'],
  },
  {
    name: 'discord-bots-may-press',
    file: 'src/bots/discord/parse.ts',
    search: 'if (!user || user.bot) return undefined',
    replace: 'if (!user) return undefined',
    killers: [parsing],
  },
  {
    name: 'discord-wipes-for-everybody',
    file: 'src/bots/discord/parse.ts',
    search: 'if (interaction.source.isPrivate)',
    replace: 'if (interaction.source)',
    killers: [parsing],
  },
  {
    name: 'discord-burns-without-asking',
    file: 'src/bots/discord/parse.ts',
    search: "return { kind: 'sure', press }",
    replace: "return { kind: 'answer', event: { act: 'burn', by, id: press.id } }",
    killers: [parsing],
  },
  {
    name: 'discord-shows-to-everybody',
    file: interactions,
    search:
      'InteractionResponseType.DeferredChannelMessageWithSource, {\n        flags: MessageFlags.Ephemeral,\n      }',
    replace: 'InteractionResponseType.DeferredChannelMessageWithSource, {}',
    killers: ['test/bots/discord/contract.test.ts'],
    named: 'Discord over SQLite',
  },
  {
    name: 'discord-every-press-is-the-first',
    file: 'src/bots/discord/dispatch.ts',
    search: "parts.dedupe('interaction', interaction.id)",
    replace: "parts.dedupe('interaction', crypto.randomUUID())",
    killers: [once],
  },
  {
    name: 'discord-unknown-code-is-proof',
    file: 'src/bots/discord/errors.ts',
    search: "definitiveCodes.includes(Number(code)) ? 'definitive' : 'ambiguous'",
    replace: "'definitive'",
    killers: [errors],
  },
  {
    name: 'discord-timeout-is-proof',
    file: 'src/bots/adapter/transport-failure.ts',
    search: "return { why: neverConnected(cause) ? 'definitive' : 'ambiguous', code }",
    replace: "return { why: isLate || neverConnected(cause) ? 'definitive' : 'ambiguous', code }",
    killers: [errors, rests],
  },
  {
    name: 'discord-server-error-is-proof',
    file: 'src/bots/discord/errors.ts',
    search: "return { why: 'ambiguous', code: `http_${error.status}` }",
    replace: "return { why: 'definitive', code: `http_${error.status}` }",
    killers: [errors, rests],
  },
  {
    name: 'discord-calls-repeated-by-the-library',
    file: rest,
    search: 'const common = { retries: 0,',
    replace: 'const common = { retries: 3,',
    killers: [rests],
  },
  {
    name: 'discord-bot-token-with-an-interaction',
    file: rest,
    search: 'through: (call) => send(interactions, false, call)',
    replace: 'through: (call) => send(bot, true, call)',
    killers: [rests],
    named: 'goes through an interaction without',
  },
  {
    name: 'discord-token-forgotten',
    file: rest,
    search: 'bot.setToken(token)\n      return send',
    replace: 'return send',
    also: [
      {
        search: '// What goes through',
        replace: 'bot.setToken(token)\n  // What goes through',
      },
    ],
    killers: [rests],
  },
  {
    name: 'discord-library-keeps-messages',
    file: client,
    search: 'makeCache: caches,',
    replace: '',
    killers: [sweep],
  },
  {
    name: 'discord-previews-links',
    file: 'src/bots/discord/render.ts',
    search: '(hasAddress(message) ? MessageFlags.SuppressEmbeds : 0)',
    replace: '0',
    killers: ['test/bots/discord/link.test.ts'],
  },
  {
    name: 'discord-forced-private-card-counts',
    file: 'src/bots/discord/platform.ts',
    search: "if (!posted.isPrivate) return { why: 'ok' }",
    replace: "if (posted) return { why: 'ok' }",
    killers: ['test/bots/discord/user-install.test.ts'],
  },
]
