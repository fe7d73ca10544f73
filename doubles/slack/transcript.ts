import type { HistoryEntry, Message } from './messages.ts'
import { readBlocks, readMessage } from './seen.ts'
import { copyOf, wordsOf } from './shapes.ts'
import type { OpenView } from './views.ts'
import type { Workspace } from './workspace.ts'

interface Line {
  at: number
  /** Rendered when asked for, so that a thousand people cost nothing. */
  read: () => string[]
}

/** What happened as the people saw it: who did what, and what appeared on whose screen. */
export class Transcript {
  readonly #lines: Line[] = []
  readonly #slack: Workspace
  #told = 0

  constructor(slack: Workspace) {
    this.#slack = slack
  }

  /** Notes what a person does, such as `anna presses “Reveal”`. */
  act(text: string): void {
    this.#add(() => [`▸ ${text}`])
  }

  /** Notes a change of a message everyone in the channel can see. */
  history({ what, message }: HistoryEntry): void {
    const { blocks, text } = message
    this.#add(() => {
      if (what === 'deleted') return [`  ${this.#place(message)}: a message is deleted`]
      const words = readMessage(this.#slack.world, { ...message, blocks, text })
      return indent(`${this.#place(message)}${what === 'edited' ? ', changed to' : ''}`, words)
    })
  }

  /** Notes a message that one person sees. */
  ephemeral(message: Message): void {
    const { blocks, text } = message
    this.#add(() =>
      indent(`on ${this.#name(message.ephemeralTo)}'s screen`, [
        ...readMessage(this.#slack.world, { ...message, blocks, text }),
      ]),
    )
  }

  /** Notes a view that opens, changes or closes. */
  view(what: 'opened' | 'changed' | 'closed', view: OpenView): void {
    const { blocks, definition, kind } = view
    const values = copyOf(view.values)
    this.#add(() => {
      const name = view.user.name
      if (kind === 'home') return [`  ${name}'s App Home is up to date`]
      const title = `“${wordsOf(definition['title'])}”`
      if (what === 'closed') return [`  ${name}'s window ${title} closes`]
      const buttons = [wordsOf(definition['submit']), wordsOf(definition['close'])].filter(Boolean)
      return indent(`${name}'s window ${title}${what === 'changed' ? ', changed' : ''}`, [
        ...readBlocks(this.#slack.world, blocks, values),
        ...(buttons.length > 0 ? [buttons.map((label) => `[${label}]`).join(' ')] : []),
      ])
    })
  }

  /** The whole transcript as lines. */
  lines(): string[] {
    return this.#lines.flatMap(({ read }) => read())
  }

  /** The lines since the last call of this function. */
  news(): string[] {
    const lines = this.#lines.slice(this.#told).flatMap(({ read }) => read())
    this.#told = this.#lines.length
    return lines
  }

  #place(message: Message): string {
    if (message.channel.kind !== 'im') return `in #${message.channel.name}`
    const names = [...message.channel.members].map((id) => this.#name(id))
    const others = names.filter((name) => name !== this.#slack.world.bot.name)
    return others.length === 1 ? `in ${others[0]}'s messages` : `between ${others.join(' and ')}`
  }

  #name(userId: string | undefined): string {
    return this.#slack.world.users.get(userId ?? '')?.name ?? 'somebody'
  }

  #add(read: () => string[]): void {
    this.#lines.push({ at: this.#slack.clock.now(), read })
  }
}

const indent = (title: string, lines: string[]): string[] => [
  `  ${title}:`,
  ...lines.flatMap((line) => line.split('\n')).map((line) => `    ${line}`),
]
