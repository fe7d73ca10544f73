import { resolve } from 'node:path'
import { type SlackDouble, slackDouble } from '../doubles/slack/slack-double.ts'
import { chatBench, figures, inRounds, passphrase, people, secret, type Times, timed } from './chat.ts'
import type { Row } from './measure.ts'

const manifest = resolve(import.meta.dirname, '../manifest.yml')

type Crowd = SlackDouble['people']['anna'][]

/** Sends one secret to each, ten recipients at a time, each ten from somebody new: people have a quota. */
async function sendTo(slack: SlackDouble, crowd: Crowd, withPassphrase: boolean): Promise<void> {
  for (let at = 0; at < crowd.length; at += 10) {
    const group = crowd.slice(at, at + 10)
    const sender = slack.addPerson(`sender${slack.sent.length}`)
    await sender.types(`/secret ${group.map(({ name }) => `@${name}`).join(' ')}`, {
      channel: slack.channels.general,
    })
    await sender.untilModal('Send a secret')
    await sender.fills('Secret', secret)
    if (withPassphrase) await sender.fills('Passphrase', passphrase)
    await sender.submits()
    await sender.untilModal('Sealed for')
    await sender.dismissesModal()
  }
  for (const person of crowd) await person.until(() => person.seesButton('Reveal', person.dm))
}

/** Everybody presses Reveal in the same moment, and Show when all modals are open. */
async function pressAll(crowd: Crowd, withPassphrase: boolean): Promise<Times<'opened' | 'shown'>> {
  const opened = await Promise.all(
    crowd.map((person) =>
      timed(
        () => person.presses('Reveal', { in: person.dm }),
        () => person.untilModal('You can open it once'),
      ),
    ),
  )
  if (withPassphrase) for (const person of crowd) await person.fills('Passphrase', passphrase)
  const shown = await Promise.all(
    crowd.map((person) =>
      timed(
        () => person.submits(),
        () => person.untilModal('xxxx'),
      ),
    ),
  )
  for (const person of crowd) await person.dismissesModal()
  return { opened, shown }
}

/** From a press to what is on the screen, through real Bolt in a process of its own. */
export async function slackBench(): Promise<readonly Row[]> {
  const slack = await slackDouble({ manifest })
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.url,
  }
  return await chatBench(slack, env, async () => {
    const rows: Row[] = []
    const crowd = Array.from({ length: 1_000 }, (_, n) => slack.addPerson(`person${n}`))
    const rounds = (some: Crowd, count: number, withPassphrase: boolean) =>
      inRounds(count, async () => {
        await sendTo(slack, some, withPassphrase)
        return await pressAll(some, withPassphrase)
      })
    await rounds(crowd.slice(0, 10), 3, true)
    for (const withPassphrase of [false, true]) {
      for (const [many, count] of [
        [1, 30],
        [100, 5],
      ] as const) {
        const { opened, shown } = await rounds(crowd.slice(0, many), count, withPassphrase)
        const who = people(many, withPassphrase)
        rows.push(
          {
            what: `${who}: press to open modal`,
            figure: figures(opened),
            ...(many === 100 && { aim: 'p99 < 100 ms' }),
          },
          { what: `${who}: Show to the shown secret`, figure: figures(shown) },
        )
      }
    }
    const { opened } = await rounds(crowd, 1, false)
    const late = opened.filter((time) => time > 3_000).length
    rows.push({
      what: '1,000 people at once: press to open modal',
      figure: `${figures(opened)}, past 3 s: ${late}`,
      aim: 'none past 3 s',
    })
    return rows
  })
}
