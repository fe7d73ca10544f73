import { PermissionFlagsBits as Can, GatewayIntentBits as Intent } from 'discord-api-types/v10'
import type { Channel, Guild, User } from './entities.ts'
import { channelShape, guildShape } from './shapes.ts'
import type { World } from './world.ts'

/** Puts someone into a server. */
export function join(user: User, guild: Guild): void {
  guild.members.add(user)
  user.guilds.add(guild)
}

/** Takes someone out of a server. */
export function leave(user: User, guild: Guild): void {
  guild.members.delete(user)
  user.guilds.delete(guild)
}

/** Adds the bot to a server, or takes it out, and tells it. */
export function setBot(world: World, guild: Guild, here: boolean): void {
  guild.hasBot = here
  const to = { guildId: guild.id, intent: Intent.Guilds }
  if (here) world.dispatch({ t: 'GUILD_CREATE', d: guildShape(world, guild), ...to })
  else world.dispatch({ t: 'GUILD_DELETE', d: { id: guild.id }, ...to })
}

/** Tells the bot of a channel that it sees. */
export function announceChannel(world: World, channel: Channel): void {
  const { guild } = channel
  if (!guild || (world.botMayIn(channel) & Can.ViewChannel) === 0n) return
  world.dispatch({ t: 'CHANNEL_CREATE', d: channelShape(channel), guildId: guild.id, intent: Intent.Guilds })
}
