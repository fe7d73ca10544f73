import { expect, it } from 'vitest'
import { slackDouble } from '../../../doubles/slack/slack-double.ts'
import { tinyApp } from './tiny-app.ts'

const element = { type: 'button', action_id: 'reveal', text: { type: 'plain_text', text: 'Reveal' } }
const blocks = [{ type: 'actions', elements: [element] }]

/** CPU time per person in microseconds, while so many press at once and see a modal. */
async function pressTogether(people: number): Promise<number> {
  // The clock stands still and patience is long, so that a busy machine changes nothing.
  const slack = await slackDouble({
    manifest: 'manifest.yml',
    clock: { now: () => 1_800_000_000_000 },
    ackWithinMs: 50_000,
  })
  const tiny = await tinyApp(slack, 'socket', (app) => {
    app.action('reveal', async ({ ack, body, client }) => {
      await ack()
      if (body.type !== 'block_actions') return
      await client.views.open({
        trigger_id: body.trigger_id,
        view: { type: 'modal', title: { type: 'plain_text', text: 'Open' }, blocks: [] },
      })
    })
  })
  const crowd = Array.from({ length: people }, (_, index) => slack.addPerson(`person${index}`))
  for (const one of crowd) slack.workspace.messages.post(one.dm, slack.bot.id, { blocks })
  await slack.idle()
  const before = process.cpuUsage()
  await Promise.all(
    crowd.map(async (one) => {
      await one.presses('Reveal', { in: 'dm' })
      await one.untilModal('Open')
    }),
  )
  const { user, system } = process.cpuUsage(before)
  expect(slack.callsTo('views.open').filter(({ applied }) => applied)).toHaveLength(people)
  await tiny.close()
  await slack.close()
  return (user + system) / people
}

it('serves a thousand people who press at once, each as cheaply as one of a hundred', async () => {
  await pressTogether(100)
  const few = await pressTogether(100)
  const many = await pressTogether(1_000)
  expect(many / few).toBeLessThan(4)
})
