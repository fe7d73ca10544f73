import { Signal } from '../../../doubles/discord/signal.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import type { Surface } from '../../../src/bots/adapter/platform.ts'
import { type Stage, sends } from './stage.ts'

export type Show = Surface['show']

/** Counts the reveals that ended, so that a press can be followed to its end; lets a counter-example show in a way of its own. */
export function pressing() {
  const changed = new Signal()
  let ended = 0

  return {
    /** For `stage` and `join`: private messages are shown by what `broken` makes of it. */
    twist:
      (broken: (show: Show) => Show = (show) => show) =>
      (conversation: Conversation): Conversation => ({
        ...conversation,
        async reveal(event) {
          const { surface } = event
          const other: Surface = {
            prepare: () => surface.prepare(),
            wiping: () => surface.wiping(),
            replaceCard: (message) => surface.replaceCard(message),
            show: broken((view, attempt) => surface.show(view, attempt)),
          }
          try {
            return await conversation.reveal({ ...event, surface: other })
          } finally {
            ended++
            changed.fire()
          }
        },
      }),

    /** Sends to ben; his press on the card, which works also when the card has lost its button. */
    async sealed({ discord }: Stage, secret: string): Promise<() => Promise<void>> {
      const { anna, ben } = discord.people
      await sends(anna, { to: [ben], secret })
      const [card] = ben.screen.messages(ben.dm)
      const [, customId] = /"custom_id":"(c1:open[^"]+)"/.exec(JSON.stringify(card?.versions[0])) ?? []
      if (!card || !customId) throw new Error('there is no card')
      return async () => {
        const before = ended
        await discord.forgePress(ben, customId, card)
        await changed.until(
          () => ended > before,
          () => 'the reveal never ended',
        )
      }
    },
  }
}

/** How often Discord was told the secret, and on how many messages it stood. */
export function tellings({ discord }: Stage, secret: string) {
  const calls = discord.outboundWith(secret)
  const shown = calls.filter(({ applied }) => applied)
  return { told: calls.length, places: new Set(shown.map(({ path }) => path)).size }
}
