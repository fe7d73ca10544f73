import type { HistoryEntry, User } from './entities.ts'
import type { OpenModal } from './interaction.ts'
import type { Message, Version } from './message.ts'
import { messageLines, readModal } from './seen.ts'
import type { World } from './world.ts'

/** What happened as the people saw it: who did what, and what appeared on whose screen. */
export class Transcript {
  /** Read when asked for, so that a thousand people cost nothing. */
  readonly #entries: (() => string[])[] = []
  readonly #world: World
  #shown = 0

  constructor(world: World) {
    this.#world = world
  }

  /** Notes what a person does, such as `Anna presses “Reveal”`. */
  act(text: string): void {
    this.#entries.push(() => [`▸ ${text}`])
  }

  /** Notes what the bot wrote, changed or took away. */
  history({ what, message, version }: HistoryEntry): void {
    if (message.author !== this.#world.bot) return
    const place = this.#place(message)
    const loading =
      what === 'posted' && version.content === '' && version.embeds.length + version.components.length === 0
    const before = what === 'edited' ? message.versions.at(-2) : undefined
    this.#entries.push(() => {
      if (before && isSame(this.#world, message, before, version)) return []
      if (what === 'deleted') return [`  ${place}: a message is deleted`]
      const words = loading
        ? [`${message.author.name} is thinking…`]
        : messageLines(this.#world, message, version)
      return indent(`${place}${what === 'edited' ? ', changed to' : ''}`, words)
    })
  }

  /** Notes a form that opens or closes. */
  modal(what: 'opened' | 'closed', user: User, modal: OpenModal): void {
    const { title } = modal.form
    if (what === 'closed') this.#entries.push(() => [`  ${user.name}'s form “${title}” closes`])
    else
      this.#entries.push(() =>
        indent(`${user.name}'s form “${title}”`, [readModal(this.#world, modal).text, '[Submit] [Cancel]']),
      )
  }

  /** The whole transcript as lines. */
  lines(): readonly string[] {
    return this.#entries.flatMap((read) => read())
  }

  /** The lines since the last call of this function. */
  news(): readonly string[] {
    const lines = this.#entries.slice(this.#shown).flatMap((read) => read())
    this.#shown = this.#entries.length
    return lines
  }

  #place({ channel, ephemeralFor }: HistoryEntry['message']): string {
    if (ephemeralFor) return `on ${ephemeralFor.name}'s screen`
    if (channel.guild) return `in #${channel.name}`
    const names = channel.people.filter((user) => user !== this.#world.bot).map((user) => user.name)
    return names.length === 1 ? `in ${names[0]}'s messages` : `between ${names.join(' and ')}`
  }
}

/** An edit that no eye can see. */
function isSame(world: World, message: Message, before: Version, after: Version): boolean {
  const [one = '', other = ''] = [before, after].map((version) =>
    messageLines(world, message, version).join('\n'),
  )
  return one === other
}

function indent(title: string, lines: readonly string[]): string[] {
  return [`  ${title}:`, ...lines.flatMap((line) => line.split('\n')).map((line) => `    ${line}`)]
}
