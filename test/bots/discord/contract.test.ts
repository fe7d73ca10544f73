import { fails, resetAfter, resetBefore } from '../../../doubles/discord/faults.ts'
import { readMessage } from '../../../doubles/discord/seen.ts'
import { type Fault, platformContract, type Who } from '../platform-contract.ts'
import { sends, stage } from './stage.ts'

const faults = {
  'answer-lost': resetAfter,
  'connection-lost': resetBefore,
  refused: () => fails(50_027),
  'unknown-code': () => fails(99_999),
} as const satisfies Record<Fault, unknown>

platformContract({
  name: 'Discord',

  async open(opened) {
    const on = await stage({ opened })
    const { discord, log, actors } = on
    const { anna, ben, carla, nora } = discord.people
    const people = { sender: anna, recipient: ben, other: carla, blocked: nora } as const
    const { general } = discord.channels
    const who = (name: Who) => people[name]

    return {
      log,
      async send({ to, ...draft }) {
        await sends(anna, { ...draft, to: to.map(who), in: general })
      },
      async reveal(name, passphrase) {
        const person = who(name)
        await person.until(() => person.seesButton('Reveal'))
        await person.presses('Reveal', person.seesButton('Reveal', 'dm') ? { in: 'dm' } : {})
        if (!person.seesModal()) return
        await person.fills('Passphrase', passphrase ?? '')
        await person.submits()
      },
      async revealInPlaceOf(victim, actor) {
        const person = who(victim)
        await person.until(() => person.seesButton('Reveal'))
        await discord.impersonatePress(who(actor), person, 'Reveal')
        if (who(actor).seesModal()) await who(actor).submits()
      },
      async burn() {
        await anna.presses('Burn')
        await anna.untilModal('Burn this secret?')
        await anna.submits()
      },
      async list() {
        await anna.types('/secrets')
      },
      seesReveal: (name) => who(name).seesButton('Reveal'),
      sees: (name) => who(name).sees(),
      async until(name, words) {
        await who(name).untilSees(words)
      },
      fault(secret, fault, times) {
        discord.faults.when(
          'original.edit',
          (body) => JSON.stringify(body).includes(secret),
          faults[fault](),
          times,
        )
      },
      callsWith: (text) => discord.outboundWith(text).length,
      liveMarkup: () =>
        discord.world.history.flatMap(({ message, version }) => {
          const { links, pinged } = readMessage(discord.world, message, version)
          return [...links.map(({ url }) => url), ...pinged]
        }),
      round: async () => await actors[0]?.notices.round(),
      close: on.close,
    }
  },
})
