import type { Mutant } from './mutant.ts'
import { app } from './mutants/app.ts'
import { conversing } from './mutants/conversation.ts'
import { discord } from './mutants/discord.ts'
import { format } from './mutants/format.ts'
import { limiting } from './mutants/limits.ts'
import { page } from './mutants/pages.ts'
import { redis } from './mutants/redis.ts'
import { slack } from './mutants/slack.ts'
import { sqlite } from './mutants/sqlite.ts'
import { core } from './mutants/vault.ts'
import { web } from './mutants/web.ts'

/** Every mutant that the tests are shown to kill, by the area of the source that it breaks. */
export const mutants: readonly Mutant[] = [
  ...format,
  ...core,
  ...sqlite,
  ...redis,
  ...limiting,
  ...conversing,
  ...web,
  ...page,
  ...slack,
  ...discord,
  ...app,
]
