import type { MovableClock } from './clock.ts'
import { digits, hex, slackId } from './ids.ts'
import type { Manifest } from './manifest.ts'
import { Messages } from './messages.ts'
import { ResponseUrls } from './response-url.ts'
import type { Fields } from './shapes.ts'
import { Triggers } from './triggers.ts'
import { type OpenView, Views } from './views.ts'
import { type User, World } from './world.ts'

/** The installed app: its ids and credentials. */
export interface InstalledApp {
  id: string
  botId: string
  botToken: string
  appToken: string
  signingSecret: string
  verificationToken: string
}

/** Everything the double knows, without any network: the parts share it. */
export class Workspace {
  readonly clock: MovableClock
  readonly manifest: Manifest
  readonly world: World
  readonly messages: Messages
  readonly views: Views
  readonly triggers: Triggers
  readonly responseUrls: ResponseUrls
  readonly app: InstalledApp

  constructor(manifest: Manifest, clock: MovableClock, enterprise?: { id: string; name: string }) {
    this.clock = clock
    this.manifest = manifest
    this.world = new World(manifest.botName, enterprise)
    this.messages = new Messages(this.world, clock)
    this.views = new Views(clock)
    this.triggers = new Triggers(clock)
    this.responseUrls = new ResponseUrls(clock, this.world, this.messages, manifest.botScopes)
    const id = slackId('A')
    this.app = {
      id,
      botId: slackId('B'),
      botToken: `xoxb-${digits(12)}-${digits(12)}-${hex(12)}`,
      appToken: `xapp-1-${id}-${digits(13)}-${hex(32)}`,
      signingSecret: hex(16),
      verificationToken: hex(12),
    }
  }

  /** A view as payloads and the Web API carry it. */
  viewOutput(view: OpenView, values = view.values): Fields {
    const definition = view.definition
    return {
      id: view.id,
      team_id: this.world.home.id,
      type: view.kind,
      blocks: structuredClone(view.blocks),
      private_metadata: definition['private_metadata'] ?? '',
      callback_id: definition['callback_id'] ?? '',
      state: { values: structuredClone(values) },
      hash: view.hash,
      title: definition['title'] ?? { type: 'plain_text', text: 'View Title', emoji: true },
      clear_on_close: definition['clear_on_close'] === true,
      notify_on_close: definition['notify_on_close'] === true,
      close: definition['close'] ?? null,
      submit: definition['submit'] ?? null,
      previous_view_id: view.previousId,
      root_view_id: view.rootId,
      app_id: this.app.id,
      external_id: definition['external_id'] ?? '',
      app_installed_team_id: this.world.home.id,
      bot_id: this.app.botId,
    }
  }

  /** The `team`, `enterprise` and `is_enterprise_install` fields of what a person does. */
  tenancy(user: User): Fields {
    const team = this.world.teamOf(user)
    return {
      team: {
        id: team.id,
        domain: team.domain,
        ...(team.enterprise && { enterprise_id: team.enterprise.id, enterprise_name: team.enterprise.name }),
      },
      enterprise: team.enterprise ?? null,
      is_enterprise_install: false,
    }
  }
}
