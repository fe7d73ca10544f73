import { checkMessageBlocks } from './block-kit.ts'
import type { Clock } from './clock.ts'
import { digits, hex } from './ids.ts'
import type { Message, Messages } from './messages.ts'
import { Refusal } from './refusal.ts'
import { type Fields, textOf } from './shapes.ts'
import type { Channel, World } from './world.ts'

interface Target {
  userId: string
  channel: Channel
  /** The message that was clicked; a command has none. */
  original: Message | undefined
  madeAt: number
  uses: number
}

const known = [
  'text',
  'blocks',
  'attachments',
  'response_type',
  'replace_original',
  'delete_original',
  'thread_ts',
  'mrkdwn',
  'parse',
  'link_names',
  'unfurl_links',
  'unfurl_media',
  'metadata',
]

/** Response URLs: five uses in thirty minutes, in any conversation, also where the bot is not a member. */
export class ResponseUrls {
  base = ''
  readonly #clock: Clock
  readonly #world: World
  readonly #messages: Messages
  readonly #scopes: ReadonlySet<string>
  readonly #targets = new Map<string, Target>()

  constructor(clock: Clock, world: World, messages: Messages, scopes: ReadonlySet<string>) {
    this.#clock = clock
    this.#world = world
    this.#messages = messages
    this.#scopes = scopes
  }

  /** A fresh address for what a person did in a channel, on a message or by a command. */
  make(userId: string, channel: Channel, original?: Message): string {
    const path = `/${original ? 'actions' : 'commands'}/${this.#world.home.id}/${digits(13)}/${hex(12)}`
    this.#targets.set(path, { userId, channel, original, madeAt: this.#clock.now(), uses: 0 })
    return `${this.base}${path}`
  }

  /** Whose address it is and where it answers; nothing for an unknown path. */
  target(path: string): { userId: string; channel: Channel } | undefined {
    return this.#targets.get(path)
  }

  /**
   * Does what was posted to an address.
   * @throws {Refusal} `no_service`, `used_url` and `expired_url` (404), everything else 400
   */
  answer(path: string, body: Fields): void {
    const target = this.#targets.get(path)
    if (!target) throw new Refusal('no_service')
    if (this.#clock.now() - target.madeAt >= 30 * 60_000) throw new Refusal('expired_url')
    if (target.uses >= 5) throw new Refusal('used_url')
    target.uses += 1
    this.apply(target, body)
  }

  /** The same rules for a message given back in the acknowledgement of a command. */
  apply(target: { userId: string; channel: Channel; original?: Message | undefined }, body: Fields): void {
    for (const key of Object.keys(body))
      if (!known.includes(key)) throw new Refusal('invalid_arguments', [`unknown field: ${key}`])
    if (isTrue(body['delete_original'])) {
      if (Object.keys(body).length > 1)
        throw new Refusal('invalid_arguments', ['delete_original must be the only attribute'])
      if (!target.original) throw new Refusal('cant_delete_message')
      this.#messages.remove(target.original)
      return
    }
    if (body['blocks'] !== undefined) checkMessageBlocks(body['blocks'], this.#scopes)
    const text = textOf(body['text'])
    if (text.length > 40_000) throw new Refusal('msg_too_long')
    if (!text && !Array.isArray(body['blocks']) && !Array.isArray(body['attachments']))
      throw new Refusal('no_text')
    const type = body['response_type']
    if (type !== undefined && type !== 'ephemeral' && type !== 'in_channel')
      throw new Refusal('invalid_arguments', ['response_type must be ephemeral or in_channel'])
    const content = {
      text,
      blocks: body['blocks'] ?? [],
      ...(textOf(body['thread_ts']) && { threadTs: textOf(body['thread_ts']) }),
    }
    // A button's answer without response_type or replace_original replaces what was clicked.
    const replaces =
      isTrue(body['replace_original']) || (type === undefined && body['replace_original'] === undefined)
    if (target.original && replaces) {
      this.#messages.edit(target.original, content)
      return
    }
    if (type === 'in_channel') this.#messages.post(target.channel, this.#world.bot.id, content)
    else this.#messages.postEphemeral(target.channel, this.#world.bot.id, target.userId, content)
  }
}

const isTrue = (value: unknown): boolean => value === true || value === 'true'
