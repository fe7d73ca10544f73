import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type Fields, fieldsOf, listOf, stringsOf, textOf } from './shapes.ts'

/** What the double takes from the app's manifest: what the app may do and what Slack sends it. */
export interface Manifest {
  botScopes: Set<string>
  botEvents: Set<string>
  commands: Map<string, { shouldEscape: boolean }>
  shortcuts: { name: string; type: 'global' | 'message'; callbackId: string }[]
  homeTab: boolean
  messagesTab: boolean
  messagesTabReadOnly: boolean
  interactivity: boolean
  botName: string
}

/** Reads `manifest.yml` from a path, or takes its content as an object (for a variant in a test). */
export function readManifest(source: string | Fields): Manifest {
  const content = fieldsOf(typeof source === 'string' ? parse(readFileSync(source, 'utf8')) : source)
  const features = fieldsOf(content['features'])
  const settings = fieldsOf(content['settings'])
  const home = fieldsOf(features['app_home'])
  const scopes = fieldsOf(fieldsOf(content['oauth_config'])['scopes'])
  return {
    botScopes: new Set(stringsOf(scopes['bot'])),
    botEvents: new Set(stringsOf(fieldsOf(settings['event_subscriptions'])['bot_events'])),
    commands: new Map(
      listOf(features['slash_commands']).map((one) => [
        textOf(one['command']),
        { shouldEscape: one['should_escape'] === true },
      ]),
    ),
    shortcuts: listOf(features['shortcuts']).map((one) => ({
      name: textOf(one['name']),
      type: one['type'] === 'message' ? 'message' : 'global',
      callbackId: textOf(one['callback_id']),
    })),
    homeTab: home['home_tab_enabled'] === true,
    messagesTab: home['messages_tab_enabled'] === true,
    messagesTabReadOnly: home['messages_tab_read_only_enabled'] === true,
    interactivity: fieldsOf(settings['interactivity'])['is_enabled'] === true,
    botName: textOf(fieldsOf(features['bot_user'])['display_name']) || 'App',
  }
}
