import type { At } from './adapter/platform.ts'

/** What a receipt says, as the store keeps it (sealed under the server key): no content, no token. */
export interface About {
  /** `Platform.name`. */
  readonly platform: string
  /** The sender's user id. */
  readonly from: string
  readonly audience: 'person' | 'place'
  /** The recipient's user id, or the id of the channel whose first person may open. */
  readonly to: string
  readonly card?: At
  readonly receipt?: At
  /** For a request: how its page names who asks. */
  readonly name?: string
  readonly note: string
}

/** A platform's name and the audience's letter. */
const headShape = /^([a-z0-9-]{1,40}) ([pu])$/

/** As it was while there were two platforms: their first letters. Such receipts are there until their secrets expire. */
const olderHeadShape = /^([sd])([pu])$/
const olderNames: Readonly<Record<string, string>> = { s: 'slack', d: 'discord' }

/**
 * Lines of UTF-8: platform and audience, from, to, card, receipt, name, and the note to the end. A few bytes more than
 * the ids.
 * @throws RangeError for a platform's name that is none
 */
export function printAbout(about: About): Uint8Array {
  const head = `${about.platform} ${about.audience === 'place' ? 'p' : 'u'}`
  if (!headShape.test(head)) throw new RangeError(`not the name of a platform: ${about.platform}`)
  const name = about.name?.replaceAll('\n', ' ') ?? ''
  const lines = [
    head,
    about.from,
    about.to,
    ...printAt(about.card),
    ...printAt(about.receipt),
    name,
    about.note,
  ]
  return new TextEncoder().encode(lines.join('\n'))
}

/** Undefined when the bytes are not such lines. */
export function parseAbout(bytes: Uint8Array): About | undefined {
  const [head = '', from, to, cardChannel, cardMessage, receiptChannel, receiptMessage, name, ...note] =
    new TextDecoder().decode(bytes).split('\n')
  const { platform, audience } = parseHead(head)
  if (!platform || !from || !to || name === undefined) return undefined
  const card = readAt(cardChannel, cardMessage)
  const receipt = readAt(receiptChannel, receiptMessage)
  return {
    platform,
    from,
    audience: audience === 'p' ? 'place' : 'person',
    to,
    ...(card && { card }),
    ...(receipt && { receipt }),
    ...(name && { name }),
    note: note.join('\n'),
  }
}

function parseHead(head: string): { readonly platform?: string; readonly audience?: string } {
  const [, older = '', olderAudience] = olderHeadShape.exec(head) ?? []
  const [, platform = olderNames[older], audience = olderAudience] = headShape.exec(head) ?? []
  return { ...(platform !== undefined && { platform }), ...(audience !== undefined && { audience }) }
}

function printAt(at: At | undefined): readonly [string, string] {
  return at ? [at.channel, at.message] : ['', '']
}

function readAt(channel: string | undefined, message: string | undefined): At | undefined {
  return channel && message ? { channel, message } : undefined
}
