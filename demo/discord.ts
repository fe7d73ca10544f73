import { discordDouble } from '../doubles/discord/discord-double.ts'
import type { Person } from '../doubles/discord/person.ts'
import { content, note, passphrase, play } from './play.ts'
import { say, scene } from './scene.ts'

/** The demo in a Discord of its own. */
export async function discordDemo(): Promise<void> {
  const discord = await discordDouble()
  const env = { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url }
  const { anna, ben, mallory } = discord.people

  async function answers(person: Person, words: string): Promise<void> {
    await person.untilModal('You can open it once')
    await person.fills('Passphrase', words)
    await person.submits()
  }

  await play({ double: discord, env, where: 'a Discord', whole: 'the server' }, async ({ shown, stored }) => {
    await discord.until(() => discord.world.commands.size > 0)

    scene('Anna has a password for Ben')
    await anna.types('/secret', { to: ben }, { channel: discord.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', content)
    await anna.fills('Passphrase', passphrase)
    await anna.fills('What is it for?', note)
    await anna.submits()
    await anna.untilSees('Sealed for')
    await ben.until(() => ben.seesButton('Reveal'))
    shown()
    stored()

    scene('Mallory presses Ben’s button')
    await discord.impersonatePress(mallory, ben, 'Reveal')
    await answers(mallory, passphrase)
    await mallory.untilSees('not for you')
    shown()

    scene('Ben opens it, with a wrong passphrase first')
    await ben.presses('Reveal')
    await answers(ben, 'some other place')
    await ben.untilSees('9 tries left')
    const { sent: press } = await ben.presses('Reveal')
    await answers(ben, passphrase)
    await ben.untilSees(content)
    await anna.untilSees('opened your secret')
    await ben.until(() => !ben.seesButton('Reveal'))
    await discord.idle()
    shown()

    scene('Ben wipes it')
    await ben.presses('I have it, wipe now')
    await ben.untilSees('Wiped')
    shown()

    scene('What is left')
    if (press?.source === undefined) throw new Error('the card is not there')
    say('A client that still shows the old card presses its button once more:')
    const { custom_id: customId } = press.payload.data as { custom_id: string }
    await discord.forgePress(ben, customId, press.source)
    await answers(ben, passphrase)
    await ben.untilSees('from your account')
    await anna.types('/secrets')
    await anna.untilSees('My secrets')
    shown()
    stored()
  })
}
