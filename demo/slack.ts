import { resolve } from 'node:path'
import { slackDouble } from '../doubles/slack/slack-double.ts'
import { content, note, passphrase, play } from './play.ts'
import { scene } from './scene.ts'

/** The demo in a Slack of its own. */
export async function slackDemo(): Promise<void> {
  const slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../manifest.yml') })
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.url,
  }
  const { anna, ben, mallory } = slack.people
  await play({ double: slack, env, where: 'a Slack', whole: 'the workspace' }, async ({ shown, stored }) => {
    scene('Anna has a password for Ben')
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', content)
    await anna.fills('Passphrase', passphrase)
    await anna.fills('What is it for?', note)
    await anna.submits()
    await anna.untilModal('Sealed for')
    await ben.until(() => ben.seesButton('Reveal', ben.dm))
    shown()
    stored()

    scene('Mallory presses Ben’s button')
    await slack.impersonatePress(mallory, ben, 'Reveal', ben.dm)
    await mallory.untilModal('not for you')
    shown()
    await mallory.dismissesModal()

    scene('Ben opens it, with a wrong passphrase first')
    await ben.presses('Reveal', { in: ben.dm })
    await ben.untilModal('You can open it once')
    await ben.fills('Passphrase', 'some other place')
    await ben.submits()
    await ben.untilModal('9 tries left')
    await ben.fills('Passphrase', passphrase)
    await ben.submits()
    await ben.untilModal(content)
    await anna.untilSees('opened your secret')
    shown()

    scene('Ben wipes it')
    await ben.presses('I have it, wipe now')
    await ben.untilModal('Wiped')
    await ben.dismissesModal()
    shown()

    scene('What is left')
    await slack.replay(
      slack.sent.find(({ name }) => name === 'block_actions') ?? slack.lastSent('block_actions'),
    )
    await anna.types('/secret list')
    await anna.untilSees('My secrets')
    shown()
    stored()
  })
}
