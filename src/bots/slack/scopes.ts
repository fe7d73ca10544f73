/** Every Web API method that Sotto calls, with the bot scope it needs; the manifest is tested against it. */
export const methods = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.open': 'im:write',
  'conversations.history': 'im:history',
  'users.info': 'users:read',
  'views.open': '',
  'views.publish': '',
  'views.update': '',
} as const

/** A Web API method that Sotto may call. */
export type Method = keyof typeof methods

/** The scope of slash commands and shortcuts. */
export const commandScope = 'commands'
