import { expect, it } from 'vitest'
import { slackDouble } from './slack-double.ts'
import { tinyApp } from './tiny-app.ts'

it('serves a thousand people who press at once', async () => {
  const slack = await slackDouble({ manifest: 'manifest.yml' })
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
  const element = { type: 'button', action_id: 'reveal', text: { type: 'plain_text', text: 'Reveal' } }
  const blocks = [{ type: 'actions', elements: [element] }]
  const crowd = Array.from({ length: 1_000 }, (_, index) => slack.addPerson(`person${index}`))
  for (const one of crowd) slack.workspace.messages.post(one.dm, slack.bot.id, { blocks })
  await slack.idle()
  const started = performance.now()
  const opened = await Promise.all(
    crowd.map(async (one) => {
      await one.presses('Reveal', { in: 'dm' })
      await one.untilModal('Open', 20_000)
      return performance.now() - started
    }),
  )
  expect(opened).toHaveLength(1_000)
  expect(slack.callsTo('views.open').every(({ applied }) => applied)).toBe(true)
  expect(Math.max(...opened)).toBeLessThan(10_000)
  if (process.env['SLACK_DOUBLE_TIMES']) console.log('last of 1000 opened after', Math.max(...opened), 'ms')
  await tiny.close()
  await slack.close()
})
