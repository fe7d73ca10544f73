import { parseId, type SecretId } from '../../core/format/id.ts'
import { type OpenPress, parsePress, printPress } from '../adapter/press.ts'
import type { Place } from '../adapter/view.ts'
import { ids } from './ids.ts'

/** Where something was pressed. */
export interface Spot extends Place {
  /** The message it stood in; absent for an ephemeral one, which only `reply` reaches. */
  readonly message?: string
}

/**
 * What a view carries from one step to the next in its `private_metadata`, which only Slack and we see. It may hold a
 * token and a response URL; nothing else of a view may.
 */
export interface Metadata {
  /** The pressed card. */
  readonly press?: OpenPress
  readonly place?: Spot
  /** Whose secret stands there. */
  readonly shown?: SecretId
}

const kinds = { c: 'channel', d: 'direct', b: 'bot' } as const

/** JSON of at most 3,000 characters: `o` the printed press, `c` the channel, `k` its kind, `m` the message, `r` the response URL, `s` the id of what is shown. */
export function printMetadata({ press, place, shown }: Metadata): string {
  return JSON.stringify({
    ...(press && { o: printPress(press) }),
    ...(place && { c: place.channel, k: place.kind.charAt(0) }),
    ...(place?.message !== undefined && { m: place.message }),
    ...(place?.reply !== undefined && { r: place.reply }),
    ...(shown !== undefined && { s: shown }),
  })
}

/** Undefined when it is not ours. An empty string is empty metadata. */
export function parseMetadata(text: string): Metadata | undefined {
  if (text === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { o, c, k, m, r, s } = value as Record<string, unknown>
  const press = typeof o === 'string' ? parsePress(o, ids) : undefined
  if (o !== undefined && press?.act !== 'open') return undefined
  const kind = k === 'c' || k === 'd' || k === 'b' ? kinds[k] : undefined
  if (c !== undefined && (typeof c !== 'string' || !ids.channel.test(c) || kind === undefined))
    return undefined
  if (m !== undefined && (typeof m !== 'string' || !ids.message.test(m))) return undefined
  const place =
    typeof c === 'string' && kind
      ? {
          channel: c,
          kind,
          ...(typeof m === 'string' && { message: m }),
          ...(typeof r === 'string' && { reply: r }),
        }
      : undefined
  const shown = typeof s === 'string' ? parseId(s) : undefined
  return { ...(press?.act === 'open' && { press }), ...(place && { place }), ...(shown && { shown }) }
}
