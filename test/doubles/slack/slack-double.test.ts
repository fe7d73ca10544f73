import type { App } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { afterEach, describe, expect, it } from 'vitest'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import { type TinyApp, tinyApp } from './tiny-app.ts'

const form: ModalView = {
  type: 'modal',
  callback_id: 'form',
  title: { type: 'plain_text', text: 'Send a secret' },
  submit: { type: 'plain_text', text: 'Seal' },
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'to',
      label: { type: 'plain_text', text: 'To whom?' },
      element: { type: 'multi_users_select', action_id: 'to', max_selected_items: 5 },
    },
    {
      type: 'input',
      block_id: 'words',
      label: { type: 'plain_text', text: 'Secret' },
      element: { type: 'plain_text_input', action_id: 'words', max_length: 100 },
    },
  ],
}

const shown = (text: string): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'A secret' },
  blocks: [
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
    },
  ],
})

function parrot(app: App): void {
  app.command('/secret', async ({ ack, body, client }) => {
    await ack()
    await client.views.open({ trigger_id: body.trigger_id, view: form })
  })
  app.view('form', async ({ ack, view, client }) => {
    const words = view.state.values['words']?.['words']?.value ?? ''
    if (words === 'no') {
      await ack({ response_action: 'errors', errors: { words: 'Not that one.' } })
      return
    }
    await ack()
    for (const id of view.state.values['to']?.['to']?.selected_users ?? [])
      await client.chat.postMessage({
        channel: id,
        text: 'You got a secret.',
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: 'You got a *secret*.' } },
          {
            type: 'actions',
            elements: [
              {
                type: 'button',
                action_id: 'reveal',
                text: { type: 'plain_text', text: 'Reveal' },
                value: words,
              },
            ],
          },
        ],
      })
  })
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack }) => ack())
  app.action('reveal', async ({ ack, body, client, action }) => {
    await ack()
    if (body.type !== 'block_actions' || action.type !== 'button') return
    const { view } = await client.views.open({ trigger_id: body.trigger_id, view: shown('…') })
    await client.views.update({
      view_id: view?.id ?? '',
      hash: view?.hash ?? '',
      view: shown(action.value ?? ''),
    })
  })
  app.shortcut('send_secret', async ({ ack, body, client }) => {
    await ack()
    await client.views.open({ trigger_id: body.trigger_id, view: form })
  })
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Outbox' } }] },
    })
  })
  app.message(async ({ message, say }) => {
    if (message.subtype === undefined) await say('Hello.')
  })
}

let slack: SlackDouble
let tiny: TinyApp

async function start(mode: 'socket' | 'http', set: (app: App) => void = parrot): Promise<void> {
  slack = await slackDouble({ manifest: 'manifest.yml' })
  tiny = await tinyApp(slack, mode, set)
}

afterEach(async () => {
  await slack.idle()
  await tiny.close()
  await slack.close()
})

describe.each(['socket', 'http'] as const)('an unmodified Bolt app in %s mode', (mode) => {
  it('gets a command, opens a form, sends a card and reveals what was typed', async () => {
    await start(mode)
    const { anna, ben } = slack.people
    const typed = await anna.types('/secret @ben, please', { channel: slack.channels.general })
    expect(typed).toMatchObject({ ok: true })
    expect(slack.lastSent('/secret').payload).toMatchObject({
      text: `<@${ben.id}|ben>, please`,
      channel_id: slack.channels.general.id,
      team_id: slack.team.id,
    })
    const modal = await anna.untilModal('Send a secret')
    expect(modal.fields).toEqual(['To whom?', 'Secret'])
    await anna.fills('To whom?', [ben])
    await anna.fills('Secret', 'correct horse <!channel>')
    expect(await anna.submits()).toMatchObject({ ok: true })
    expect(anna.seesModal()).toBeUndefined()
    await ben.until(() => ben.seesButton('Reveal'))
    await ben.presses('Reveal')
    const secret = await ben.untilModal('correct horse')
    expect(secret.text).toBe('correct horse <!channel>')
    expect(ben.seesMessages()).toContain('You got a *secret*.')
    expect(slack.transcript.lines().join('\n')).toContain('ben presses “Reveal”')
  })

  it('is told of errors under fields, of closed windows, shortcuts, App Home and messages', async () => {
    await start(mode)
    const { anna } = slack.people
    await anna.usesShortcut('Send a secret')
    await anna.untilModal('Send a secret')
    expect(await anna.submits()).toMatchObject({ ok: false, error: 'client_validation' })
    await anna.fills('To whom', [anna])
    await anna.fills('Secret', 'no')
    expect(await anna.submits()).toMatchObject({ ok: true })
    expect(anna.seesModal()?.errors).toEqual({ Secret: 'Not that one.' })
    expect(await anna.closesModal()).toMatchObject({ ok: true })
    expect(slack.lastSent('view_closed').payload).toMatchObject({ is_cleared: false })
    expect(await anna.opensHome()).toMatchObject({ ok: true })
    await anna.until(() => anna.seesHome() === 'Outbox')
    expect(await anna.messagesBot('hi')).toMatchObject({ ok: true })
    await anna.untilSees('Hello.')
  })
})
