import type { ViewOutput } from '@slack/bolt'
import type { Block, PlainTextElement } from '@slack/types'
import type { MovableClock } from './clock.ts'
import { digits, hex, slackId } from './ids.ts'
import type { Manifest } from './manifest.ts'
import { type Message, Messages, messageOutput } from './messages.ts'
import { ResponseUrls } from './response-url.ts'
import { copyOf, type Fields, textOf } from './shapes.ts'
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
  viewOutput(view: OpenView, values = view.values) {
    const { definition } = view
    const label = (key: string) => (definition[key] ?? null) as PlainTextElement | null
    return {
      id: view.id,
      team_id: this.world.home.id,
      type: view.kind,
      blocks: copyOf(view.blocks) as unknown as Block[],
      private_metadata: textOf(definition['private_metadata']),
      callback_id: textOf(definition['callback_id']),
      state: { values: copyOf(values) as unknown as ViewOutput['state']['values'] },
      hash: view.hash,
      title: label('title') ?? { type: 'plain_text' as const, text: 'View Title', emoji: true },
      clear_on_close: definition['clear_on_close'] === true,
      notify_on_close: definition['notify_on_close'] === true,
      close: label('close'),
      submit: label('submit'),
      previous_view_id: view.previousId,
      root_view_id: view.rootId,
      app_id: this.app.id,
      external_id: textOf(definition['external_id']),
      app_installed_team_id: this.world.home.id,
      bot_id: this.app.botId,
    } satisfies ViewOutput
  }

  /** What every act of a person carries: the workspace, the organisation and the app. */
  tenancy(user: User) {
    const { id, domain, enterprise } = this.world.teamOf(user)
    return {
      team: {
        id,
        domain,
        ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
      },
      // Slack says null where Bolt's types leave the field out.
      enterprise: enterprise ?? null,
      is_enterprise_install: false,
      api_app_id: this.app.id,
      token: this.app.verificationToken,
    }
  }

  /** The history as an export could have it: each posting, edit and deletion, with what was there before. */
  exported(): Fields[] {
    const output = (message: Message) => messageOutput(message, this.world, this.app.id, this.app.botId)
    return this.messages.history.map(({ what, at, message, previous }) => ({
      what,
      at,
      channel: message.channel.id,
      message: output(message),
      ...(previous && { previous: output(previous) }),
    }))
  }
}
