import { PermissionFlagsBits as Can } from 'discord-api-types/v10'
import { join } from './membership.ts'
import type { World } from './world.ts'

/** The people, servers and channels that every double begins with. */
export function furnish(world: World) {
  const users = {
    /** Has the application installed to the account, so that it works for her anywhere. */
    anna: world.addUser('anna', { installed: true }),
    ben: world.addUser('ben'),
    carla: world.addUser('carla'),
    mallory: world.addUser('mallory'),
    /** Takes no direct messages: 50007. */
    nora: world.addUser('nora', { dmsClosed: true }),
    /** Shares no server with the bot: 50278. */
    felix: world.addUser('felix'),
    /** Another application's bot. */
    deploybot: world.addUser('deploybot', { bot: true }),
  }
  const { anna, ben, carla, mallory, nora, felix, deploybot } = users
  const acme = world.addGuild('Acme', anna)
  const elsewhere = world.addGuild('Elsewhere', felix, { hasBot: false })
  for (const user of [anna, ben, carla, mallory, nora, deploybot]) join(user, acme)
  for (const user of [anna, ben, felix]) join(user, elsewhere)
  const channels = {
    /** In Acme; the bot sees it and writes there. */
    general: world.addChannel(acme, 'general'),
    /** In Acme; the bot does not see it (50001), but its commands work. */
    random: world.addChannel(acme, 'random', { botMay: 0n }),
    /** In Acme; the bot sees it and may not write (50013). */
    news: world.addChannel(acme, 'news', { botMay: Can.ViewChannel }),
    /** In Acme, for anna and ben; the bot sees it. */
    leads: world.addChannel(acme, 'leads', { only: new Set([anna, ben]) }),
    /** In a server where the bot is not: works for anna, who installed the application. */
    lobby: world.addChannel(elsewhere, 'lobby'),
    /** The direct message of anna and ben. */
    annaAndBen: world.addPrivateChannel('anna and ben', [anna, ben]),
    /** A group of anna, ben and carla. */
    group: world.addPrivateChannel('the three', [anna, ben, carla]),
  }
  return { users, guilds: { acme, elsewhere }, channels }
}
