import { type App, App as BoltApp, HTTPReceiver } from '@slack/bolt'
import { afterEach, describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../doubles/slack/shapes.ts'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import { quiet, type TinyApp, tinyApp } from './tiny-app.ts'

let slack: SlackDouble
let apps: TinyApp[] = []

async function start(): Promise<void> {
  slack = await slackDouble({ manifest: 'manifest.yml' })
}

async function run(mode: 'socket' | 'http', set: (app: App) => void): Promise<void> {
  apps.push(await tinyApp(slack, mode, set))
}

afterEach(async () => {
  await slack.idle()
  await Promise.all(apps.map((tiny) => tiny.close()))
  apps = []
  await slack.close()
})

describe('what only an attacker or a careless network sends', () => {
  it('is refused by Bolt as far as Bolt does: unsigned, wrong key, old, altered, huge', async () => {
    await start()
    let handled = 0
    await run('http', (app) => {
      app.command('/secret', async ({ ack }) => {
        handled += 1
        await ack()
      })
    })
    await slack.people.anna.types('/secret')
    const { kind, payload } = slack.lastSent('/secret')
    const forge = async (how: Parameters<SlackDouble['forge']>[0]['how']) =>
      (await slack.forge({ how, kind, payload })).status
    for (const how of ['unsigned', 'wrong-key', 'empty-key', 'old', 'no-timestamp', 'altered-body'] as const)
      expect(await forge(how)).toBe(401)
    expect(await forge('huge-body')).toBe(413)
    expect(await forge('ssl-check')).toBe(200)
    expect(handled).toBe(1)
    expect(await forge('valid')).toBe(200)
    expect(await forge('future')).toBe(200)
    expect(handled).toBe(3)
  })

  it('reaches a receiver that does not check signatures', async () => {
    await start()
    let handled = 0
    const receiver = new HTTPReceiver({ signingSecret: 'x', signatureVerification: false, logger: quiet })
    const app = new BoltApp({
      token: slack.botToken,
      receiver,
      logger: quiet,
      clientOptions: { slackApiUrl: slack.url },
    })
    app.command('/secret', async ({ ack }) => {
      handled += 1
      await ack()
    })
    const server = await receiver.start({ port: 0, host: '127.0.0.1' })
    const { port } = server.address() as { port: number }
    slack.eventsTo(`http://127.0.0.1:${port}/slack/events`)
    await slack.people.anna.types('/secret')
    const { kind, payload } = slack.lastSent('/secret')
    expect(await slack.forge({ how: 'unsigned', kind, payload })).toMatchObject({ status: 200 })
    expect(handled).toBe(2)
    server.closeAllConnections()
    await receiver.stop()
  })

  it('arrives twice as it was: the same envelope, the same trigger', async () => {
    await start()
    const triggers: string[] = []
    await run('socket', (app) => {
      app.command('/secret', async ({ ack, body }) => {
        triggers.push(body.trigger_id)
        await ack()
      })
    })
    await slack.people.anna.types('/secret')
    expect(await slack.replay(slack.lastSent('/secret'))).toMatchObject({ ok: true })
    expect(triggers).toHaveLength(2)
    expect(new Set(triggers).size).toBe(1)
  })

  it('acts in somebody else’s name, with the actor’s ids in the payload', async () => {
    await start()
    const seen: unknown[] = []
    await run('socket', (app) => {
      app.action('reveal', async ({ ack, body }) => {
        seen.push([body.user.id, fieldsOf(body.user)['team_id'], body.team?.id])
        await ack()
      })
    })
    const { ben, felix, mallory } = slack.people
    const element = { type: 'button', action_id: 'reveal', text: { type: 'plain_text', text: 'Reveal' } }
    slack.workspace.messages.post(ben.dm, slack.bot.id, {
      blocks: [{ type: 'actions', elements: [element] }],
    })
    slack.workspace.messages.post(slack.channels.partners, slack.bot.id, {
      blocks: [{ type: 'actions', elements: [element] }],
    })
    const foreign = slack.workspace.world.foreign.id
    expect(() => mallory.presses('Reveal', { in: ben.dm })).toThrow('sees no button')
    await slack.impersonatePress(mallory, ben, 'Reveal', 'dm')
    await slack.impersonatePress({ id: ben.id, teamId: foreign }, ben, 'Reveal', 'dm')
    await felix.presses('Reveal')
    expect(seen).toEqual([
      [mallory.id, slack.team.id, slack.team.id],
      [ben.id, foreign, foreign],
      [felix.id, foreign, foreign],
    ])
  })
})
