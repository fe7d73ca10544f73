import { sqlite } from '../../../doubles/run/stores.ts'
import { fails, rateLimited, resetAfter, resetBefore } from '../../../doubles/slack/faults.ts'
import type { Person } from '../../../doubles/slack/person.ts'
import { liveMarkup } from '../../../doubles/slack/seen.ts'
import { listOf } from '../../../doubles/slack/shapes.ts'
import type { Fault, Stage, Who } from '../platform-contract.ts'
import { platformContract } from '../platform-contract.ts'
import { type Mode, reveal, send, world } from './harness.ts'

const faults = {
  'answer-lost': resetAfter,
  'connection-lost': resetBefore,
  refused: rateLimited,
  'unknown-code': () => fails('frobnicated'),
} as const satisfies Record<Fault, () => unknown>

platformContract({ name: 'Slack in Socket Mode', open: ({ store }) => stage(store, 'socket') })
platformContract({ name: 'Slack in HTTP mode', open: ({ store }) => stage(store, 'http') }, [sqlite])

async function stage(store: Parameters<typeof world>[0]['store'], mode: Mode): Promise<Stage> {
  const { slack, log, notices, close } = await world({ store, mode })
  const { anna, ben, carla, nora } = slack.people
  const people: Record<Who, Person> = { sender: anna, recipient: ben, other: carla, blocked: nora }
  return {
    log,
    close,
    send: ({ to, ...sending }) => send(slack, anna, { ...sending, to: to.map((who) => people[who]) }),
    reveal: (who, passphrase) => reveal(people[who], passphrase),

    async revealInPlaceOf(victim, actor) {
      await slack.impersonatePress(people[actor], people[victim], 'Reveal')
      await people[actor].until(() => people[actor].seesModal())
    },

    async burn() {
      if (anna.seesModal()) await anna.dismissesModal()
      await anna.presses('Burn', { in: 'dm' })
    },

    async list() {
      if (anna.seesModal()) await anna.dismissesModal()
      await anna.types('/secret list', { channel: slack.channels.general })
    },

    seesReveal: (who) => people[who].screen.buttons().includes('Reveal'),
    sees: (who) => people[who].sees(),

    async until(who, words) {
      await people[who].untilSees(words)
    },

    fault(secret, fault, times) {
      slack.faults.when(
        'views.update',
        (args) => JSON.stringify(args).includes(secret),
        faults[fault](),
        times,
      )
    },

    callsWith: (text) => slack.outboundWith(text).length,

    liveMarkup: () =>
      slack.export().flatMap(({ message }) => {
        const { text, blocks } = message as Record<string, unknown>
        return liveMarkup(String(text), listOf(blocks))
      }),

    round: () => notices.round(),
  }
}
