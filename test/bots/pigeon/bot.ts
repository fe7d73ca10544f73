import { apology, orApologise } from '../../../src/bots/adapter/apology.ts'
import type { Bot } from '../../../src/bots/adapter/bot.ts'
import { type Clock, systemClock } from '../../../src/bots/adapter/clock.ts'
import { dedupe } from '../../../src/bots/adapter/dedupe.ts'
import type { Conversation } from '../../../src/bots/adapter/event.ts'
import { inFlight } from '../../../src/bots/adapter/in-flight.ts'
import { outage } from '../../../src/bots/adapter/outage.ts'
import { shutdown } from '../../../src/bots/adapter/shutdown.ts'
import { wipes } from '../../../src/bots/adapter/wipes.ts'
import type { Log } from '../../../src/core/log.ts'
import type { SecretStore } from '../../../src/core/store.ts'
import { connection } from './connection.ts'
import { dispatch } from './dispatch.ts'
import { parse } from './parse.ts'
import { pigeonPlatform } from './platform.ts'
import type { Interaction } from './protocol.ts'
import { renderMessage } from './render.ts'

/** Which Pigeon, as whom, and over which store. */
export interface PigeonBotOptions {
  readonly port: number
  readonly token: string
  readonly store: Pick<SecretStore, 'first' | 'forget'>
  readonly log: Log
  /** The longest lifetime that the form offers. */
  readonly maxTtlSeconds: number
  readonly clock?: Clock
}

/** Sotto in Pigeon. */
export function pigeonBot(options: PigeonBotOptions): Bot {
  const { port, token, store, log, maxTtlSeconds, clock = systemClock } = options
  const down = outage({ platform: 'pigeon', log, clock, keepsTrying: true })
  const pigeon = connection({ port, token, clock, outage: down, log, onInteraction })
  const platform = pigeonPlatform(pigeon)
  const underWay = inFlight()
  const onScreens = wipes({ clock, platform, conversation: () => conversation })
  const deduped = dedupe(store, log, 'pigeon')
  let conversation: Conversation | undefined

  function onInteraction(interaction: Interaction, loft: string): void {
    if (conversation === undefined) return
    const parts = { call: pigeon.call, platform, conversation, dedupe: deduped, wipes: onScreens, log }
    const done = dispatch(interaction, parse(interaction, loft), { ...parts, maxTtlSeconds })
    const handled = { log, platform: 'pigeon', what: interaction.what }
    void underWay.run(orApologise(done, handled, () => apologise(interaction)))
  }

  async function apologise({ id }: Interaction): Promise<void> {
    await pigeon.call({ verb: 'private', interaction: id, body: renderMessage(apology) })
  }

  return {
    platform,
    async start(given) {
      conversation = given
      pigeon.start()
    },
    connected: pigeon.connected,
    async stop(deadlineMs) {
      const close = async () => pigeon.deafen()
      const unfinished = await shutdown({ close, underWay, wipes: onScreens, outage: down }, deadlineMs)
      pigeon.close()
      return unfinished
    },
  }
}
