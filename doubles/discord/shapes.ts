import {
  type APIChannel,
  type APIDMChannel,
  type APIGroupDMChannel,
  type APIInteractionDataResolvedGuildMember,
  type APIInteractionGuildMember,
  type APIRole,
  type APITextChannel,
  type APIUser,
  PermissionFlagsBits as Can,
  ChannelType,
  type GatewayGuildCreateDispatchData,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  type GuildMemberFlags,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  type GuildSystemChannelFlags,
  GuildVerificationLevel,
  Locale,
  type RoleFlags,
  type UserFlags,
} from 'discord-api-types/v10'
import type { Channel, Guild, User } from './entities.ts'
import type { World } from './world.ts'

/** What the members of a server may do when nothing else is said. */
export const memberMay =
  Can.ViewChannel |
  Can.SendMessages |
  Can.EmbedLinks |
  Can.AttachFiles |
  Can.ReadMessageHistory |
  Can.UseApplicationCommands |
  Can.UseExternalApps

/** What an application that is only installed to an account may do with its answers. */
export const guestMay = Can.EmbedLinks | Can.AttachFiles | Can.MentionEveryone | Can.UseExternalEmojis

/** A user as the wire has it. The specification wants `flags` and `primary_guild` too. */
export function userShape(user: User): APIUser {
  const shape = {
    id: user.id,
    username: user.username,
    avatar: null,
    discriminator: user.bot ? '0001' : '0',
    public_flags: 0 as UserFlags,
    flags: 0 as UserFlags,
    bot: user.bot,
    global_name: user.bot ? null : user.name,
    primary_guild: null,
  } satisfies APIUser
  return shape
}

function joined(guild: Guild): string {
  return new Date(Number((BigInt(guild.id) >> 22n) + 1_420_070_400_000n)).toISOString()
}

/** A member as it comes with an interaction: with the user and the permissions in that channel. */
export function memberShape(guild: Guild, user: User): APIInteractionGuildMember {
  return {
    ...memberWithoutUser(guild),
    user: userShape(user),
    deaf: false,
    mute: false,
  } satisfies APIInteractionGuildMember
}

/** A member as `resolved` has it: the user is listed beside it. */
export function memberWithoutUser(guild: Guild): APIInteractionDataResolvedGuildMember {
  const may = guild.externalApps ? memberMay : memberMay & ~Can.UseExternalApps
  return {
    nick: null,
    avatar: null,
    banner: null,
    roles: [],
    joined_at: joined(guild),
    premium_since: null,
    pending: false,
    communication_disabled_until: null,
    flags: 0 as GuildMemberFlags,
    permissions: may.toString(),
  } satisfies APIInteractionDataResolvedGuildMember
}

/** A channel as `GET /channels/{id}` and the gateway give it. */
export function channelShape(channel: Channel): APIChannel {
  const last = channel.lastMessageId ?? null
  if (channel.guild)
    return {
      id: channel.id,
      type: ChannelType.GuildText,
      last_message_id: last,
      flags: 0 as NonNullable<APITextChannel['flags']>,
      guild_id: channel.guild.id,
      name: channel.name,
      parent_id: null,
      rate_limit_per_user: 0,
      topic: null,
      position: 0,
      permission_overwrites: [],
      nsfw: false,
    } satisfies APITextChannel
  if (channel.kind === 'group')
    return {
      id: channel.id,
      type: ChannelType.GroupDM,
      last_message_id: last,
      flags: 0 as NonNullable<APIGroupDMChannel['flags']>,
      recipients: channel.people.map(userShape),
      name: channel.name,
      icon: null,
      owner_id: channel.people[0]?.id ?? '0',
    } satisfies APIGroupDMChannel
  // On the wire a direct message has no name; discord-api-types has it as null.
  const { name: _, ...direct } = {
    id: channel.id,
    type: ChannelType.DM,
    last_message_id: last,
    flags: 0 as NonNullable<APIDMChannel['flags']>,
    name: null,
    recipients: channel.people.filter((user) => !user.bot).map(userShape),
  } satisfies APIDMChannel
  return direct as APIDMChannel
}

function everyone(guild: Guild): APIRole {
  const colour = { primary_color: 0, secondary_color: null, tertiary_color: null }
  return {
    id: guild.id,
    name: '@everyone',
    color: 0,
    colors: colour,
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: 0,
    permissions: memberMay.toString(),
    managed: false,
    mentionable: false,
    flags: 0 as RoleFlags,
  } satisfies APIRole
}

/** A server as GUILD_CREATE tells it to a bot without the GuildMembers intent: of the members, only the bot itself. */
export function guildShape(world: World, guild: Guild): GatewayGuildCreateDispatchData {
  const me = { ...memberShape(guild, world.bot), permissions: guild.botMay.toString() }
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.owner.id,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: GuildVerificationLevel.None,
    default_message_notifications: GuildDefaultMessageNotifications.OnlyMentions,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    roles: [everyone(guild)],
    emojis: [],
    features: [],
    mfa_level: GuildMFALevel.None,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0 as GuildSystemChannelFlags,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: GuildPremiumTier.None,
    preferred_locale: Locale.EnglishUS,
    public_updates_channel_id: null,
    nsfw_level: GuildNSFWLevel.Default,
    premium_progress_bar_enabled: false,
    hub_type: null,
    safety_alerts_channel_id: null,
    incidents_data: null,
    joined_at: joined(guild),
    large: false,
    member_count: guild.members.size + 1,
    voice_states: [],
    members: [me],
    channels: [...guild.channels.values()]
      .filter((channel) => (world.botMayIn(channel) & Can.ViewChannel) !== 0n)
      .map((channel) => {
        const { guild_id: _, ...shape } = channelShape(channel) as APITextChannel
        return shape as APITextChannel
      }),
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    stickers: [],
  } satisfies GatewayGuildCreateDispatchData
}
