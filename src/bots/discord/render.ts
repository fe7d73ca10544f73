import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIComponentInMessageActionRow,
  type APIEmbed,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js'
import type { OpenPress } from '../adapter/press.ts'
import { printPress } from '../adapter/press.ts'
import type { Block, Button, Message, RevealView } from '../adapter/view.ts'
import { shownLead } from '../cards.ts'
import { anotherTry } from '../problems.ts'
import { words } from '../words.ts'
import { type ExactText, exactText, markedText } from './exact-text.ts'
import { limits } from './limits.ts'
import { printParts } from './markdown.ts'

/** What a message's body may hold. Nobody is ever pinged: a bot's plain message would ping everyone it names. */
export interface Body {
  readonly flags?: number
  readonly content?: string | null
  readonly embeds?: readonly APIEmbed[]
  readonly components: readonly APIMessageTopLevelComponent[]
  readonly allowed_mentions: { readonly parse: readonly [] }
}

/** `allowed_mentions` of every message: whom it names is not pinged. */
export const noMentions = { parse: [] } as const

/** A message in Components V2, which can put a button beside its line. */
export function renderMessage(message: Message): Body & { readonly flags: number } {
  return {
    flags: MessageFlags.IsComponentsV2 | (hasAddress(message) ? MessageFlags.SuppressEmbeds : 0),
    components: message.blocks.flatMap(renderBlock),
    allowed_mentions: noMentions,
  }
}

/** Whoever previews an address fetches it. */
function hasAddress({ blocks }: Message): boolean {
  return blocks.some(
    (block) => block.block === 'line' && block.parts.some((part) => 'address' in part && part.address),
  )
}

/** The same for the eyes of the person who acted alone. */
export function renderPrivate(message: Message): Body {
  const body = renderMessage(message)
  return { ...body, flags: body.flags | MessageFlags.Ephemeral }
}

/** The same in place of a message that may have had content and embeds, which Components V2 refuses to stand beside. */
export function renderInstead(message: Message): Body {
  return { ...renderMessage(message), content: null, embeds: [] }
}

/** The same as a message of its own for the person who acted: nothing to take out, and private. */
export function asFollowUp({ flags = 0, content, embeds, ...rest }: Body): Body {
  return {
    ...rest,
    flags: flags | MessageFlags.Ephemeral,
    ...(content && { content }),
    ...(embeds && embeds.length > 0 && { embeds }),
  }
}

function renderBlock(block: Block): readonly APIMessageTopLevelComponent[] {
  switch (block.block) {
    case 'heading':
      return [text(`### ${printParts([{ text: block.text }])}`)]
    case 'line': {
      const line = text((block.quiet ? '-# ' : '') + printParts(block.parts))
      if (!block.button) return [line]
      return [{ type: ComponentType.Section, components: [line], accessory: renderButton(block.button) }]
    }
    case 'buttons':
      return rows(block.buttons)
  }
}

function text(content: string) {
  return { type: ComponentType.TextDisplay, content } as const
}

function rows(buttons: readonly Button[]): readonly APIActionRowComponent<APIComponentInMessageActionRow>[] {
  const count = Math.ceil(buttons.length / limits.buttonsInARow)
  return Array.from({ length: count }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: buttons.slice(row * limits.buttonsInARow, (row + 1) * limits.buttonsInARow).map(renderButton),
  }))
}

const styles = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const

function renderButton({ label, press, tone }: Button): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: tone ? styles[tone] : ButtonStyle.Secondary,
    label,
    custom_id: printPress(press),
  }
}

/**
 * What the private message of one reveal shows; undefined for a secret that Discord cannot show exactly. The secret
 * stands in an embed, where 4,000 characters and a fence fit, so those views are not Components V2.
 */
export function renderReveal(view: Exclude<RevealView, { view: 'shown' }>): Body
export function renderReveal(view: RevealView, press: OpenPress): Body | undefined
export function renderReveal(view: RevealView, press?: OpenPress): Body | undefined {
  switch (view.view) {
    case 'opening':
      return plainBody(words.confirm.opening)
    case 'wiped':
      return plainBody(view.isEarly ? words.confirm.wipedEarly : words.confirm.wiped)
    case 'message':
      return renderInstead(view.message)
    case 'confirm':
      return renderInstead(anotherTry(view.form.problem))
    case 'shown':
      return press && shown(view, press)
  }
}

function shown(
  { id, secret, wipeAt }: Extract<RevealView, { view: 'shown' }>,
  press: OpenPress,
): Body | undefined {
  const text = secret.text()
  const whole = exactText(text)
  const best = whole ?? markedText(text)
  if (best === undefined) return undefined
  const marked = whole ? [] : [words.confirm.marked]
  return {
    content: [printParts(shownLead(press, wipeAt)), ...remarks(best), ...marked].join('\n'),
    embeds: [{ description: best.markdown }],
    components: rows([{ label: words.buttons.wipe, press: { act: 'wipe', id }, tone: 'primary' }]),
    allowed_mentions: noMentions,
  }
}

function plainBody(content: string): Body {
  return { content, embeds: [], components: [], allowed_mentions: noMentions }
}

function remarks({ breaksBefore, breaksAfter, controls }: ExactText): readonly string[] {
  return [
    ...(breaksBefore + breaksAfter > 0 ? [words.confirm.breaks(breaksBefore, breaksAfter)] : []),
    ...(controls ? [words.confirm.controls] : []),
  ]
}
