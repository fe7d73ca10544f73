import type { App } from '@slack/bolt'
import { afterEach, describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../doubles/slack/shapes.ts'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import { type TinyApp, tinyApp } from './tiny-app.ts'

let slack: SlackDouble
let apps: TinyApp[] = []

async function start(ackWithinMs = 3_000): Promise<SlackDouble> {
  slack = await slackDouble({ manifest: 'manifest.yml', ackWithinMs })
  return slack
}

async function run(
  mode: 'socket' | 'http',
  set: (app: App) => void,
  pingTimeoutMs?: number,
): Promise<TinyApp> {
  const tiny = await tinyApp(slack, mode, set, pingTimeoutMs)
  apps.push(tiny)
  return tiny
}

afterEach(async () => {
  await slack.idle()
  await Promise.all(apps.map((tiny) => tiny.close()))
  apps = []
  await slack.close()
})

const acks = (app: App): void => {
  app.command('/secret', ({ ack }) => ack())
}

describe('acknowledgements', () => {
  it('shows Slack’s own error when the app is silent for too long, or is not there', async () => {
    await start(100)
    const { anna } = slack.people
    expect(await anna.types('/secret')).toMatchObject({ ok: false, error: 'dispatch_failed' })
    await run('socket', (app) => {
      app.command('/secret', async () => {})
    })
    expect(await anna.types('/secret')).toMatchObject({ ok: false, error: 'operation_timeout' })
    expect(anna.sees()).toContain('Slackbot (only visible to you): /secret failed with the error "operation')
  })

  it('shows what a command answers, to one person or with the typed words to all', async () => {
    await start()
    const { anna, ben } = slack.people
    await run('http', (app) => {
      app.command('/secret', ({ ack, command }) =>
        command.text === 'loud' ? ack({ response_type: 'in_channel', text: 'for all' }) : ack('for you'),
      )
    })
    await anna.types('/secret', { channel: slack.channels.random })
    expect(anna.sees()).toContain('for you')
    expect(ben.sees()).not.toContain('for you')
    await anna.types('/secret loud', { channel: slack.channels.random })
    expect(ben.sees()).toContain('Anna: /secret loud')
    expect(ben.sees()).toContain('Sotto: for all')
    expect(slack.outboundWith('for you')).toMatchObject([{ via: 'ack', name: '/secret' }])
  })

  it('does not know other commands, commands in threads, or people of other workspaces', async () => {
    await start()
    const { anna, felix } = slack.people
    expect(await anna.types('/nonsense')).toMatchObject({ error: 'unknown_command' })
    expect(await anna.types('/secret', { thread: true })).toMatchObject({ error: 'not_in_threads' })
    const shared = { channel: slack.channels.partners }
    expect(await felix.types('/secret', shared)).toMatchObject({ error: 'unknown_command' })
    expect(slack.sent).toEqual([])
  })

  it.each([
    ['a view that is too long', { response_action: 'update', view: { type: 'modal', blocks: [] } }],
    ['an error for a block that is not there', { response_action: 'errors', errors: { nowhere: 'x' } }],
    ['an action that does not exist', { response_action: 'explode' }],
  ])('shows trouble when a submission is answered with %s', async (_, answer) => {
    await start()
    const { anna } = slack.people
    await run('socket', (app) => {
      app.view('form', ({ ack }) => ack(answer as never))
    })
    openForm()
    expect(await anna.submits()).toMatchObject({ ok: false })
    expect(anna.seesModal()?.errors['']).toContain('trouble connecting')
  })

  it('updates, stacks and clears the modal as a submission says', async () => {
    await start()
    const { anna } = slack.people
    const next = { type: 'modal', title: { type: 'plain_text', text: 'Next' }, blocks: [] }
    const answers = [
      { response_action: 'push', view: { ...next, callback_id: 'form', submit: next.title } },
      { response_action: 'update', view: { ...next, callback_id: 'form', submit: next.title } },
      { response_action: 'clear' },
    ]
    await run('socket', (app) => {
      app.view('form', ({ ack }) => ack(answers.shift() as never))
    })
    openForm()
    await anna.submits()
    expect(slack.workspace.views.stack(anna.id)).toHaveLength(2)
    await anna.submits()
    expect(anna.seesModal()?.title).toBe('Next')
    await anna.submits()
    expect(anna.seesModal()).toBeUndefined()
  })

  it('sends values as careless clients do, when asked', async () => {
    await start()
    const { anna } = slack.people
    await run('socket', (app) => {
      app.view('form', ({ ack }) => ack())
    })
    openForm()
    anna.sloppy = true
    await anna.submits()
    const state = fieldsOf(fieldsOf(slack.lastSent('view_submission').payload['view'])['state'])
    expect(state).toEqual({ values: { to: { to: { type: 'multi_users_select' } } } })
  })
})

function openForm(): void {
  slack.workspace.views.open(slack.people.anna.user, {
    type: 'modal',
    callback_id: 'form',
    title: { type: 'plain_text', text: 'Form' },
    submit: { type: 'plain_text', text: 'Go' },
    blocks: [
      {
        type: 'input',
        block_id: 'to',
        optional: true,
        label: { type: 'plain_text', text: 'To' },
        element: { type: 'multi_users_select', action_id: 'to' },
      },
    ],
  })
}

describe('Socket Mode', () => {
  it('gives each payload to one of the connections, in turn', async () => {
    await start()
    const taken = [0, 0]
    for (const index of [0, 1])
      await run('socket', (app) => {
        app.command('/secret', async ({ ack }) => {
          taken[index] = (taken[index] ?? 0) + 1
          await ack()
        })
      })
    await slack.connected(2)
    for (let time = 0; time < 4; time += 1) await slack.people.anna.types('/secret')
    expect(taken).toEqual([2, 2])
  })

  it('asks the app to reconnect, and the app comes back', async () => {
    await start()
    await run('socket', acks, 1_000)
    slack.socketMode.refresh()
    expect(slack.socketMode.connections).toBe(0)
    await slack.connected()
    expect(await slack.people.anna.types('/secret')).toMatchObject({ ok: true })
  })

  it('takes ten connections and turns the eleventh away', async () => {
    await start()
    const open = () => new WebSocket(slack.socketMode.openConnection())
    const sockets = Array.from({ length: 10 }, open)
    await slack.connected(10)
    const eleventh = open()
    const said = await new Promise((resolve) => {
      eleventh.onmessage = ({ data }) => resolve(JSON.parse(String(data)))
    })
    expect(said).toEqual({ type: 'disconnect', reason: 'too_many_websockets' })
    const reused = new WebSocket(`${slack.socketMode.base}/link/?ticket=made-up`)
    await new Promise((resolve) => {
      reused.onerror = resolve
    })
    for (const socket of sockets) socket.close()
  })

  it('goes away and comes back at the same address', async () => {
    await start()
    await run('socket', acks)
    const { url } = slack
    await slack.outage('refuse')
    await expect(fetch(`${url}auth.test`, { method: 'POST' })).rejects.toThrow()
    expect(await slack.people.anna.types('/secret')).toMatchObject({ error: 'dispatch_failed' })
    await slack.recover()
    await slack.outage('reset')
    await expect(fetch(`${url}auth.test`, { method: 'POST' })).rejects.toThrow()
    await slack.recover()
    expect(slack.url).toBe(url)
    await slack.until(async () => (await fetch(`${url}auth.test`, { method: 'POST' })).ok)
  })
})

describe('events', () => {
  it('come again at once, after one minute and after five, with a number and a reason', async () => {
    await start()
    const tries: unknown[] = []
    await run('http', (app) => {
      app.use(async ({ context, body }) => {
        tries.push([context.retryNum, context.retryReason, fieldsOf(body)['event_id']])
      })
    })
    slack.eventsTo(`${slack.workspace.responseUrls.base}/nowhere`)
    await slack.people.anna.messagesBot('anyone?')
    await slack.advance(0)
    const { url } = apps[0] as TinyApp
    await slack.advance(59_999)
    slack.eventsTo(url)
    await slack.advance(1)
    const id = slack.lastSent('message').payload['event_id']
    expect(tries).toEqual([[2, 'http_error', id]])
    await slack.retry(slack.lastSent('message'), 3)
    expect(tries.at(-1)).toEqual([3, 'http_timeout', id])
  })

  it('tell the app of its own messages too, with what an edit removed', async () => {
    await start()
    await run('socket', () => {})
    const { anna } = slack.people
    const message = slack.workspace.messages.post(anna.dm, slack.bot.id, { text: 'token' })
    slack.workspace.messages.edit(message, { text: 'opened' })
    slack.workspace.messages.remove(message)
    await slack.idle()
    expect(slack.sent.map(({ payload }) => payload['event'])).toMatchObject([
      { type: 'message', text: 'token', bot_id: slack.workspace.app.botId },
      { subtype: 'message_changed', message: { text: 'opened' }, previous_message: { text: 'token' } },
      { subtype: 'message_deleted', previous_message: { text: 'opened' } },
    ])
  })
})
