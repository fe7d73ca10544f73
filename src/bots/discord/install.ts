import { GatewayIntentBits, PermissionFlagsBits } from 'discord.js'

/** What an install link asks for: commands, and the account that writes to people. */
export const scopes = ['applications.commands', 'bot'] as const

/**
 * What the bot may do in a server, all of it for cards that stand in channels. Its private answers come from
 * interactions, which need no permission, embeds included.
 */
export const permissions = {
  /** A card changes when it was opened or burned, or expires. */
  'View Channels': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
} as const

/** As the install link has them: one number. */
export const permissionBits: bigint = Object.values(permissions).reduce((sum, bit) => sum | bit, 0n)

/** What the gateway is asked to tell. None is privileged: commands and buttons need none, typed messages the second. */
export const gatewayIntents = [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages] as const
