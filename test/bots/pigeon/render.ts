import type { OpenPress } from '../../../src/bots/adapter/press.ts'
import { printPress } from '../../../src/bots/adapter/press.ts'
import type { Block, Button, Message, Part, RevealView } from '../../../src/bots/adapter/view.ts'
import { shownLead } from '../../../src/bots/cards.ts'
import { anotherTry } from '../../../src/bots/problems.ts'
import { words } from '../../../src/bots/words.ts'
import { ids } from './ids.ts'
import type { Body, PigeonButton, PigeonLine } from './protocol.ts'

/** Text as text: nothing in it is alive. */
export function escapeMarkup(text: string): string {
  return text.replace(/[\\*@#%:]/g, '\\$&')
}

/** One line in Pigeon's markup. */
export function printParts(parts: readonly Part[]): string {
  return parts.map(printPart).join('')
}

function printPart(part: Part): string {
  if ('text' in part) return escapeMarkup(part.text)
  if ('strong' in part) return `*${escapeMarkup(part.strong)}*`
  if ('person' in part) return ids.user.test(part.person) ? `@${part.person}` : escapeMarkup(part.person)
  if ('channel' in part) return ids.room.test(part.channel) ? `#${part.channel}` : escapeMarkup(part.channel)
  if ('when' in part) return `%${part.when}:${part.as}%`
  // Pigeon fetches no address, so a link needs nothing against previews.
  const isLink = part.address === 'to-follow' && /^https?:\/\/[\w./:-]+$/.test(part.verbatim)
  return isLink ? part.verbatim : escapeMarkup(part.verbatim)
}

/** A message in Pigeon's lines. */
export function renderMessage({ blocks }: Message): Body {
  return { lines: blocks.map(renderBlock) }
}

function renderBlock(block: Block): PigeonLine {
  switch (block.block) {
    case 'heading':
      return { text: printParts([{ strong: block.text }]) }
    case 'line':
      return {
        text: printParts(block.parts),
        ...(block.quiet && { small: true }),
        ...(block.button && { buttons: [renderButton(block.button)] }),
      }
    case 'buttons':
      return { text: '', buttons: block.buttons.map(renderButton) }
  }
}

function renderButton({ label, press, sure }: Button): PigeonButton {
  return { label, press: printPress(press), ...(sure && { sure }) }
}

/** What the private message of one reveal shows. */
export function renderView(view: RevealView, press: OpenPress): Body {
  switch (view.view) {
    case 'opening':
      return sentence(words.confirm.opening)
    case 'wiped':
      return sentence(view.isEarly ? words.confirm.wipedEarly : words.confirm.wiped)
    case 'message':
      return renderMessage(view.message)
    case 'confirm':
      return renderMessage(anotherTry(view.form.problem))
    case 'shown':
      return {
        lines: [
          { text: printParts(shownLead(press, view.wipeAt)) },
          {
            text: '',
            buttons: [renderButton({ label: words.buttons.wipe, press: { act: 'wipe', id: view.id } })],
          },
        ],
        plain: view.secret.text(),
      }
  }
}

/** A message of one sentence of ours. */
export function sentence(text: string): Body {
  return { lines: [{ text: escapeMarkup(text) }] }
}
