import { type Fault, platformContract, type Who } from '../platform-contract.ts'
import type { CallFault } from './double/pigeon-double.ts'
import { confirm, reveal, send, stage } from './stage.ts'

const faults: Readonly<Record<Fault, CallFault>> = {
  'answer-lost': 'lost-after',
  'connection-lost': 'lost-before',
  refused: { error: 'slow_down' },
  'unknown-code': { error: 'frobnicated' },
}

platformContract({
  name: 'Pigeon',

  async open(opened) {
    const { pigeon, log, notices, close } = await stage(opened)
    const { anna, ben, carla, nora } = pigeon.people
    const who = (name: Who) => ({ sender: anna, recipient: ben, other: carla, blocked: nora })[name]

    return {
      log,
      close,
      send: ({ to, ...fields }) => send(anna, { ...fields, to: to.map(who) }),
      reveal: (name, passphrase) => reveal(who(name), passphrase),
      async revealInPlaceOf(victim, actor) {
        const { message, button } = await who(victim).until(() => who(victim).seesButton('Reveal'))
        await confirm(who(actor), who(actor).pressesAs(message, button.press))
      },
      async burn() {
        anna.presses('Burn')
      },
      async list() {
        anna.types('list')
      },
      seesReveal: (name) => who(name).seesButton('Reveal') !== undefined,
      sees: (name) => who(name).sees(),
      until: (name, words) => who(name).untilSees(words),
      fault(secret, fault, times) {
        pigeon.fault((call) => JSON.stringify(call).includes(secret), faults[fault], times)
      },
      callsWith: pigeon.callsWith,
      liveMarkup: pigeon.alive,
      round: () => notices.round(),
    }
  },
})
