import type { SecretId } from '../core/format/id.ts'
import type { Block, Button, Message, Part } from './adapter/view.ts'
import { words } from './words.ts'

/** A paragraph, with at most one button beside it. */
export function line(parts: readonly Part[] | string, button?: Button): Block {
  return {
    block: 'line',
    parts: typeof parts === 'string' ? [{ text: parts }] : parts,
    ...(button && { button }),
  }
}

/** A paragraph in small print. */
export function quiet(parts: readonly Part[] | string): Block {
  return { block: 'line', parts: typeof parts === 'string' ? [{ text: parts }] : parts, quiet: true }
}

/** Buttons in a row. */
export function buttons(...list: readonly Button[]): Block {
  return { block: 'buttons', buttons: list }
}

/** Opens an empty form. */
export const newButton: Button = { label: words.buttons.newSecret, press: { act: 'new' }, tone: 'primary' }
/** Shows what the person sent. */
export const listButton: Button = { label: words.buttons.mySecrets, press: { act: 'list', before: '' } }
/** Explains Sotto. */
export const helpButton: Button = { label: words.buttons.help, press: { act: 'help' } }

/** Destroys one secret unread, after one more question. */
export function burnButton(id: SecretId): Button {
  return { label: words.buttons.burn, press: { act: 'burn', id }, tone: 'danger', sure: words.sure }
}

/** A message of sentences. */
export function plain(summary: string, ...blocks: readonly Block[]): Message {
  return { summary, blocks }
}
