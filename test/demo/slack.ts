import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startApp } from '../fixtures/app.ts'
import { slackDouble } from '../platforms/slack/slack-double.ts'
import { say, scene, storeHolds } from './scene.ts'

const content = 'correct-horse-battery-staple'

/** A real run of the real app on the embedded store, in a Slack of its own. */
export async function slackDemo(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-demo-'))
  const slack = await slackDouble({ manifest: resolve(import.meta.dirname, '../../manifest.yml') })
  const app = startApp({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.url,
    SOTTO_DB: join(folder, 'sotto.db'),
    SOTTO_WEB: 'off',
  })
  const { anna, ben, mallory } = slack.people
  const show = () => say(...slack.transcript.news())
  try {
    await slack.connected()
    say(
      'Sotto runs, on an empty store, in a Slack that lives in this process. Every line below is what somebody’s client shows.',
    )

    scene('Anna has a password for Ben')
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', content)
    await anna.fills('Passphrase', 'the usual place')
    await anna.fills('What is it for?', 'staging database')
    await anna.submits()
    await anna.untilModal('Sealed for')
    await ben.until(() => ben.seesButton('Reveal', ben.dm))
    show()
    say('', ...storeHolds(folder, content))

    scene('Mallory presses Ben’s button')
    await slack.impersonatePress(mallory, ben, 'Reveal', ben.dm)
    await mallory.untilModal('not for you')
    show()
    await mallory.dismissesModal()

    scene('Ben opens it, with a wrong passphrase first')
    await ben.presses('Reveal', { in: ben.dm })
    await ben.untilModal('You can open it once')
    await ben.fills('Passphrase', 'some other place')
    await ben.submits()
    await ben.untilModal('9 tries left')
    await ben.fills('Passphrase', 'the usual place')
    await ben.submits()
    await ben.untilModal(content)
    await anna.untilSees('opened your secret')
    show()

    scene('Ben wipes it')
    await ben.presses('I have it, wipe now')
    await ben.untilModal('Wiped')
    await ben.dismissesModal()
    show()

    scene('What is left')
    await slack.replay(
      slack.sent.find(({ name }) => name === 'block_actions') ?? slack.lastSent('block_actions'),
    )
    await anna.types('/secret list')
    await anna.untilSees('My secrets')
    show()
    say('', ...storeHolds(folder, content))
    const exported = JSON.stringify(slack.export())
    say(
      `an export of the workspace, with every edit ever made: “${content}” ${exported.includes(content) ? 'IS IN IT' : 'is not in it'}`,
    )
    say(`the log of the app: “${content}” ${app.output().includes(content) ? 'IS IN IT' : 'is not in it'}`)
  } finally {
    await app.stop()
    await slack.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
