import { type DiscordDouble, discordDouble } from '../doubles/discord/discord-double.ts'
import { currentVersion } from '../doubles/discord/message.ts'
import type { Person } from '../doubles/discord/person.ts'
import { chatBench, figures, inRounds, passphrase, people, secret, type Times, timed } from './chat.ts'
import type { Row } from './measure.ts'

/** Sends one secret to each, ten recipients at a time, each ten from somebody new: people have a quota. The senders. */
async function sendTo(
  discord: DiscordDouble,
  crowd: readonly Person[],
  withPassphrase: boolean,
): Promise<readonly Person[]> {
  const senders: Person[] = []
  for (let at = 0; at < crowd.length; at += 10) {
    const sender = discord.addPerson(`sender${discord.sent.length}`)
    senders.push(sender)
    await sender.types('/secret')
    await sender.untilModal('Send a secret')
    await sender.fills('To whom?', crowd.slice(at, at + 10))
    await sender.fills('Secret', secret)
    if (withPassphrase) await sender.fills('Passphrase', passphrase)
    await sender.submits()
  }
  for (const person of crowd) await person.until(() => person.seesButton('Reveal', 'dm'))
  return senders
}

function isShown({ user }: Person): boolean {
  return [...user.ephemerals.values()].some((message) =>
    currentVersion(message).embeds.some(({ description = '' }) => description.includes(secret)),
  )
}

/** Everybody presses Reveal in the same moment, and submits when all forms are open, if there are any. */
async function pressAll(
  crowd: readonly Person[],
  withPassphrase: boolean,
): Promise<Times<'opened' | 'shown'>> {
  const all = (act: (person: Person) => Promise<unknown>, seen: (person: Person) => Promise<unknown>) =>
    Promise.all(
      crowd.map((person) =>
        timed(
          () => act(person),
          () => seen(person),
        ),
      ),
    )
  const presses = (person: Person) => person.presses('Reveal', { in: 'dm' })
  const asked = (person: Person) => person.untilModal('You can open it once')
  const submits = (person: Person) => person.submits()
  const sees = (person: Person) => person.until(() => isShown(person))
  const opened = withPassphrase ? await all(presses, asked) : []
  if (withPassphrase) for (const person of crowd) await person.fills('Passphrase', passphrase)
  const shown = await all(withPassphrase ? submits : presses, sees)
  return { opened, shown }
}

/** Cards, receipts and news follow at the pace that Discord allows; no round begins among those of the last. */
async function settled(senders: readonly Person[], crowd: readonly Person[]) {
  for (const person of crowd) await person.until(() => !person.seesButton('Reveal', 'dm'))
  // One receipt and one piece of news for each recipient.
  const told = () => senders.reduce((sum, { dm }) => sum + dm.messages.size, 0) >= 2 * crowd.length
  for (const sender of senders) await sender.until(() => told() || sender.dm.messages.size >= 20)
  for (const person of [...senders, ...crowd]) person.reload()
}

/** From a press to what is on the screen, through real discord.js in a process of its own. */
export async function discordBench(): Promise<readonly Row[]> {
  const discord = await discordDouble()
  const env = { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url }
  const gone = () => discord.until(() => discord.gateway.sessions.length === 0)
  const double = { connected: () => discord.connected(), gone, close: () => discord.close() }
  return await chatBench(double, env, async () => {
    const rows: Row[] = []
    const crowd = Array.from({ length: 100 }, (_, n) => discord.addPerson(`person${n}`))
    const rounds = (some: readonly Person[], count: number, withPassphrase: boolean) =>
      inRounds(count, async () => {
        const senders = await sendTo(discord, some, withPassphrase)
        const times = await pressAll(some, withPassphrase)
        await settled(senders, some)
        return times
      })
    await rounds(crowd.slice(0, 10), 3, true)
    for (const withPassphrase of [false, true]) {
      for (const [many, count] of [
        [1, 30],
        [100, 3],
      ] as const) {
        const { opened, shown } = await rounds(crowd.slice(0, many), count, withPassphrase)
        const who = people(many, withPassphrase)
        if (withPassphrase) rows.push({ what: `${who}: press to open form`, figure: figures(opened) })
        rows.push({
          what: `${who}: ${withPassphrase ? 'Submit' : 'press'} to the shown secret`,
          figure: figures(shown),
        })
      }
    }
    return rows
  })
}
