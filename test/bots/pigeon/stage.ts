import type { Clock } from '../../../src/bots/adapter/clock.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import { type Sotto, sotto } from '../sotto.ts'
import { pigeonBot } from './bot.ts'
import type { Person } from './double/person.ts'
import { type PigeonDouble, pigeonDouble } from './double/pigeon-double.ts'
import type { Done } from './double/world.ts'

/** Sotto in a Pigeon of its own. */
export interface Stage extends Sotto {
  readonly pigeon: PigeonDouble
  close(): Promise<void>
}

interface StageOptions {
  readonly clock?: Clock
  /** Stands between the bot and the conversation. */
  readonly twist?: (conversation: Conversation) => Conversation
}

/** Starts both; the store is closed by whoever opened it. */
export async function stage(
  { store }: { readonly store: SecretStore },
  { clock, twist = (same) => same }: StageOptions = {},
): Promise<Stage> {
  const pigeon = await pigeonDouble()
  const ours = await sotto({
    store,
    bot({ config: _, ...given }) {
      const { port, token } = pigeon
      const bot = pigeonBot({ port, token, ...given, ...(clock && { clock }) })
      return { ...bot, start: (conversation) => bot.start(twist(conversation)) }
    },
  })
  await pigeon.connected()
  return {
    ...ours,
    pigeon,
    async close() {
      await ours.stop()
      await pigeon.close()
      // What the documents forbid must not be hidden by a second try that works.
      if (pigeon.refusals.length > 0) throw new Error(pigeon.refusals.join('\n'))
    },
  }
}

/** What a sender fills in. */
export interface Sending {
  readonly to?: readonly Person[]
  readonly secret: string
  readonly passphrase?: string
  readonly note?: string
}

/** Sends a secret from #general; resolves when the sender has read what became of it. */
export async function send(from: Person, { to = [], ...fields }: Sending): Promise<void> {
  const typed = from.types(to.map(({ id }) => `@${id}`).join(' '))
  await from.until(() => typed.form)
  const filled = from.fills(typed, { ...fields })
  const isAnswered = /Sealed for|could not be|Nothing was|not certain|is there|Not sent/
  await from.until(() => filled.message?.body.lines.some(({ text }) => isAnswered.test(text)))
}

/** Presses the newest Reveal, and sends the form off. */
export async function reveal(who: Person, passphrase?: string): Promise<void> {
  await who.until(() => who.seesButton('Reveal'))
  await confirm(who, who.presses('Reveal'), passphrase)
}

/** Sends the form off that answers this press. */
export async function confirm(who: Person, pressed: Done, passphrase?: string): Promise<Done> {
  const { fields } = await who.until(() => pressed.form)
  return who.fills(pressed, fields.length > 0 && passphrase !== undefined ? { passphrase } : {})
}
