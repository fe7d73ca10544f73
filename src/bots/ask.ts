import { defaultTtlSeconds } from '../core/format/expiry.ts'
import type { Token } from '../core/format/token.ts'
import type { Vault } from '../core/vault.ts'
import type { WebVault } from '../core/web-vault.ts'
import type { About } from './about.ts'
import { printAbout } from './about.ts'
import type { Event, Reply } from './adapter/event.ts'
import type { Platform } from './adapter/platform.ts'
import { burnButton, buttons, line, plain, quiet } from './blocks.ts'
import { partyOf } from './party.ts'
import { words } from './words.ts'

/** The web's side of a conversation: pages for what does not fit a form, and for people outside. */
export interface Links {
  readonly ask: WebVault['ask']
  /** The compose page. */
  readonly composeUrl: string
  /** The drop page of one token; the token stays behind the `#`. */
  dropUrl(token: Token): string
}

/** Links that only the machine itself could open: nobody is given one. */
export type NoLinks = 'local'

type AskEvent = Extract<Event, { act: 'ask' }>

interface AskParts {
  readonly vault: Vault
  readonly platform: Platform
  readonly links?: Links | NoLinks
}

/** Asks a colleague by a card that opens the form with the asker chosen. Nothing is stored. */
export async function askColleague({ by, note }: AskEvent, to: string, platform: Platform): Promise<Reply> {
  const card = plain(
    words.ask.summary,
    line(words.ask.card(by.id)),
    ...(note === '' ? [] : [line(words.card.note(note))]),
    buttons({ label: words.buttons.answer, press: { act: 'new', to: by.id }, tone: 'primary' }),
  )
  const posted = await platform.post({ person: to }, card)
  const text = posted.why === 'definitive' ? words.ask.notAsked(to) : words.ask.asked(to)
  return { message: plain(words.ask.summary, line(text)) }
}

/**
 * Makes a drop link: its token goes to the asker twice, in the card that opens the answer and in the link, and is kept
 * nowhere. Without the card there is no link.
 */
export async function askOutside(
  { by, name, note }: AskEvent,
  { vault, platform, links }: AskParts,
): Promise<Reply> {
  if (typeof links !== 'object') return { message: plain(words.ask.dropSummary, line(whyOff(links))) }
  const me = partyOf(platform, by)
  const about: About = { platform: platform.name, from: by.id, audience: 'person', to: by.id, name, note }
  const { id, token, expiresAt } = await links.ask({
    recipient: me,
    owner: me,
    about: printAbout(about),
    ttlSeconds: defaultTtlSeconds,
  })
  const press = { act: 'open', token, from: by.id, passphrase: false, audience: 'person' } as const
  const posted = await platform.post(
    { person: by.id },
    plain(
      words.ask.dropCardSummary,
      line(words.ask.dropCard),
      ...(note === '' ? [] : [line(words.card.note(note))]),
      buttons({ label: words.buttons.reveal, press, tone: 'primary' }, burnButton(id)),
      quiet(words.receipt.asked(expiresAt)),
    ),
  )
  if (posted.why !== 'ok') {
    await vault.discard(id)
    return { message: plain(words.ask.dropSummary, line(words.ask.dropNotPosted)) }
  }
  await vault.confirm(id, printAbout({ ...about, ...(posted.at && { card: posted.at }) }))
  return {
    message: plain(
      words.ask.dropSummary,
      line(words.ask.drop),
      line([{ verbatim: links.dropUrl(token), address: 'to-copy' }]),
      line(words.ask.dropWhere),
      quiet(words.ask.dropUntil(expiresAt)),
    ),
  }
}

/** The compose page, for what is too long for a form, or a file. */
export function composePage(links: Links | NoLinks | undefined): Reply {
  if (typeof links !== 'object') return { message: plain(words.ask.linkSummary, line(whyOff(links))) }
  return {
    message: plain(
      words.ask.linkSummary,
      line(words.ask.link),
      line([{ verbatim: links.composeUrl, address: 'to-follow' }]),
    ),
  }
}

function whyOff(links: NoLinks | undefined): string {
  return links === 'local' ? words.ask.local : words.ask.off
}
