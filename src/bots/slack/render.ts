import type {
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
  Button as SlackButton,
} from '@slack/types'
import { printPress } from '../adapter/press.ts'
import type { Block, Button, Message, Part } from '../adapter/view.ts'
import { clip, limits } from './limits.ts'

/** Literal text: nothing in it is read as markup or as an emoji. */
export function plainText(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clip(text, max), emoji: false }
}

/**
 * What a message looks like in Block Kit, on every surface. Whatever a person typed is only ever a text element of
 * rich text, which Slack does not parse; mrkdwn is used for our own small print alone.
 */
export function renderBlocks(message: Message): KnownBlock[] {
  return message.blocks.flatMap(renderBlock)
}

/** One line as rich text. */
export function rich(parts: readonly Part[]): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: parts.map(richPart) }] }
}

/** A secret, byte for byte: the one block type that parses nothing. */
export function preformatted(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  }
}

/** Buttons in one row, as many as Slack takes. */
export function renderButtons(buttons: readonly Button[]): KnownBlock {
  return { type: 'actions', elements: buttons.slice(0, limits.actions).map(renderButton) }
}

function renderBlock(block: Block): KnownBlock[] {
  switch (block.block) {
    case 'heading':
      return [{ type: 'header', text: plainText(block.text, limits.header) }]
    case 'buttons':
      return [renderButtons(block.buttons)]
    case 'line': {
      const small = block.quiet ? smallPrint(block.parts) : undefined
      const text: KnownBlock = small ?? rich(block.parts)
      return block.button ? [text, renderButtons([block.button])] : [text]
    }
  }
}

/** @param at where it stands among its neighbours, which makes its id */
export function renderButton({ label, press, tone, sure }: Button, at = 0): SlackButton {
  return {
    type: 'button',
    text: plainText(label, limits.buttonText),
    // The press, and a token in it, goes into the value: ids are shown in places that values are not.
    action_id: `${press.act}-${at}`,
    value: printPress(press),
    ...(tone && { style: tone }),
    ...(sure && {
      confirm: {
        title: plainText(sure.title, limits.confirmTitle),
        text: plainText(sure.text, limits.confirmText),
        confirm: plainText(sure.yes, limits.confirmButton),
        deny: plainText(sure.no, limits.confirmButton),
        ...(tone && { style: tone }),
      },
    }),
  }
}

function richPart(part: Part): RichTextElement {
  if ('text' in part) return { type: 'text', text: part.text }
  if ('strong' in part) return { type: 'text', text: part.strong, style: { bold: true } }
  if ('verbatim' in part) return verbatim(part)
  if ('person' in part) return { type: 'user', user_id: part.person }
  if ('channel' in part) return { type: 'channel', channel_id: part.channel }
  return { type: 'date', timestamp: seconds(part.when), format: formats[part.as], fallback: utc(part.when) }
}

/** An address is copied as text, byte for byte, and a link only where it is there to be followed. */
function verbatim({ verbatim: text, address }: Extract<Part, { verbatim: string }>): RichTextElement {
  const isLink = address === 'to-follow' && /^https?:\/\/[!-;=?-_a-~]+$/.test(text)
  return isLink ? { type: 'link', url: text } : { type: 'text', text }
}

/** A context block, where every part is ours; undefined where one is not, because context has no rich text. */
function smallPrint(parts: readonly Part[]): KnownBlock | undefined {
  const texts = parts.map(ownMrkdwn)
  if (texts.includes(undefined)) return undefined
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: clip(texts.join(''), limits.context), verbatim: true }],
  }
}

function ownMrkdwn(part: Part): string | undefined {
  if ('text' in part) return escapeMrkdwn(part.text)
  if ('strong' in part) return `*${escapeMrkdwn(part.strong)}*`
  if ('when' in part) return `<!date^${seconds(part.when)}^${formats[part.as]}|${utc(part.when)}>`
  return undefined
}

/** The three characters that mrkdwn gives a meaning (docs.slack.dev, Formatting message text). */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Slack's `{ago}` knows the past only, so that a coming moment is told by day and time. */
const formats = {
  time: '{time}',
  day: '{date_short_pretty} at {time}',
  relative: '{date_short_pretty} at {time}',
} as const

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** For clients that do not know dates. */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
